import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { feedFormats, writeFeed, type FeedFormat } from './feeds.ts';
import { portalName } from './lists.ts';
import { lastGone, nameOf, type PublicIndex } from './public-index.ts';
import type { Texts } from './texts.ts';

/** A feed as it is at the moment; `hash` is its text's. */
export type Topic = { self: string; type: string; text: string; hash: string };

const feedLength = 50;
/** Feeds that were asked for last and stay in memory, in bytes. */
const kept = 16 * 2 ** 20;

type Known = NonNullable<ReturnType<PublicIndex['site']>> | null;

type TopicParts = { index: PublicIndex; texts: Pick<Texts, 'read'>; baseUrl: string };

/** The feeds by their addresses: of everything and of each site, in each format. What readers get and what the hub sends is one. */
export class Topics {
  /** Who tells of changes. */
  readonly hub: string;
  readonly #parts: TopicParts;
  /** By site, format and the position of the last change: many who ask at the same moment have it written once. */
  readonly #cache = new LRUCache<string, Topic, { known: Known; format: FeedFormat }>({
    maxSize: kept,
    sizeCalculation: ({ text }) => 2 * text.length + 500,
    fetchMethod: (_, __, { context }) => this.#write(context.known, context.format),
  });

  constructor(parts: TopicParts) {
    this.#parts = parts;
    this.hub = `${parts.baseUrl}/hub`;
  }

  /** @returns null where there is no such feed */
  find(address: string): Promise<Topic> | null {
    const { baseUrl } = this.#parts;
    if (!address.startsWith(`${baseUrl}/`)) return null;
    const found = /^\/(?:([^/]+)\/)?feed\.(\w+)$/.exec(address.slice(baseUrl.length));
    return found ? this.of(found[1], found[2]!) : null;
  }

  /** The addresses of all feeds that a change of a site's documents changes. */
  addressesOf(site: string): string[] {
    const { baseUrl } = this.#parts;
    return Object.keys(feedFormats).flatMap((format) => [
      `${baseUrl}/feed.${format}`,
      `${baseUrl}/${site}/feed.${format}`,
    ]);
  }

  /** @param site without it, everything */
  of(site: string | undefined, format: string): Promise<Topic> | null {
    const known = site === undefined ? null : this.#parts.index.site(site);
    if (known === undefined || !isFormat(format)) return null;
    const { revision } = known ?? this.#parts.index;
    return this.#cache.forceFetch(`${site ?? ''} ${format} ${revision}`, { context: { known, format } });
  }

  async #write(known: Known, format: FeedFormat): Promise<Topic> {
    const { index, texts, baseUrl } = this.#parts;
    const path = known ? `/${known.site}` : '';
    const self = `${baseUrl}${path}/feed.${format}`;
    const head = { title: known ? nameOf(known) : portalName, home: `${baseUrl}${path || '/'}`, self, hub: this.hub };
    const gone = lastGone((known ?? index).gone, feedLength);
    const entries = (known?.all ?? index.all).newest(feedLength);
    const documents = await Promise.all(entries.map(({ position }) => texts.read(position)));
    const text = writeFeed(format, head, documents, gone);
    const hash = createHash('sha256').update(text).digest('hex');
    return { self, type: `${feedFormats[format]}; charset=utf-8`, text, hash };
  }
}

/** As a header: where the feed is, and who tells of changes to it (WebSub 4). */
export const linksOf = (self: string, hub: string): string => `<${hub}>; rel="hub", <${self}>; rel="self"`;

const isFormat = (format: string): format is FeedFormat => Object.hasOwn(feedFormats, format);
