import { STATUS_CODES } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { encodeAnswer, type EvidenceStore } from '@tongsheng/bus';
import { probePlan } from '@tongsheng/contracts';
import { safeFetch, type Fetched } from '@tongsheng/web';

/** How a site that is looked at is spared: the wait before each request, in ms. */
const paceMs = 200;

/** Opens pages as a citizen would. `allow`: hosts that may be asked although they are not public. */
export class Visitor {
  constructor(
    readonly allow: readonly string[],
    private readonly evidence: Pick<EvidenceStore, 'keep'>,
  ) {}

  /** Asks whether a site answers, within the time that the rule gives it. What it says is not read to its end. */
  async probe(url: string): Promise<Fetched> {
    const totalMs = probePlan.withinSeconds * 1_000;
    return safeFetch(url, { allow: this.allow, totalMs, headersMs: totalMs, maxBytes: 5 * 2 ** 20 });
  }

  /** Reads a page, after a pause. */
  async read(url: string): Promise<Fetched> {
    await wait(paceMs);
    return safeFetch(url, { allow: this.allow, maxBytes: 5 * 2 ** 20 });
  }

  /** Whether a link leads anywhere, after a pause. What is larger than its beginning is there. */
  async follow(url: string): Promise<{ code: string; detail: string } | null> {
    await wait(paceMs);
    const answer = await safeFetch(url, { allow: this.allow, maxBytes: 65_536, totalMs: 15_000 });
    if (answer.ok || answer.code === 'too_large') return null;
    const { code, detail, answer: said } = answer;
    // Who must sign in, or comes too often, is not told that nothing is there; what is not public is not ours to ask.
    if (code === 'address_refused' || [401, 403, 405, 429].includes(said?.status ?? 0)) return null;
    return { code, detail: detail.slice(0, 500) };
  }

  /** What a server said, kept under its hash. */
  async keep(answer: Fetched): Promise<string | null> {
    const whole = answer.ok ? answer : answer.answer;
    if (!whole) return null;
    const { status, headers, bytes } = whole;
    return this.evidence.keep(encodeAnswer({ status, reason: STATUS_CODES[status] ?? '', headers, body: bytes }));
  }
}
