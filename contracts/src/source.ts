import { z } from 'zod';
import { secret } from './channel.ts';
import { line, region, sourceId } from './words.ts';

/**
 * How a source is read. `feed`: RSS, Atom or JSON Feed, with WebSub where it has a hub. `list`: an HTML page of links.
 * `sitemap`: sitemaps.org, with or without news. These are looked at; the other two speak up by themselves: `webhook` by
 * Standard Webhooks, `public` by the PUBLIC stream of another deployment on the bus.
 */
export const sourceKind = z.enum(['feed', 'list', 'sitemap', 'webhook', 'public']);
export type SourceKind = z.infer<typeof sourceKind>;

const selector = z.string().trim().min(1).max(300);

/** CSS selectors of a list page; what is left out is found in the row by itself. */
export const listSelectors = z.strictObject({
  row: selector,
  link: selector.optional(),
  title: selector.optional(),
  date: selector.optional(),
  /** The link to the next page of the list. */
  next: selector.optional(),
});
export type ListSelectors = z.infer<typeof listSelectors>;

/** CSS selectors of an item's own page, where its standard labels and its text are not found by themselves. */
export const articleSelectors = z.strictObject({
  title: selector.optional(),
  body: selector.optional(),
  date: selector.optional(),
});
export type ArticleSelectors = z.infer<typeof articleSelectors>;

/** One way to notice what a source publishes. A source may have several, which must agree. */
export const detector = z.object({
  kind: sourceKind,
  /** The feed, list or sitemap; for those that speak up by themselves, the column's own address. */
  url: z.url(),
  /** Lists. */
  selectors: listSelectors.optional(),
  /** Sitemaps: only pages whose address begins so. */
  within: z.url().optional(),
  /** Webhooks: the shared secret, `whsec_` and base64. */
  secret: secret(z.string().startsWith('whsec_')).optional(),
  /** PUBLIC of another deployment: the name of the stream that carries it on our server. */
  stream: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .optional(),
});
export type Detector = z.infer<typeof detector>;

/** Whose publications a source carries; what it is to a site follows from both regions. */
export const publisher = z.object({ kind: z.enum(['tax', 'government', 'state_council', 'other']), region });
export type Publisher = z.infer<typeof publisher>;

/** An upstream column that sites must watch, and how it is read. */
export const source = z.object({
  sourceId,
  name: line,
  level: z.enum(['national', 'national-portal', 'province', 'province-portal', 'city-portal']),
  publisher: publisher.optional(),
  ...detector.shape,
  /** Further ways to notice the same publications. */
  also: z.array(detector).max(4).default([]),
  column: line,
  /** 发文机关, where items do not name theirs. */
  issuer: line.optional(),
  /** Zone of dates without one (IANA name). */
  zone: z.string().default('Asia/Shanghai'),
  /** The shortest time between two looks; nights and long silences stretch it. */
  pollSeconds: z.int().min(1).max(3600).default(120),
  /** Texts are read from the items' own pages, because the feed has only summaries. Lists and sitemaps always do so. */
  fullText: z.boolean().default(false),
  article: articleSelectors.optional(),
  paused: z.boolean().default(false),
});
export type Source = z.infer<typeof source>;

/** Whose secrets they are, under which they are sealed. */
export const sourceOwnerOf = ({ sourceId: id }: Pick<Source, 'sourceId'>): string => `source/${id}`;

/** Every detector of a source, the main one first. */
export function detectorsOf({ kind, url, selectors, within, secret: set, stream, also }: Source): Detector[] {
  return [
    {
      kind,
      url,
      ...(selectors && { selectors }),
      ...(within && { within }),
      ...(set && { secret: set }),
      ...(stream && { stream }),
    },
    ...also,
  ];
}

/** What a kind can't be read without. */
const needed = { feed: null, list: 'selectors', sitemap: null, webhook: 'secret', public: 'stream' } as const;

/** A source that could never be read is refused when it is registered, not found out at night. */
export function mustBeReadable(given: Source, context: z.RefinementCtx): void {
  for (const [i, each] of detectorsOf(given).entries()) {
    const field = needed[each.kind];
    if (field === null || each[field] !== undefined) continue;
    const path = i === 0 ? [field] : ['also', i - 1, field];
    context.addIssue({ code: 'custom', path, message: `a source of kind ${each.kind} needs ${field}` });
  }
}
