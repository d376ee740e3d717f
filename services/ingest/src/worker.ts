import type { ListSelectors, Source } from '@tongsheng/contracts';
import { decodeText } from '@tongsheng/web';
import { readPage, withPage, type PageRead } from './article.ts';
import { withoutSharedKeys } from './identity.ts';
import { observe, type Observed } from './observation.ts';
import { adapterOf } from './sources/index.ts';
import type { Arrival, Entry, Read, Reading } from './sources/source.ts';
import { discoverLinks } from './webpages/links.ts';
import { proposeLists } from './webpages/propose.ts';

/** What is done apart from the main loop: everything whose time and memory depend on what strangers send. */
export type Task =
  | { do: 'document'; arrival: Arrival; reading: Reading }
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

export type Results = { document: Read; page: PageResult; propose: Proposed; observe: Observed[] };

export default async function perform(task: Task): Promise<Results[Task['do']]> {
  switch (task.do) {
    case 'document': {
      const { arrival, reading } = task;
      const read = await adapterOf(reading.detector.kind).read(arrival, reading);
      return read.ok ? { ...read, entries: withoutSharedKeys(read.entries) } : read;
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
