import { CallForm, safeCall, type Called } from '@tongsheng/web';
import { z } from 'zod';
import type { Handed, Tools } from './channel.ts';
import { Halted, secondsToMidnight } from './steps.ts';

export type WeChatAccount = { api: string; appid: string; appSecret: string };

/** What a call came to. A code is the platform's own word, and HTTP says 200 to all of them. */
export type Said =
  | { kind: 'ok'; data: Record<string, unknown> }
  | { kind: 'code'; code: number; detail: string; data: Record<string, unknown> }
  | { kind: 'not_sent' | 'unknown'; detail: string };

/** The platform has forgotten the token: the call was not carried out. */
const forgotten = new Set([40001, 40014, 42001]);
/** Only a person can mend it: a wrong login, an address that is not allowed, a permission that is lacking. */
const forPerson = new Set([40001, 40013, 40014, 40125, 40164, 42001, 48001, 48003, 48004, 48008, 50002]);
/** About what we sent, and so again the next time. */
const ours = new Set([
  40005, 40007, 40009, 40033, 40066, 41006, 44002, 44003, 44004, 45001, 45002, 45003, 45004, 45067, 45166, 47001, 53404,
  53405, 53406, 53503, 53504, 53505,
]);
const busy = -1;

/** Five minutes before its end the platform has a new one; the old one is good until then. */
const overlapSeconds = 300;
const Token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const Answer = z.looseObject({ errcode: z.number().optional(), errmsg: z.string().optional() });

/** Everybody who waited for the token is told. Asking for one changes nothing, whatever became of the question. */
class NoToken extends Error {
  readonly said: Said;
  constructor(said: Said) {
    const detail = said.kind === 'ok' ? 'no token in the answer' : said.detail;
    super(detail);
    const isRefused = said.kind === 'code' && said.code !== busy;
    this.said = isRefused ? said : { kind: 'not_sent', detail: `no token: ${detail}` };
  }
}

/** The platform's interface, with the time that is left of one attempt. */
export class WeChatApi {
  readonly #end: number;

  constructor(
    private readonly account: WeChatAccount,
    private readonly tools: Pick<Tools, 'allow' | 'timeoutMs' | 'tokens'>,
  ) {
    this.#end = performance.now() + tools.timeoutMs;
  }

  /** @param path after `/cgi-bin/`; a body that is absent makes it a GET */
  async call(path: string, body?: Record<string, unknown> | CallForm): Promise<Said> {
    const first = await this.#callWithToken(path, body);
    if (first.said.kind !== 'code' || !forgotten.has(first.said.code) || first.token === null) return first.said;
    await this.tools.tokens.drop(this.#credential, first.token);
    return (await this.#callWithToken(path, body)).said;
  }

  get #credential() {
    return `wechat ${this.account.api} ${this.account.appid}`;
  }

  async #callWithToken(path: string, body: Record<string, unknown> | CallForm | undefined) {
    const got = await this.#token();
    // Nothing of the call itself has left the house.
    if ('said' in got) return { token: null, said: got.said };
    const mark = path.includes('?') ? '&' : '?';
    const said = await this.#ask(`${path}${mark}access_token=${encodeURIComponent(got.token)}`, body);
    return { token: got.token, said };
  }

  async #token(): Promise<{ token: string } | { said: Said }> {
    try {
      const token = await this.tools.tokens.of(this.#credential, async () => {
        const { appid, appSecret: secret } = this.account;
        const said = await this.#ask('stable_token', { grant_type: 'client_credential', appid, secret });
        const read = said.kind === 'ok' ? Token.safeParse(said.data) : null;
        if (!read?.success) throw new NoToken(said);
        const { access_token: token, expires_in: seconds } = read.data;
        return { token, seconds: Math.max(1, seconds - overlapSeconds) };
      });
      return { token };
    } catch (error) {
      if (error instanceof NoToken) return { said: error.said };
      throw error;
    }
  }

  async #ask(path: string, body: Record<string, unknown> | CallForm | undefined): Promise<Said> {
    const { allow } = this.tools;
    const timeoutMs = Math.max(1, Math.round(this.#end - performance.now()));
    const address = `${this.account.api.replace(/\/+$/, '')}/cgi-bin/${path}`;
    const sent = body === undefined || body instanceof CallForm;
    const called = await safeCall(address, {
      method: body === undefined ? 'GET' : 'POST',
      allow,
      timeoutMs,
      // Twenty articles with their texts, at most.
      maxBytes: 4 * 2 ** 20,
      ...(body !== undefined && { body: body instanceof CallForm ? body : JSON.stringify(body) }),
      headers: sent ? {} : { 'content-type': 'application/json' },
    });
    return readAnswer(called);
  }
}

function readAnswer(called: Called): Said {
  if (called.kind !== 'answered') return { kind: called.kind, detail: called.detail };
  const { status, body, whole } = called;
  const text = body.toString('utf8');
  const read = whole && status < 300 ? Answer.safeParse(jsonOf(text)) : null;
  // A page of a firewall, half an answer, fifty megabytes: what became of the call is not in it.
  if (!read?.success) return { kind: 'unknown', detail: `HTTP ${status} ${plain(text)}`.trim() };
  const { errcode = 0, errmsg = '' } = read.data;
  if (errcode === 0) return { kind: 'ok', data: read.data };
  return { kind: 'code', code: errcode, detail: `${errcode} ${errmsg}`.slice(0, 500), data: read.data };
}

/** Ids may be numbers beyond what a number holds: they are kept as they were written. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/("(?:publish_id|msg_id|msg_data_id)"\s*:\s*)(\d+)/g, '$1"$2"'));
  } catch {
    return undefined;
  }
}

const plain = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 300);

type Not = Exclude<Said, { kind: 'ok' }>;

/** What an answer other than yes means for what changes something that readers see. */
export function handedOf(said: Not, at: string): Handed {
  const { detail } = said;
  if (said.kind !== 'code') return { outcome: said.kind, detail };
  const { code } = said;
  if (forPerson.has(code)) return { outcome: 'rejected_retryable', trouble: 'credential', detail };
  if (code === 45009 || code === 45028) {
    const retryAfterSeconds = secondsToMidnight(at);
    return { outcome: 'rejected_retryable', trouble: 'quota', detail, retryAfterSeconds };
  }
  if (code === 45011 || code === 45066)
    return { outcome: 'rejected_retryable', trouble: 'rate_limited', detail, retryAfterSeconds: 60 };
  if (ours.has(code)) return { outcome: 'rejected_permanent', trouble: 'content', detail };
  // Busy may be said after it was done, and of a code that is not documented nobody knows.
  return { outcome: 'unknown', trouble: 'busy', detail };
}

/** The same for what no reader sees: drafts and pictures. Whatever became of it, the release is not out. */
export function harmlessly(said: Not, at: string): Handed {
  const handed = handedOf(said, at);
  return handed.outcome === 'unknown' ? { ...handed, outcome: 'not_sent' } : handed;
}

/** @throws Halted */
export function must(said: Said, judge: (said: Not) => Handed): Record<string, unknown> {
  if (said.kind === 'ok') return said.data;
  throw new Halted(judge(said));
}
