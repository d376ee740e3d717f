import { content, publication } from '@tongsheng/contracts';
import { readDate } from '@tongsheng/feeds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observe } from './observation.ts';
import { plainEntry, type Entry } from './sources/source.ts';

const entry = (more: Partial<Entry> = {}): Entry => ({
  ...plainEntry({
    id: 'urn:1',
    title: '关于优化纳税服务的公告',
    link: 'https://upstream.example/1.html',
    published: { at: '2026-11-23T04:00:00.000Z', precision: 'second', text: '2026-11-23 12:00:00' },
    updatedAt: null,
    summary: '',
    contentHtml: '<p>正文</p>',
    author: null,
    categories: [],
    enclosures: ['https://upstream.example/%E9%99%84%E4%BB%B6.pdf'],
  }),
  ...more,
});
const seen = (more: Partial<Entry> = {}, issuer?: string) => {
  const observed = observe(entry(more), { issuer });
  if (!observed.ok) throw new Error(observed.code);
  return observed.observation;
};
const codeOf = (more: Partial<Entry>) => {
  const observed = observe(entry(more), {});
  return observed.ok ? null : observed.code;
};

describe('what an item says', () => {
  const hash = (more: Partial<Entry>) => seen(more).content.contentHash;
  it('is the same when only its dress changed', () => {
    expect(hash({ contentHtml: '<div class="new"><p style="color:red">正文</p></div>' })).toBe(hash({}));
  });
  it('is the same by whichever way its reader came', () => {
    expect(hash({ link: 'http://www.upstream.example/1.html?utm_source=rss' })).toBe(hash({}));
  });
  it('names its attachments, its number and its issuer', () => {
    const said = seen({ title: '关于优化纳税服务的通知（税总发〔2017〕84号）' }, '国家税务总局').content;
    expect(said).toMatchObject({ documentNumber: '税总发〔2017〕84号', issuer: '国家税务总局' });
    expect(said.attachments).toEqual([{ url: 'https://upstream.example/%E9%99%84%E4%BB%B6.pdf', name: '附件.pdf' }]);
  });
  it('is another when title, link, text or attachments changed', () => {
    const changes = [
      { title: '改' },
      { link: 'https://upstream.example/2.html' },
      { contentHtml: '<p>正文二</p>' },
      { attachments: [] },
    ];
    expect(new Set([{}, ...changes].map(hash)).size).toBe(5);
  });
  it('is clean before it is anything else', () => {
    expect(seen({ contentHtml: '<p onclick="x()">正文<script>alert(1)</script></p>' }).content.html).toBe(
      '<p>正文</p>',
    );
  });
  it('is the summary where there is no body', () => {
    expect(seen({ contentHtml: '', summary: '<p>摘要</p>' }).content.html).toBe('<p>摘要</p>');
  });
  it('has its addresses from its own page', () => {
    expect(seen({ contentHtml: '<a href="2.html">下</a>' }).content.html).toContain('https://upstream.example/2.html');
  });
});

describe('an entry becomes no item', () => {
  it('without a title, with a title that was lost, or with a body beyond all measure', () => {
    expect(codeOf({ title: '   ' })).toBe('no_title');
    expect(codeOf({ title: '关于\uFFFD\uFFFD的公告' })).toBe('unreadable_title');
    expect(codeOf({ contentHtml: `<p>${'税'.repeat(1_000_001)}</p>` })).toBe('too_large');
    expect(codeOf({ contentHtml: '<table><tr><td>'.repeat(60_000) })).toBe('too_deep');
    expect(codeOf({})).toBeNull();
  });
});

it('whatever a feed says, the item fits its contract', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 700 });
  const dates = fc.constantFrom(
    '0000-01-01',
    '9999-12-31 23:59:59',
    '2026年11月23日',
    '昨天',
    '31 Dec 69 23:59 PST',
    '',
  );
  const anyEntry = fc.record({
    published: dates.map((written) => readDate(written, 'Asia/Shanghai')),
    id: fc.option(text),
    title: text,
    link: fc.option(fc.webUrl()),
    contentHtml: text,
    summary: text,
    author: fc.option(text),
    categories: fc.array(text, { maxLength: 60 }),
  });
  fc.assert(
    fc.property(anyEntry, (more) => {
      if (codeOf(more) !== null) return;
      const { keys, content: said, publication: when } = seen(more);
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect([key === '', key.length > 2_000]).toEqual([false, false]);
      content.parse(said);
      publication.parse(when);
    }),
  );
});
