import { Injectable } from '@nestjs/common';
import {
  isExact,
  type Detector,
  type PreviewWarning,
  type Source,
  type SourcePreview,
  type SourcePreviewQuery,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { textOf } from '@tongsheng/web';
import { DateTime } from 'luxon';
import { Reader, Unreadable } from './reader.ts';
import { adapterOf } from './sources/index.ts';
import type { Arrival, Entry, Read } from './sources/source.ts';
import { Web } from './web.ts';

type Candidate = SourcePreview['candidates'][number];
type Trouble = { code: string; detail: string };
type Readable = Extract<Read, { ok: true }>;

/** Someone waits for it. */
const hurry = { urgency: 'urgent', spacingMs: 300 } as const;
const shownEntries = 20;
const mostCandidates = 5;
/** Visible characters below which an entry is a summary and not a text. */
const summary = 200;
const staleDays = 183;

/** Finds out how an address could be read, and shows what that would bring, before anything depends on it. */
@Injectable()
export class Previews {
  constructor(
    private readonly web: Web,
    private readonly reader: Reader,
    private readonly clock: Clock,
  ) {}

  async of(query: SourcePreviewQuery): Promise<SourcePreview> {
    const { url, detector } = query;
    const answer = (candidates: Candidate[], trouble: Trouble | null, title = ''): SourcePreview => ({
      url,
      title: title || (candidates[0]?.title ?? ''),
      trouble: candidates.length > 0 ? null : trouble,
      candidates,
    });
    if (detector) {
      const tried = await this.#fetchAndTry(detector, query);
      return 'code' in tried ? answer([], tried) : answer([tried], null);
    }
    const fetched = await this.web.get(url, hurry);
    if (fetched.kind !== 'arrived')
      return answer([], fetched.kind === 'trouble' ? fetched : { code: 'http_error', detail: 'HTTP 304' });
    for (const kind of ['feed', 'sitemap'] as const) {
      const tried = await this.#try({ kind, url }, fetched.arrival, query);
      if (!('code' in tried)) return answer([tried], null);
    }
    return this.#ofPage(fetched.arrival, query, answer);
  }

  /** A web page: the feeds that it names, then the lists that it shows. */
  async #ofPage(
    arrival: Arrival,
    query: SourcePreviewQuery,
    answer: (candidates: Candidate[], trouble: Trouble | null, title?: string) => SourcePreview,
  ): Promise<SourcePreview> {
    const { url, zone } = query;
    const found = await this.#orTrouble(this.reader.run({ do: 'propose', arrival, zone, now: this.clock.now() }));
    if ('code' in found) return answer([], found);
    const feeds = found.feeds.slice(0, 2).map((each): Detector => ({ kind: 'feed', url: each }));
    const tried = await Promise.all(feeds.map((each) => this.#fetchAndTry(each, query)));
    for (const selectors of found.lists) {
      if (tried.length >= mostCandidates) break;
      tried.push(await this.#try({ kind: 'list', url, selectors }, arrival, query));
    }
    const candidates = tried.filter((each): each is Candidate => !('code' in each));
    return answer(candidates, { code: 'no_rows', detail: 'no list of links was found on the page' }, found.title);
  }

  async #fetchAndTry(detector: Detector, query: SourcePreviewQuery): Promise<Candidate | Trouble> {
    const fetched = await this.web.get(detector.url, { accept: adapterOf(detector.kind).accept, ...hurry });
    if (fetched.kind === 'arrived') return this.#try(detector, fetched.arrival, query);
    return fetched.kind === 'trouble' ? fetched : { code: 'http_error', detail: 'HTTP 304' };
  }

  async #try(detector: Detector, arrival: Arrival, query: SourcePreviewQuery): Promise<Candidate | Trouble> {
    const now = this.clock.now();
    const { zone } = query;
    const read = await this.#orTrouble(this.reader.run({ do: 'document', arrival, reading: { detector, zone, now } }));
    if (!('ok' in read)) return read;
    if (!read.ok) return read;
    const observed = await this.#orTrouble(
      this.reader.run({ do: 'observe', entries: read.entries.slice(0, shownEntries) }),
    );
    if ('code' in observed) return observed;
    const article = await this.#article(read.entries[0], query, now);
    // A page that tells the moment is believed where its list tells the day alone.
    const ownPage = detector.kind !== 'feed' && article && isExact(article.publication, now);
    const otherwise = ownPage ? ('page' as const) : ('first_seen' as const);
    const entries = read.entries.slice(0, shownEntries).map((entry, i) => {
      const seen = observed[i];
      const { at, precision, text } = entry.published;
      const publication = { at, precision, text: text?.slice(0, 200) ?? null };
      return {
        title: entry.title.slice(0, 500),
        link: entry.link,
        publication,
        basis: isExact(publication, now) ? ('stated' as const) : otherwise,
        characters: seen?.ok ? textOf(seen.observation.content.html).length : 0,
        documentNumber: seen?.ok ? seen.observation.content.documentNumber : null,
      };
    });
    const warnings = warningsOf(detector, read, entries, article, now);
    return { detector, title: read.title.slice(0, 500), count: read.entries.length, warnings, entries, article };
  }

  /** The newest entry's own page, read as the source would read it. */
  async #article(entry: Entry | undefined, query: SourcePreviewQuery, now: string): Promise<Candidate['article']> {
    if (!entry?.link) return null;
    const url = entry.link;
    const nothing = { url, title: '', beginning: '', characters: 0, attachments: 0, documentNumber: null };
    const none = { at: null, precision: 'none' as const, text: null };
    const unread = (trouble: Trouble) => ({ ...nothing, publication: none, trouble });
    const fetched = await this.web.get(url, { accept: 'text/html, */*;q=0.5', ...hurry });
    if (fetched.kind !== 'arrived')
      return unread(
        fetched.kind === 'trouble'
          ? { code: fetched.code, detail: fetched.detail }
          : { code: 'http_error', detail: 'HTTP 304' },
      );
    const { zone, article } = query;
    const source: Pick<Source, 'zone' | 'article'> = { zone, ...(article && { article }) };
    const result = await this.#orTrouble(
      this.reader.run({ do: 'page', arrival: fetched.arrival, source, now, entry: null }),
    );
    if ('code' in result) return unread(result);
    if (!result.read.ok) return unread({ code: result.read.code, detail: result.read.detail });
    if (!result.observed?.ok)
      return unread({ code: result.observed?.code ?? 'no_text', detail: result.observed?.detail ?? '' });
    const { content, publication } = result.observed.observation;
    const text = textOf(content.html);
    return {
      url,
      title: content.title,
      beginning: text.slice(0, 400),
      characters: text.length,
      publication,
      documentNumber: content.documentNumber,
      attachments: content.attachments.length,
      trouble: null,
    };
  }

  async #orTrouble<T>(reading: Promise<T>): Promise<T | Trouble> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof Unreadable) return { code: error.code, detail: error.message };
      throw error;
    }
  }
}

