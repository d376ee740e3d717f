import type { PublicDocument } from '@tongsheng/contracts';
import { verdictWords } from './article.ts';
import { statedMoment } from './dates.ts';
import { Html } from './html.ts';

/** How true the claim is, from 1 (not at all) to 5, as ClaimReview wants it. */
const ratings: Record<keyof typeof verdictWords, number> = { false: 1, misleading: 2, outdated: 2 };

/**
 * What the page says, for machines: schema.org `NewsArticle`, and of a rebuttal `ClaimReview`, as JSON-LD. It is data, not
 * script, and no browser runs it. A repost carries its source's date, as exact as the source stated it.
 */
export function structuredData(document: PublicDocument): Html {
  const { title, url, siteName, source, postedAt, verdict, rumor } = document;
  const issuer = { '@type': 'GovernmentOrganization', name: source?.name ?? siteName };
  const stated = source ? statedMoment(source.publication) : postedAt;
  const article = {
    '@type': 'NewsArticle',
    headline: title,
    url,
    mainEntityOfPage: url,
    inLanguage: 'zh-CN',
    ...(stated !== null && { datePublished: stated }),
    dateModified: postedAt,
    author: issuer,
    publisher: { '@type': 'GovernmentOrganization', name: siteName },
    ...(source?.link && { isBasedOn: source.link }),
  };
  const review = verdict &&
    rumor && {
      '@type': 'ClaimReview',
      url,
      datePublished: postedAt,
      author: issuer,
      claimReviewed: rumor.claim,
      itemReviewed: {
        '@type': 'Claim',
        name: rumor.claim,
        ...(rumor.link && { appearance: { '@type': 'CreativeWork', url: rumor.link } }),
      },
      reviewRating: {
        '@type': 'Rating',
        ratingValue: ratings[verdict],
        worstRating: 1,
        bestRating: 5,
        alternateName: verdictWords[verdict],
      },
    };
  const graph = { '@context': 'https://schema.org', '@graph': review ? [article, review] : [article] };
  // Nothing in it may end the element that it stands in.
  const text = JSON.stringify(graph).replaceAll('<', '\\u003c');
  return new Html(`<script type="application/ld+json">${text}</script>`);
}
