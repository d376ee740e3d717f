import type { Attachment, Detector, SourceKind } from '@tongsheng/contracts';
import type { FeedEntry } from '@tongsheng/feeds';

/** Something that arrived, by whichever way: an answer, a push, a message of the bus. */
export type Arrival = {
  bytes: Uint8Array;
  contentType: string | null;
  /** Where it came from; relative addresses are read against it. */
  url: string;
  /** The `Link` header (RFC 8288), which may name a WebSub hub. */
  link: string | null;
};

/** What a reader must know beside the bytes. Time comes from outside, for `3小时前` and dates without a year. */
export type Reading = { detector: Detector; zone: string; now: string };

/** One publication as a source shows it. HTML is as the source wrote it. */
export type Entry = FeedEntry & {
  documentNumber: string | null;
  issuer: string | null;
  column: string | null;
  attachments: Attachment[];
};

/** What a source itself says of whether it has something that it published, and since when. */
export type Presence = { id: string; link: string | null; is: 'there' | 'gone'; since: string };

/** Something in a document that could not become an entry. */
export type Skipped = { key: string; title: string; code: string; detail: string };

/** What a document holds, or a named reason why it can't be read. */
export type Read =
  | {
      ok: true;
      title: string;
      entries: Entry[];
      skipped: Skipped[];
      presence: Presence[];
      charset: string;
      /** Characters that could not be read. */
      replaced: number;
      /** Something is wrong beside what could be read. */
      trouble: { code: string; detail: string } | null;
      /** Further pages of the same list, and further sitemaps of an index. */
      next: string[];
      /** Where to subscribe to it (W3C WebSub), and under which name. */
      websub: { hub: string; topic: string } | null;
    }
  | { ok: false; code: string; detail: string };

/**
 * A kind of source: one file here, its test, one line in `index.ts`. A kind is how bytes become entries; that they are
 * fetched, pushed or taken from the bus is the same for all.
 */
export type SourceAdapter = {
  kind: SourceKind;
  /** `push`: it speaks up by itself and is never fetched. */
  arrives: 'pull' | 'push';
  accept?: string;
  /** Entries have no text of their own; it is read from their pages. */
  textOnPages: boolean;
  /** Never throws for anything that bytes can hold. */
  read(arrival: Arrival, reading: Reading): Promise<Read> | Read;
};

type Found = Extract<Read, { ok: true }>;

/** What a document holds, where nothing else is to be said of it. */
export const found = (what: Pick<Found, 'entries'> & Partial<Found>): Found => ({
  ok: true,
  title: '',
  skipped: [],
  presence: [],
  charset: 'utf-8',
  replaced: 0,
  trouble: null,
  next: [],
  websub: null,
  ...what,
});

/** JSON, or null for what is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}

/** A link that a page or a sitemap names; what it leads to is read from its own page. */
export const linkEntry = (link: Pick<FeedEntry, 'title' | 'link' | 'published' | 'updatedAt'>): Entry =>
  plainEntry({ id: null, summary: '', contentHtml: '', author: null, categories: [], enclosures: [], ...link });

/** What an entry is without what only some kinds know. */
export const plainEntry = (entry: FeedEntry): Entry => ({
  ...entry,
  documentNumber: null,
  issuer: null,
  column: null,
  attachments: entry.enclosures.map((url) => ({ url, name: fileNameOf(url) })),
});

/** The last part of an address, readable. */
export function fileNameOf(address: string): string {
  const last = new URL(address).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(0, 300) || address.slice(0, 300);
  } catch {
    return last.slice(0, 300);
  }
}
