import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Injectable } from '@nestjs/common';
import { encodeAnswer, EvidenceStore } from '@tongsheng/bus';
import type { DriftKind, PageChange, PageEvidence, PageFile, PublicDocument } from '@tongsheng/contracts';
import { leadsTo } from '@tongsheng/pages';
import { decodeText, safeFetch, textOf, type Fetched, type WebAnswer } from '@tongsheng/web';
import { PublicPages } from './public-pages.ts';
import { SitePublisher } from './site-publisher.ts';
import { shownFiles, type ShownFile } from './sites/shown-files.ts';
import { changesOf, leastRecognised, shownShare } from './sites/shown-text.ts';
import type { Shown, SiteKind } from './sites/site-kind.ts';
import type { Watched } from './watched.ts';

/** Fetches as a citizen would. `allow`: hosts that may be asked although they are not public, as our own portal on a closed network. */
export class Visitor {
  constructor(readonly allow: readonly string[]) {}

  visit(url: string, limits: { maxBytes?: number; totalMs?: number } = {}): Promise<Fetched> {
    return safeFetch(url, { allow: this.allow, maxBytes: 5 * 2 ** 20, ...limits });
  }
}

/** What one look found. `unsure`: nothing can be said, as when nobody answered. */
export type Look =
  | { is: 'right'; evidence: PageEvidence }
  | { is: 'wrong'; reason: string; kind: DriftKind; changes: PageChange[]; evidence: PageEvidence | null }
  | { is: 'unsure'; reason: string };

/** For all files of one page: how many requests, bytes and ms a look may cost. */
const files = { requests: 60, bytes: 200 * 2 ** 20, ms: 60_000, perFileMs: 20_000 };
/** Pictures that another system made of ours may be larger. */
const roomFor = (bytes: number) => bytes * 2 + 2 ** 20;
const filesKept = 60;

/** One look at a page from outside, compared with what went out; what was received is kept. */
@Injectable()
export class Looks {
  constructor(
    private readonly pages: PublicPages,
    private readonly publisher: SitePublisher,
    private readonly evidence: EvidenceStore,
    private readonly visitor: Visitor,
  ) {}

  /** Whether the public has what went out. */
  async forPresence(page: Watched): Promise<Look> {
    const fetched = await this.visitor.visit(page.url);
    if (!fetched.ok) {
      const { code, detail, answer } = fetched;
      const evidence = answer ? await this.#keep(answer, { checks: [] }) : null;
      return { is: 'wrong', reason: `${code}: ${detail}`, kind: 'gone', changes: [], evidence };
    }
    const { document, found: before } = await this.pages.outOf(page);
    const kind = await this.publisher.of(page.site, page);
    const html = decodeText(fetched.bytes, fetched.contentType).text;
    const seen = kind.shown(html, document);
    const ours = textOf(document.html);
    const shown = shownShare(ours, seen.text);
    const found = await this.#files(shownFiles(html, fetched.url, document), kind, before);
    const checks = [...kind.check(html, document), ...checksOf(found)];
    const wrong = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    const evidence = await this.#keep(fetched, { checks, shown, ...filesOf(found) });
    if (wrong.length === 0) return { is: 'right', evidence };
    const broken = found.filter(isWrong).map(({ name, address, found: how }) => `${name || address || '?'} (${how})`);
    const reason = [`the page differs in: ${wrong.join(', ')}`, ...broken].join('; ');
    const changes = [...titleChange(document, seen), ...changesOf(ours, seen.text)].slice(0, 10);
    return { is: 'wrong', reason, kind: driftOf(wrong, shown, seen), changes, evidence };
  }

