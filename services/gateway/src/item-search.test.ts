import fc from 'fast-check';
import { minutesLater } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { patternOf, readCursor, searchItems, type Search } from './item-search.ts';
import type { StoredItem } from './views/items.ts';

const item = (n: number, more: Partial<StoredItem> = {}): StoredItem => ({
  itemId: `item-${n}`,
  sourceId: 'national-policy',
  publication: { at: null, precision: 'none', text: null },
  firstSeenAt: minutesLater(n),
  changedAt: minutesLater(n),
  version: 1,
  title: `第${n}号公告`,
  link: null,
  documentNumber: null,
  issuer: null,
  column: null,
  attachments: 0,
  text: '',
  presence: 'present',
  files: { kept: 0, failed: 0 },
  tasks: 0,
  routing: null,
  ...more,
});

/** A sorted set in memory, as Redis answers. */
const stored = (rows: StoredItem[]): Search['read'] => {
  const sorted = [...rows].sort((a, b) =>
    a.firstSeenAt === b.firstSeenAt ? (a.itemId < b.itemId ? 1 : -1) : a.firstSeenAt < b.firstSeenAt ? 1 : -1,
  );
  return async ({ max, offset, limit }) =>
    sorted
      .filter(({ firstSeenAt }) => Date.parse(firstSeenAt) <= max)
      .slice(offset, offset + limit)
      .map((row) => JSON.stringify(row));
};
const search = (rows: StoredItem[], words: string[], more: Partial<Search> = {}) =>
  searchItems({
    read: stored(rows),
    words: words.map(patternOf),
    fits: () => true,
    selective: words.length > 0,
    limit: 50,
    from: null,
    now: () => 0,
    ...more,
  });
const idsOf = ({ found }: Awaited<ReturnType<typeof search>>) => found.map(({ row }) => row.itemId);

describe('a search of items', () => {
  it('finds all words, in the title, the number, the issuer or the text', async () => {
    const rows = [
      item(1, { title: '关于增值税的公告', text: '小规模纳税人减免' }),
      item(2, { title: '关于增值税的通知', issuer: '财政部' }),
      item(3, { title: '关于印花税的公告' }),
    ];
    expect(idsOf(await search(rows, ['增值税']))).toEqual(['item-2', 'item-1']);
    expect(idsOf(await search(rows, ['增值税', '减免']))).toEqual(['item-1']);
    expect(idsOf(await search(rows, ['财政部']))).toEqual(['item-2']);
  });
  it('does not find the names of fields', async () => {
    expect(idsOf(await search([item(1)], ['firstSeenAt']))).toEqual([]);
  });
  it.each([
    '税总发〔2017〕84号',
    '税总发[2017]84号',
    '税总发【2017】84号',
    '税总发（2017）84号',
    '税总发(2017)84号',
    '税总发［２０１７］８４号',
  ])('finds a number of a document in whichever brackets: %s', async (written) => {
    for (const asked of ['税总发〔2017〕84号', '税总发(2017)84', '[2017]84号'])
      expect(idsOf(await search([item(1, { documentNumber: written })], [asked]))).toEqual(['item-1']);
  });
  it('minds neither case nor width, and takes a quote and a stroke for what they are', async () => {
    const rows = [item(1, { text: 'ＶＡＴ “发票”电子化 "单一窗口" a\\b 20㎡' })];
    for (const asked of ['vat', 'ＶＡＴ', '"单一窗口"', 'a\\b', '20㎡', '.*'])
      expect(idsOf(await search(rows, [asked]))).toEqual(asked === '.*' ? [] : ['item-1']);
  });
  it('shows forty characters about what it found', async () => {
    const { found } = await search([item(1, { text: `${'前'.repeat(60)}减免${'后'.repeat(60)}` })], ['减免']);
    expect(found[0]!.excerpt).toBe(`…${'前'.repeat(40)}减免${'后'.repeat(40)}…`);
    expect((await search([item(1)], ['公告'])).found[0]!.excerpt).toBeNull();
  });
  it('goes on where it stopped, and brings each item once, also those of one moment', async () => {
    const anyItems = fc.array(fc.record({ minute: fc.nat(5), hit: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyItems, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (made, limit, asking) => {
        const rows = made.map(({ minute, hit }, i) =>
          item(i, { firstSeenAt: minutesLater(minute), text: hit ? '减免' : '' }),
        );
        const all: string[] = [];
        let searched = 0;
        for (let next: string | null = ''; next !== null;) {
          const answer = await search(rows, asking ? ['减免'] : [], { limit, from: next ? readCursor(next) : null });
          all.push(...idsOf(answer));
          searched += answer.searched;
          next = answer.next;
        }
        const wanted = rows.filter(({ text }) => !asking || text !== '').map(({ itemId }) => itemId);
        expect(all.toSorted()).toEqual(wanted.toSorted());
        expect(searched).toBe(rows.length);
      }),
    );
  });
  it('says how far it came when time is up', async () => {
    let time = 0;
    const rows = Array.from({ length: 1_000 }, (_, i) => item(i));
    const answer = await search(rows, ['没有这样的'], { now: () => (time += 300) });
    expect(answer).toMatchObject({ found: [], searched: 400 });
    expect(await search(rows, ['没有'], { from: readCursor(answer.next!) })).toMatchObject({
      searched: 600,
      next: null,
    });
  });
  it('stops after five thousand', async () => {
    const rows = Array.from({ length: 5_400 }, (_, i) => item(i));
    expect(await search(rows, ['没有这样的'])).toMatchObject({ searched: 5_000 });
  });
});
