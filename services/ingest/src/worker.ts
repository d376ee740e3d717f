import type { ListSelectors, Source } from '@tongsheng/contracts';
import { decodeText } from '@tongsheng/web';
import { readPage, withPage, type PageRead } from './article.ts';
import { keysOf, shortHash, withoutSharedKeys } from './identity.ts';
import { observe, type Observed } from './observation.ts';
import { adapterOf } from './sources/index.ts';
import type { Arrival, Entry, Read, Reading } from './sources/source.ts';
import { discoverLinks } from './webpages/links.ts';
import { proposeLists } from './webpages/propose.ts';

/** What is done apart from the main loop: everything whose time and memory depend on what strangers send. */
export type Task =
  | {
      do: 'document';
      arrival: Arrival;
      reading: Reading;
      observe?: { issuer?: string | undefined; known: ReadonlySet<string> };
    }
  | {
      do: 'page';
      arrival: Arrival;
      source: Pick<Source, 'zone' | 'article' | 'issuer'>;
      now: string;
      entry: Entry | null;
    }
  | { do: 'propose'; arrival: Arrival; zone: string; now: string }
  | { do: 'observe'; entries: Entry[]; issuer?: string | undefined };

export type PageResult = { read: PageRead; observed: Observed | null };

/** How a web page could be read: the feeds that it names, and the lists that it shows. */
export type Proposed = { title: string; feeds: string[]; lists: ListSelectors[] };

/** What a document holds; where asked for, with each entry as an item, but for those whose print is known already. */
export type DocumentResult =
  | (Extract<Read, { ok: true }> & { prints: string[]; observed: (Observed | null)[] })
  | Extract<Read, { ok: false }>;

export type Results = { document: DocumentResult; page: PageResult; propose: Proposed; observe: Observed[] };

export default async function perform(task: Task): Promise<Results[Task['do']]> {
  switch (task.do) {
    case 'document': {
      const { arrival, reading, observe: asked } = task;
      const read = await adapterOf(reading.detector.kind).read(arrival, reading);
      if (!read.ok) return read;
      const entries = withoutDoubles(withoutSharedKeys(read.entries));
      if (!asked) return { ...read, entries, prints: [], observed: [] };
      const prints = entries.map(printOf);
      const observed = entries.map((entry, i) => (asked.known.has(prints[i]!) ? null : observe(entry, asked)));
      // Texts are in what was observed, or known; they need not travel twice.
      return { ...read, entries: entries.map(withoutText), prints, observed };
    }
    case 'page': {
      const { arrival, source, now, entry } = task;
      const read = readPage(arrival, { zone: source.zone, now, selectors: source.article });
      if (!read.ok) return { read, observed: entry && observe(entry, source) };
      return { read, observed: observe(entry ? withPage(entry, read.entry) : read.entry, source) };
    }
    case 'propose': {
      const { arrival, zone, now } = task;
      const { text } = decodeText(arrival.bytes, arrival.contentType);
      const { title, feeds } = discoverLinks(text, arrival);
      const lists = proposeLists(text, { url: arrival.url, zone, now }).map(({ selectors }) => selectors);
      return { title, feeds: feeds.map(({ url }) => url), lists };
    }
    case 'observe':
      return task.entries.map((entry) => observe(entry, task));
  }
}

/** All that a source says of an entry, as one short text: equal prints are equal entries. */
const printOf = (entry: Entry) => shortHash(JSON.stringify(entry));

const withoutText = (entry: Entry): Entry => ({ ...entry, contentHtml: '', summary: '' });

/** Of several entries of one item the first counts; told in turn, they would revise each other for ever. */
function withoutDoubles(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const keys = keysOf(entry, () => entry.contentHtml || entry.summary);
    const double = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return !double;
  });
}