  /** Whether the public has it no more: the page, what it showed, and what led there. */
  async forAbsence(page: Watched): Promise<Look> {
    const fetched = await this.visitor.visit(page.url);
    const answer = fetched.ok ? fetched : (fetched.answer ?? null);
    const { document, found: before } = await this.pages.outOf(page);
    const kind = await this.publisher.of(page.site, page);
    const isGone = answer ? absent(answer, fetched.ok ? kind : null, document) : null;
    if (!answer || isGone === null) {
      return unsure(fetched);
    }
    const checks: PageEvidence['checks'] = [{ name: 'page_gone', ok: isGone }];
    const trouble: string[] = isGone ? [] : [`the page at ${page.url} can still be read`];
    for (const { check, url } of page.publicPosition === null ? [] : kind.lists(document)) {
      const list = await this.visitor.visit(url);
      // A site that has nothing left has no list.
      if (!list.ok && !list.answer) return unsure(list);
      const isListed = list.ok && leadsTo(decodeText(list.bytes, list.contentType).text, document);
      checks.push({ name: check, ok: !isListed });
      if (isListed) trouble.push(`${url} still lists it`);
    }
    const left = await this.#filesLeft(document, before);
    if (left.length > 0 || document.files.length > 0) checks.push({ name: 'files_gone', ok: left.length === 0 });
    for (const { name, address } of left) trouble.push(`${name}: ${address} can still be read`);
    const evidence = await this.#keep(answer, { checks: merged(checks), ...filesOf(left) });
    if (trouble.length === 0) return { is: 'right', evidence };
    return { is: 'wrong', reason: trouble.join('; '), kind: 'reappeared', changes: [], evidence };
  }

  /** Each picture and attachment, fetched as the page offers it. What was the same before must be so still. */
  async #files(wanted: readonly ShownFile[], kind: SiteKind, before: readonly PageEvidence[]): Promise<Seen[]> {
    const budget = { requests: files.requests, bytes: files.bytes, until: performance.now() + files.ms };
    const answers = new Map<string, Fetched>();
    const fetch = async (address: string, maxBytes: number): Promise<Fetched | null> => {
      const known = answers.get(address);
      if (known) return known;
      const left = budget.until - performance.now();
      if (budget.requests <= 0 || budget.bytes < maxBytes || left <= 0) return null;
      budget.requests--;
      const answer = await this.visitor.visit(address, { maxBytes, totalMs: Math.min(files.perFileMs, left) });
      if (answer.ok) budget.bytes -= answer.bytes.length;
      answers.set(address, answer);
      return answer;
    };
    const seen: Seen[] = [];
    for (const each of wanted) seen.push(await this.#file(each, fetch, mustBeSame(each, kind, before)));
    return seen;
  }

  async #file(
    { file, role, addresses }: ShownFile,
    fetch: (address: string, maxBytes: number) => Promise<Fetched | null>,
    exactly: boolean,
  ): Promise<Seen> {
    const { hash, mediaType, bytes } = file;
    const name = file.name.slice(0, 300);
    let best: Seen = { name, hash, role, address: null, found: 'missing', detail: '' };
    for (const address of addresses) {
      if (address.length > 2_000) continue;
      const answer = await fetch(address, roomFor(bytes));
      const is = answer === null ? unread : judged(answer, { hash, mediaType }, exactly);
      const now: Seen = { name, hash, role, address, ...is };
      if (rank.indexOf(now.found) < rank.indexOf(best.found)) best = now;
      if (best.found === 'same') break;
    }
    return best;
  }

  /** What of a removed page's files can still be read, at our own addresses and where the page had them. */
  async #filesLeft(document: PublicDocument, before: readonly PageEvidence[]): Promise<Seen[]> {
    const known = before.flatMap((each) => each.files ?? []);
    const left: Seen[] = [];
    for (const file of document.files.slice(0, files.requests / 2)) {
      const { hash, mediaType, bytes } = file;
      const own = `${document.url}/files/${hash}`;
      const last = known.findLast((each) => each.hash === hash && isThere(each))?.address;
      for (const address of new Set([own, ...(last ? [last] : [])])) {
        const answer = await this.visitor.visit(address, { maxBytes: roomFor(bytes), totalMs: files.perFileMs });
        const is = judged(answer, { hash, mediaType }, true);
        if (is.found === 'same') left.push({ name: file.name.slice(0, 300), hash, role: 'attachment', address, ...is });
      }
    }
    return left;
  }

  async #keep(
    { status, headers, bytes }: Pick<WebAnswer, 'status' | 'headers' | 'bytes'>,
    found: Pick<PageEvidence, 'checks' | 'shown' | 'files'>,
  ): Promise<PageEvidence> {
    const message = encodeAnswer({ status, reason: STATUS_CODES[status] ?? '', headers, body: bytes });
    const snapshot = await this.evidence.keep(message);
    const pageHash = createHash('sha256').update(bytes).digest('hex');
    return { status, pageHash, bytes: bytes.length, snapshot, ...found };
  }
}

