import type { PublicDocument } from '@tongsheng/contracts';
import { array, assert, boolean, constantFrom, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { lastGone, PublicIndex } from './public-index.ts';

type Told = { documentId: string; site: string; version: number; minute: number; gone: boolean };

const toDocument = ({ documentId, site, version, minute, gone }: Told): PublicDocument => ({
  documentId,
  site,
  siteName: `名${site}`,
  kind: 'repost',
  column: '政策',
  title: `${documentId} v${version}`,
  summary: '',
  html: '',
  url: `https://portal.example/${site}/repost/${documentId}`,
  source: null,
  files: [],
  verdict: null,
  postedAt: `2026-11-23T00:${String(minute).padStart(2, '0')}:00.000Z`,
  version,
  contentHash: 'a'.repeat(64),
  ...(gone && { withdrawnAt: `2026-11-24T00:${String(minute).padStart(2, '0')}:00.000Z` }),
});

const told = record({
  documentId: constantFrom('a', 'b', 'c', 'd'),
  site: constantFrom('province', 'city'),
  version: integer({ min: 1, max: 3 }),
  minute: integer({ min: 0, max: 59 }),
  gone: boolean(),
});

it('lists each document as it was told last, once, newest first, and those that were taken back apart, however often they are told', () => {
  assert(
    property(array(told, { maxLength: 40 }), (all) => {
      const index = new PublicIndex();
      const newest = new Map<string, { document: PublicDocument; position: number }>();
      for (const [i, each] of all.entries()) {
        const position = i + 1;
        const document = toDocument(each);
        index.add(document, position);
        index.add(document, position);
        if (i > 0) index.add(toDocument(all[0]!), 1);
        newest.set(`${each.site}/${each.documentId}`, { document, position });
      }
      const there = [...newest.values()].filter(({ document }) => !document.withdrawnAt);
      const gone = [...newest.values()].filter(({ document }) => document.withdrawnAt);
      expect(lastGone(index.gone, 100).map(({ position }) => position)).toEqual(
        gone.map(({ position }) => position).sort((one, other) => other - one),
      );
      for (const { document } of gone)
        expect(index.find(document.site, 'repost', document.documentId)?.withdrawnAt).toBe(document.withdrawnAt);
      const wanted = there.sort((one, other) =>
        one.document.postedAt === other.document.postedAt
          ? other.position - one.position
          : one.document.postedAt < other.document.postedAt
            ? 1
            : -1,
      );
      const titles = (site?: string) =>
        wanted.filter(({ document }) => !site || document.site === site).map(({ document }) => document.title);
      expect(index.all.newest(100).map(({ title }) => title)).toEqual(titles());
      for (const site of ['province', 'city']) {
        expect(
          index
            .site(site)
            ?.all.newest(100)
            .map(({ title }) => title) ?? [],
        ).toEqual(titles(site));
        expect(
          index
            .site(site)
            ?.all.newest(2, 1)
            .map(({ title }) => title) ?? [],
        ).toEqual(titles(site).slice(1, 3));
      }
    }),
  );
});
