import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf, core, leastRecognised, leastShown, shownShare } from './shown-text.ts';

const text = [
  '关于小微企业所得税优惠政策的公告',
  '一、对年应纳税所得额不超过300万元的部分，减按25%计入应纳税所得额。',
  '二、本公告自2026年1月1日起施行。',
  '三、各级税务机关应当及时落实。',
].join('\n');
const frame = (inner: string) => `首页\n政策法规\n${inner}\n分享到微信\n版权所有`;

describe('how much of a text a page shows', () => {
  it('is all of it, whatever stands around it and wherever its lines break', () => {
    expect(shownShare(text, frame(text))).toBe(1);
    expect(shownShare(text, frame(text.replaceAll('，', '，\n')))).toBe(1);
  });
  it('does not depend on how quotation marks, dashes and spaces are set', () => {
    expect(shownShare('“减税”——2026-2027', '"减税"–2026−2027')).toBe(1);
  });
  it('is less when something was changed, and little of another text', () => {
    expect(shownShare(text, frame(text.replace('25%', '50%')))).toBeLessThan(1);
    expect(shownShare(text, frame('停车场今日开放，欢迎光临。'))).toBeLessThan(leastRecognised);
    expect(shownShare(text, '')).toBe(0);
  });
  it('allows a sign that a system sets in its own way, and no more', () => {
    const long = text.repeat(3);
    expect(shownShare(long, long.replace('，', ''))).toBeGreaterThanOrEqual(leastShown);
    expect(shownShare(long, long.replaceAll(/[，。、]/g, ''))).toBeLessThan(leastShown);
  });
  it('is never more than all and never less than nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const share = shownShare(a, b);
        return share >= 0 && share <= 1 && shownShare(a, `${b}\n${a}`) === 1;
      }),
    );
  });
});

describe('what carries the meaning of a text', () => {
  it.each([
    ['3%', '3‰'],
    ['1.5 倍', '15 倍'],
    ['得', '不得'],
    ['-3', '3'],
    ['¥100', '$100'],
  ])('differs between %s and %s', (a, b) => {
    expect(core(a)).not.toBe(core(b));
  });
  it.each([
    ['（一）减税；', '(一)减税:'],
    ['〔2026〕5号', '[2026]5号'],
  ])('is the same in %s and %s', (a, b) => {
    expect(core(a)).toBe(core(b));
  });
});

describe('what changed on a page', () => {
  it('is the lines that are not there, with what stands there instead', () => {
    expect(changesOf(text, frame(text.replace('25%', '50%')))).toEqual([
      {
        was: '一、对年应纳税所得额不超过300万元的部分，减按25%计入应纳税所得额。',
        now: '一、对年应纳税所得额不超过300万元的部分，减按50%计入应纳税所得额。',
      },
    ]);
  });
  it('is nothing when only the lines break elsewhere', () => {
    expect(changesOf(text, frame(text.replaceAll('，', '，\n')))).toEqual([]);
  });
  it('is a line that was left out, with nothing instead', () => {
    const [first, second, third, last] = text.split('\n');
    expect(changesOf(text, [first, second, last].join('\n'))).toEqual([{ was: third, now: '' }]);
  });
});
