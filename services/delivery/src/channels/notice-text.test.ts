import { samplePost } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTo, fitted, inBytes, inJson, noticeText } from './notice-text.ts';

const mark = '[发布号 release-aaaa]';

describe('a release as a message', () => {
  it('says what was found before what was said, and ends in the way to our page', () => {
    expect(fitted(noticeText(samplePost, 'deliver'), 2_048)).toEqual([
      '【辟谣】关于“存款要缴税”的说明 <重要>',
      '结论：不实信息',
      '网传：明年起存款要缴税',
      '没有这样的政策。',
      '正文第一段',
      '第二段',
      '示例省税务局　2026-11-23 12:00（北京时间）',
      `全文：${samplePost.url}`,
      mark,
    ]);
  });
  it('of a correction says so, and of a withdrawal says nothing of what was withdrawn', () => {
    const amended = fitted(noticeText(samplePost, 'amend'), 2_048)!;
    expect(amended[0]).toContain('【更正】【辟谣】');
    expect(amended).toContain('此前发出的内容有更正，以本条为准。');
    const recalled = fitted(noticeText(samplePost, 'recall'), 2_048)!.join('\n');
    expect(recalled).toContain('【撤回】【辟谣】');
    expect(recalled).toContain('请勿再转发、引用');
    expect(recalled).not.toContain('正文');
  });
  it('keeps its title, the way to our page and its number, whatever has to go', () => {
    const long = { ...samplePost, title: '关于'.repeat(200), html: `<p>${'很长的正文。'.repeat(50_000)}</p>` };
    const lines = fitted(noticeText(long, 'deliver'), 2_048)!;
    expect(inBytes(lines.join('\n'))).toBeLessThanOrEqual(2_048);
    expect(inBytes(lines.join('\n'))).toBeGreaterThan(2_000);
    expect(lines.slice(-2)).toEqual([`全文：${samplePost.url}`, mark]);
    expect(lines).toContain('结论：不实信息');
    expect(lines.at(-4)).toMatch(/…$/);
  });
  it('that has no room for its title and its page is no message', () => {
    expect(fitted(noticeText(samplePost, 'deliver'), 60)).toBeNull();
  });
  it('fits, whatever it is made of and however a limit counts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const notice = fc.record({ title: text, lines: fc.array(text), foot: fc.array(text, { maxLength: 3 }) });
    fc.assert(
      fc.property(notice, fc.integer({ min: 1, max: 400 }), fc.constantFrom(inBytes, inJson), (all, max, measure) => {
        const lines = fitted(all, max, measure);
        if (lines === null) return;
        expect(measure(lines.join('\n'))).toBeLessThanOrEqual(max);
        expect(lines.slice(lines.length - all.foot.length)).toEqual(all.foot);
      }),
    );
  });
});

describe('a text that is cut', () => {
  it.each([
    ['税务', 6, '税务'],
    ['税务局', 8, '税…'],
    ['税务局', 9, '税务局'],
    ['ab👨‍👩‍👧‍👦', 20, 'ab…'],
    ['é́x', 3, ''],
    ['税', 2, ''],
    ['', 0, ''],
  ])('%s to %i bytes is %s', (text, max, cut) => {
    expect(cutTo(text, max)).toBe(cut);
  });
});
