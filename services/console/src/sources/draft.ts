import type { ArticleSelectors, Detector, Publisher, Source, SourceRow, SourceSettings } from '@tongsheng/contracts';
import { divisions, isRegion, nation } from '../regions.ts';
import type { Word } from '../words/index.ts';

/** A detector that is being written; `hasSecret`: one is set that nobody is shown. */
export type DetectorDraft = Detector & { hasSecret?: boolean };

/** A source that is being written: text fields as they are typed. */
export type SourceDraft = {
  sourceId: string;
  name: string;
  level: Source['level'];
  column: string;
  issuer: string;
  /** Whose website it is; empty where nobody has said so. */
  publisher: { kind: Publisher['kind'] | ''; region: string };
  zone: string;
  pollSeconds: number;
  fullText: boolean;
  article: Required<ArticleSelectors>;
  paused: boolean;
  detectors: DetectorDraft[];
};

export const blank: SourceDraft = {
  sourceId: '',
  name: '',
  level: 'national',
  column: '',
  issuer: '',
  publisher: { kind: '', region: '' },
  zone: 'Asia/Shanghai',
  pollSeconds: 120,
  fullText: false,
  article: { title: '', body: '', date: '' },
  paused: false,
  detectors: [],
};

export function draftOf(settings: SourceSettings): SourceDraft {
  const { sourceId, name, level, column, issuer = '', zone, pollSeconds, fullText, article, paused } = settings;
  const { kind, url, selectors, within, stream, hasSecret, also, publisher = blank.publisher } = settings;
  const main = { kind, url, hasSecret, ...given({ selectors, within, stream }) };
  return {
    sourceId,
    name,
    level,
    column,
    issuer,
    publisher: { ...publisher },
    zone,
    pollSeconds,
    fullText,
    paused,
    article: { ...blank.article, ...article },
    detectors: [main, ...also],
  };
}

/** What is registered: without what was left empty. */
export function registrationOf(from: SourceDraft | SourceSettings): Source {
  const draft = 'detectors' in from ? from : draftOf(from);
  const [main, ...also] = draft.detectors.map(detectorOf);
  const { sourceId, name, level, column, issuer, publisher, zone, pollSeconds, fullText, paused } = draft;
  const article = filled(draft.article);
  return {
    sourceId,
    name: name.trim(),
    level,
    column: column.trim(),
    zone: zone.trim(),
    pollSeconds,
    fullText,
    paused,
    ...main!,
    also,
    ...(issuer.trim() && { issuer: issuer.trim() }),
    ...(publisher.kind !== '' && { publisher: { kind: publisher.kind, region: publisher.region } }),
    ...(article && { article }),
  };
}

/** A detector with what its kind needs, and nothing else. */
export function detectorOf({ kind, url, selectors, within, stream, secret }: DetectorDraft): Detector {
  const base = { kind, url: url.trim() };
  switch (kind) {
    case 'feed':
      return base;
    case 'list': {
      const chosen = selectors && filled(selectors);
      return { ...base, ...(chosen && { selectors: chosen }) };
    }
    case 'sitemap':
      return { ...base, ...(within?.trim() && { within: within.trim() }) };
    case 'webhook':
      return { ...base, ...(secret && { secret }) };
    case 'public':
      return { ...base, ...(stream?.trim() && { stream: stream.trim() }) };
  }
}

/** Whether it is looked at; the others speak up by themselves. */
export const isPulled = ({ kind }: DetectorDraft): boolean => kind !== 'webhook' && kind !== 'public';

/** An article's selectors that say anything. */
export const articleOf = ({ article }: SourceDraft): ArticleSelectors | null => filled(article);

function filled<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]: NonNullable<T[K]> } | null {
  const said = Object.entries(fields).filter(([, value]) => value?.trim());
  return said.length === 0
    ? null
    : (Object.fromEntries(said.map(([name, value]) => [name, value!.trim()])) as { [K in keyof T]: NonNullable<T[K]> });
}

