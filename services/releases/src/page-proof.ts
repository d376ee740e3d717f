import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Injectable } from '@nestjs/common';
import { encodeAnswer, EvidenceStore } from '@tongsheng/bus';
import type { PageEvidence, PublicDocument } from '@tongsheng/contracts';
import { leadsTo } from '@tongsheng/pages';
import { decodeText, safeFetch, textOf, type WebAnswer } from '@tongsheng/web';

/** Hosts that may be asked although they are not public, as our own portal on a closed network. */
export class OutsideAccess {
  constructor(readonly allow: readonly string[]) {}
}

export type Proof = { is: 'proven'; detail: string; evidence: PageEvidence } | { is: 'unproven'; detail: string };

/** What must not be read any more. */
type Text = { title: string; html: string };

/** Looks at an address as a citizen would, and keeps what was received. */
@Injectable()
export class PageProof {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly outside: OutsideAccess,
  ) {}

  /** Whether our page shows this content. */
  async forContent(url: string, contentHash: string): Promise<Proof> {
    const fetched = await this.#visit(url);
    if (!fetched.ok) return { is: 'unproven', detail: `${url}: ${fetched.code}: ${fetched.detail}` };
    const isThere = decodeText(fetched.bytes, fetched.contentType).text.includes(`content="${contentHash}"`);
    if (!isThere) return { is: 'unproven', detail: `${url} shows another version` };
    const evidence = await this.#keep(fetched, [{ name: 'text', ok: true }]);
    return { is: 'proven', detail: `HTTP ${fetched.status}`, evidence };
  }

  /** Whether a page of ours is gone, and nothing of its site leads there any more. */
  async forAbsence(
    url: string,
    place: Pick<PublicDocument, 'site' | 'kind' | 'documentId'>,
    text: Text,
  ): Promise<Proof> {
    const page = await this.forElsewhere(url, text);
    if (page.is === 'unproven') return page;
    const home = url.slice(0, url.lastIndexOf(`/${place.kind}/`));
    const checks: PageEvidence['checks'] = [...page.evidence.checks];
    for (const [name, path] of [
      ['not_listed', ''],
      ['not_in_feeds', '/feed.rss'],
      ['not_in_feeds', '/feed.atom'],
      ['not_in_feeds', '/feed.json'],
    ] as const) {
      const list = await this.#visit(`${home}${path}`);
      if (!list.ok && !list.answer) return { is: 'unproven', detail: `${home}${path}: ${list.code}: ${list.detail}` };
      if (list.ok && leadsTo(decodeText(list.bytes, list.contentType).text, place))
        return { is: 'unproven', detail: `${home}${path} still leads to it` };
      if (!checks.some((each) => each.name === name)) checks.push({ name, ok: true });
    }
    return { ...page, evidence: { ...page.evidence, checks } };
  }

  /** The same for a page of a platform, which may answer with words of its own that it is gone. */
  async forElsewhere(url: string, text: Text): Promise<Proof> {
    const fetched = await this.#visit(url);
    const answer = fetched.ok ? fetched : (fetched.answer ?? null);
    if (!answer) return { is: 'unproven', detail: fetched.ok ? '' : `${url}: ${fetched.code}: ${fetched.detail}` };
    const isGone = answer.status === 404 || answer.status === 410;
    if (!isGone && !fetched.ok) return { is: 'unproven', detail: `${url}: HTTP ${answer.status}` };
    if (!isGone && shows(answer, text)) return { is: 'unproven', detail: `${url} can still be read` };
    const evidence = await this.#keep(answer, [{ name: 'page_gone', ok: true }]);
    return { is: 'proven', detail: `HTTP ${answer.status}`, evidence };
  }

  #visit(url: string) {
    return safeFetch(url, { allow: this.outside.allow, maxBytes: 5 * 2 ** 20 });
  }

  async #keep(
    { status, headers, bytes }: Pick<WebAnswer, 'status' | 'headers' | 'bytes'>,
    checks: PageEvidence['checks'],
  ): Promise<PageEvidence> {
    const message = encodeAnswer({ status, reason: STATUS_CODES[status] ?? '', headers, body: bytes });
    const snapshot = await this.evidence.keep(message);
    return {
      status,
      pageHash: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      snapshot,
      checks,
    };
  }
}

/** Its title, or any sentence of it: a page of which one is left is not gone. */
function shows({ bytes, headers }: Pick<WebAnswer, 'bytes' | 'headers'>, { title, html }: Text): boolean {
  const type = headers.find(({ name }) => name === 'content-type')?.value ?? null;
  const page = even(textOf(decodeText(bytes, type).text));
  const sentences = textOf(html)
    .split(/[\n。！？；]/)
    .map(even)
    .filter((sentence) => sentence.length >= leastSentence);
  return [even(title), ...sentences].some((each) => each !== '' && page.includes(each));
}

/** Shorter ones may stand anywhere. Characters. */
const leastSentence = 8;
const even = (text: string): string => text.normalize('NFKC').replace(/\s+/gu, '');
