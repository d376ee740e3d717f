import type { PublicDocument } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { structuredData } from './structured.ts';

const rebuttal: PublicDocument = {
  documentId: 'r1',
  site: 'province',
  siteName: '省税务局（示例）',
  kind: 'rebuttal',
  column: '辟谣平台',
  title: '存款利息要缴税？不实',
  summary: '',
  html: '<p>没有这样的规定。</p>',
  url: 'https://tax.example/province/rebuttal/r1',
  source: null,
  verdict: 'false',
  rumor: { claim: '存款</script>要缴税', link: null },
  files: [],
  postedAt: '2026-11-23T04:00:00.000Z',
  version: 1,
  contentHash: 'a'.repeat(64),
};
const graphOf = (document: PublicDocument) => {
  const [, json] = /^<script type="application\/ld\+json">([^<]*)<\/script>$/.exec(structuredData(document).text)!;
  return (JSON.parse(json!) as { '@graph': Record<string, unknown>[] })['@graph'];
};

describe('what a page says to machines', () => {
  it('of a rebuttal is the claim and how true it is; where it stands only when somebody wants that', () => {
    const [article, review] = graphOf(rebuttal);
    expect(article).toMatchObject({ '@type': 'NewsArticle', datePublished: rebuttal.postedAt });
    expect(review).toMatchObject({
      '@type': 'ClaimReview',
      claimReviewed: '存款</script>要缴税',
      reviewRating: { ratingValue: 1, bestRating: 5, alternateName: '不实' },
    });
    expect(JSON.stringify(review)).not.toContain('appearance');
    const linked = { ...rebuttal, rumor: { claim: '存款要缴税', link: 'https://rumor.example/1' } };
    expect(JSON.stringify(graphOf(linked))).toContain('https://rumor.example/1');
  });
  it('of a repost is its source and the source’s own date, no more exact than it was stated', () => {
    const source = {
      name: '国家税务总局',
      link: 'https://upstream.example/1',
      publication: { at: '2026-11-22T16:00:00.000Z', precision: 'day' as const, text: null },
      firstSeenAt: '2026-11-23T01:02:03.000Z',
    };
    const { rumor: _rumor, ...own } = rebuttal;
    const repost: PublicDocument = { ...own, kind: 'repost', verdict: null, source };
    expect(graphOf(repost)).toMatchObject([
      { datePublished: '2026-11-23', isBasedOn: 'https://upstream.example/1', author: { name: '国家税务总局' } },
    ]);
    const undated = { ...source, publication: { at: null, precision: 'none' as const, text: null } };
    expect(graphOf({ ...repost, source: undated })[0]).not.toHaveProperty('datePublished');
  });
});