type Seen = PageFile & { role: ShownFile['role'] };

/** The best first. */
const rank: PageFile['found'][] = ['same', 'of_type', 'unread', 'other', 'broken', 'missing'];
const isThere = ({ found }: Pick<PageFile, 'found'>) => found === 'same' || found === 'of_type';
/** What was not read is not held against the page. */
const isWrong = ({ found }: Pick<PageFile, 'found'>) => found !== 'unread' && rank.indexOf(found) > 1;
const unread = { found: 'unread' as const, detail: '' };

/** Our own portal serves our bytes; elsewhere a file that was the same once does not become another one. */
const mustBeSame = ({ file }: ShownFile, { keepsFiles }: SiteKind, before: readonly PageEvidence[]): boolean =>
  keepsFiles || before.some((each) => each.files?.some(({ hash, found }) => hash === file.hash && found === 'same'));

function judged(
  answer: Fetched,
  { hash, mediaType }: { hash: string; mediaType: string },
  exactly: boolean,
): Pick<PageFile, 'found' | 'detail'> {
  if (!answer.ok) {
    if (answer.code === 'too_large') return { found: 'other', detail: answer.detail.slice(0, 300) };
    return { found: 'broken', detail: `${answer.code}: ${answer.detail}`.slice(0, 300) };
  }
  if (createHash('sha256').update(answer.bytes).digest('hex') === hash) return { found: 'same', detail: '' };
  const type = (answer.contentType ?? '').split(';')[0]!.trim().toLowerCase();
  const isAlike =
    type === mediaType || (type.startsWith('image/') && mediaType.startsWith('image/')) || anything.has(type);
  const detail = type || 'no content type';
  return { found: isAlike && !exactly && answer.bytes.length > 0 ? 'of_type' : 'other', detail: detail.slice(0, 300) };
}

/** What servers call files whose type they don't know. */
const anything = new Set(['application/octet-stream', 'binary/octet-stream', 'application/x-download']);

function checksOf(found: readonly Seen[]): PageEvidence['checks'] {
  const of = (name: 'images' | 'attachments', role: Seen['role']) => {
    const these = found.filter((each) => each.role === role);
    return these.length === 0 ? [] : [{ name, ok: !these.some(isWrong) }];
  };
  return [...of('images', 'image'), ...of('attachments', 'attachment')];
}

function filesOf(found: readonly Seen[]): Pick<PageEvidence, 'files'> {
  if (found.length === 0) return {};
  const bare = found.map(({ role: _role, ...file }) => file);
  return { files: [...bare.filter(isWrong), ...bare.filter((each) => !isWrong(each))].slice(0, filesKept) };
}

function driftOf(wrong: readonly string[], shown: number, { hasTitle }: Shown): DriftKind {
  if (wrong.every((name) => name === 'images' || name === 'attachments')) return 'broken_file';
  return shown < leastRecognised || (!hasTitle && shown < 1 && wrong.includes('text')) ? 'replaced' : 'edited';
}

const titleChange = ({ title }: PublicDocument, { hasTitle, titles }: Shown): PageChange[] =>
  hasTitle ? [] : [{ was: title.slice(0, 300), now: (titles[0] ?? '').slice(0, 300) }];

/** Null: it can't be said. A page that answers is gone when it shows neither the title nor the text. */
function absent(
  { status, bytes, headers }: WebAnswer,
  kind: SiteKind | null,
  document: PublicDocument,
): boolean | null {
  if (status === 404 || status === 410) return true;
  if (!kind) return null;
  const type = headers.find(({ name }) => name === 'content-type')?.value ?? null;
  const { hasTitle, text } = kind.shown(decodeText(bytes, type).text, document);
  return !hasTitle && shownShare(textOf(document.html), text) < leastRecognised;
}

const unsure = (fetched: Fetched): Look => ({
  is: 'unsure',
  reason: fetched.ok ? `HTTP ${fetched.status}` : `${fetched.code}: ${fetched.detail}`,
});

/** Of several feeds one answer. */
function merged(checks: PageEvidence['checks']): PageEvidence['checks'] {
  const names = [...new Set(checks.map(({ name }) => name))];
  return names.map((name) => ({ name, ok: checks.every((each) => each.name !== name || each.ok) }));
}
