import { content, publication } from '@tongsheng/contracts';
import { readDate, type FeedEntry } from '@tongsheng/feeds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadEntry, observe, withoutSharedIds } from './observation.ts';

const entry = (more: Partial<FeedEntry> = {}): FeedEntry => ({
  id: 'urn:1',
  title: '关于优化纳税服务的公告',
  link: 'https://upstream.example/1.html',
  published: { at: '2026-11-23T04:00:00.000Z', precision: 'second', text: '2026-11-23 12:00:00' },
  updatedAt: null,
  summary: '',
  contentHtml: '<p>正文</p>',
  author: null,
  categories: [],
  enclosures: [],
  ...more,
});
const seen = (more: Partial<FeedEntry> = {}, sourceId = 'source') => observe(sourceId, entry(more));
const codeOf = (more: Partial<FeedEntry>) => {
  try {
    seen(more);
    return null;
  } catch (error) {
    return error instanceof BadEntry ? error.code : error;
  }
};

describe('who an item is', () => {
  it('is its id, whatever else changes', () => {
    const changed = seen({ title: '改', link: 'https://upstream.example/2.html', contentHtml: '改' });
    expect(changed.itemId).toBe(seen().itemId);
    expect(changed.key).toBe('urn:1');
  });
  it('is its link where it has no id, and its words where it has neither', () => {
    expect(seen({ id: null }).key).toBe('https://upstream.example/1.html');
    const nameless = { id: null, link: null };
    expect(seen(nameless).itemId).toBe(seen(nameless).itemId);
    expect(seen({ ...nameless, contentHtml: '别的' }).itemId).not.toBe(seen(nameless).itemId);
  });
  it('is not its date', () => {
    const published = { at: null, precision: 'none', text: null } as const;
    expect(seen({ id: null, link: null, published }).itemId).toBe(seen({ id: null, link: null }).itemId);
  });
  it('belongs to its source', () => {
    expect(seen({}, 'another').itemId).not.toBe(seen().itemId);
  });
});

describe('an id that entries share', () => {
  const keys = (...entries: FeedEntry[]) => withoutSharedIds(entries).map((each) => observe('source', each).key);
  const [a, b] = ['https://upstream.example/a', 'https://upstream.example/b'];
  it('names none of them when they are of different pages', () => {
    expect(keys(entry({ id: '0', link: a }), entry({ id: '0', link: b }), entry({ id: '1' }))).toEqual([a, b, '1']);
  });
  it('names the page that they are all about', () => {
    expect(keys(entry({ id: '0', link: a }), entry({ id: '0', link: a, title: '旧' }))).toEqual(['0', '0']);
  });
  it('is all there is where there are no links', () => {
    expect(keys(entry({ id: '0', link: null }), entry({ id: '0', link: null, title: '旧' }))).toEqual(['0', '0']);
  });
});

describe('what an item says', () => {
  const hash = (more: Partial<FeedEntry>) => seen(more).content.contentHash;
  it('is the same when only its dress changed', () => {
    expect(hash({ contentHtml: '<div class="new"><p style="color:red">正文</p></div>' })).toBe(hash({}));
  });
  it('is another when title, link or text changed', () => {
    const changes = [{ title: '改' }, { link: 'https://upstream.example/2.html' }, { contentHtml: '<p>正文二</p>' }];
    expect(new Set([{}, ...changes].map(hash)).size).toBe(4);
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
      const { itemId, key, content: said, publication: when } = seen(more);
      expect(itemId).toMatch(/^[0-9a-f]{24}$/);
      expect(key.length).toBeLessThanOrEqual(2_000);
      expect(key).not.toBe('');
      content.parse(said);
      publication.parse(when);
    }),
  );
});