/** What a source made of this would lack. */
function warningsOf(
  detector: Detector,
  read: Readable,
  entries: Candidate['entries'],
  article: Candidate['article'],
  now: string,
): PreviewWarning[] {
  const dated = entries.filter(({ publication }) => publication.at !== null);
  const newest = dated
    .map(({ publication }) => publication.at!)
    .sort()
    .at(-1);
  const ownText = detector.kind === 'feed';
  const seenOnly = entries.some(({ basis }) => basis === 'first_seen');
  const checks: Record<PreviewWarning, boolean> = {
    no_dates: seenOnly && dated.length === 0,
    day_only: seenOnly && dated.length > 0 && dated.every(({ publication }) => publication.precision === 'day'),
    future_dates: dated.some(({ publication }) => publication.at! > now),
    no_links: entries.some(({ link }) => link === null),
    no_ids: ownText && read.entries.some(({ id }) => id === null),
    summaries_only:
      ownText && entries.length > 0 && entries.filter((each) => each.characters < summary).length > entries.length / 2,
    few_entries: read.entries.length < 3,
    stale: newest !== undefined && DateTime.fromISO(now).diff(DateTime.fromISO(newest)).as('days') > staleDays,
    no_next_page: detector.kind === 'list' && read.next.length === 0,
    characters_lost: read.replaced > 0,
    article_unreadable: (!ownText && article === null) || (article?.trouble ?? null) !== null,
    truncated: read.trouble?.code === 'truncated',
  };
  return (Object.keys(checks) as PreviewWarning[]).filter((name) => checks[name]);
}