const given = <T extends Record<string, unknown>>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

export type Problem = { field: string; word: Word };

const token = /^[A-Za-z0-9_-]{1,64}$/;

/** Everything that is missing, at once. */
export function problemsOf(draft: SourceDraft, taken: ReadonlySet<string>): Problem[] {
  const found: Problem[] = [];
  const need = (ok: unknown, field: string, word: Word) => void (ok || found.push({ field, word }));
  need(draft.detectors.length > 0, 'address', 'wizard.need.detector');
  for (const [i, { kind, url, selectors, secret, hasSecret, stream }] of draft.detectors.entries()) {
    need(isAddress(url), `url-${i}`, 'wizard.need.url');
    need(kind !== 'list' || selectors?.row.trim(), `row-${i}`, 'wizard.need.row');
    need(kind !== 'webhook' || secret || hasSecret, `secret-${i}`, 'wizard.need.secret');
    need(kind !== 'public' || stream?.trim(), `stream-${i}`, 'wizard.need.stream');
  }
  need(draft.name.trim(), 'name', 'wizard.need.name');
  need(draft.column.trim(), 'column', 'wizard.need.column');
  need(draft.publisher.kind === '' || isRegion(draft.publisher.region), 'publisher', 'rules.need.region');
  need(token.test(draft.sourceId), 'sourceId', 'wizard.need.id');
  need(!taken.has(draft.sourceId), 'sourceId', 'wizard.need.otherId');
  need(draft.pollSeconds >= 1 && draft.pollSeconds <= 3_600, 'pollSeconds', 'wizard.need.interval');
  return found;
}

export const isAddress = (url: string): boolean => /^https?:\/\/[^/]/i.test(url.trim()) && URL.canParse(url.trim());

/** `www.chinatax.gov.cn/zcfg/` becomes `chinatax-zcfg`: an id that people recognise and that nobody has yet. */
export function proposeId(url: string, taken: ReadonlySet<string>): string {
  const { hostname, pathname } = new URL(url);
  const host = /^[\d.]+$|:/.test(hostname)
    ? []
    : hostname.split('.').filter((label) => !['www', 'gov', 'com', 'org', 'net', 'cn'].includes(label));
  const folders = pathname.split('/').filter((part) => part !== '' && !part.includes('.'));
  const words = [...host, ...folders.slice(-1)].map((word) => word.replaceAll(/[^A-Za-z0-9_-]/g, ''));
  const base = words.filter(Boolean).join('-').slice(0, 56) || 'source';
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Whose site an address most likely is; a person corrects it. */
export function proposeLevel(url: string): Source['level'] {
  const host = new URL(url).hostname.replace(/^www\./, '');
  if (host === 'chinatax.gov.cn') return 'national';
  if (host === 'gov.cn') return 'national-portal';
  return host.endsWith('.chinatax.gov.cn') ? 'province' : 'province-portal';
}

/** Whose website an address most likely is, where it names a province; half a publisher is none. */
export function proposePublisher(url: string): SourceDraft['publisher'] {
  const host = new URL(url).hostname.replace(/^www\./, '');
  if (host === 'gov.cn') return { kind: 'state_council', region: nation };
  if (host === 'chinatax.gov.cn') return { kind: 'tax', region: nation };
  const [named] = host.split('.');
  const division = divisions.find(({ en }) => en.toLowerCase() === named);
  if (!division || !host.endsWith('.gov.cn')) return blank.publisher;
  return { kind: host.endsWith('.chinatax.gov.cn') ? 'tax' : 'government', region: division.code };
}

/** A source that already watches this address. */
export function watcherOf(url: string, rows: readonly SourceRow[], self: string): SourceRow | undefined {
  const wanted = plain(url);
  return rows.find((row) => row.sourceId !== self && row.detectors.some((each) => plain(each.url) === wanted));
}

/** The same address in its various spellings. */
const plain = (url: string) =>
  url
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
    .toLowerCase();

/** 192 bits, as Standard Webhooks writes them. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
