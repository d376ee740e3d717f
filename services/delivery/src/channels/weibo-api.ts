import { safeCall, type Called } from '@tongsheng/web';
import { z } from 'zod';
import type { Found, Handed, Health, Parcel, Sent, Tools } from './channel.ts';

export type WeiboAccount = {
  api: string;
  web: string;
  uid: string;
  accessToken: string;
  authorisedUntil?: string | undefined;
  rip: string;
};

/** What a call came to, by the body alone: HTTP says 200, 400 and 403 to the same. */
export type Said =
  | { kind: 'ok'; data: Record<string, unknown> }
  | { kind: 'code'; code: number; detail: string }
  | { kind: 'not_sent' | 'unknown'; detail: string };

const Answer = z.looseObject({
  /** Of posts and of whatever the platform's door refuses. */
  error_code: z.coerce.number().optional(),
  error: z.string().default(''),
  /** Of articles; 100000 is yes, as a number or as text. */
  code: z.coerce.number().optional(),
  msg: z.string().default(''),
});
const yes = 100_000;

/** Only a person can mend it: an address, a permission, an authorisation that ended, a captcha. channel-api-facts.md B.2 */
const forPerson = new Set([10004, 10005, 10014, 20031, 21332]);
const isToken = (code: number) => code >= 21_314 && code <= 21_327;
const tooFast = new Set([10022, 10023, 10024, 20016]);
const ours = new Set([10006, 10008, 10016, 10017, 10018, 20005, 20006, 20007, 20012, 20013]);
const anHour = 3_600;

export class WeiboApi {
  constructor(
    private readonly account: WeiboAccount,
    private readonly tools: Pick<Tools, 'allow' | 'timeoutMs'>,
  ) {}

  post(path: string, fields: Record<string, string>): Promise<Said> {
    const { accessToken: access_token, rip } = this.account;
    return this.#call(path, {
      method: 'POST',
      body: encoded({ access_token, rip, ...fields }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  get(path: string, query: Record<string, string>): Promise<Said> {
    return this.#call(`${path}?${encoded({ access_token: this.account.accessToken, ...query })}`, { method: 'GET' });
  }

  async #call(path: string, more: { method: 'GET' | 'POST'; body?: string; headers?: Record<string, string> }) {
    const { allow, timeoutMs } = this.tools;
    const address = `${this.account.api.replace(/\/+$/, '')}${path}`;
    return readAnswer(await safeCall(address, { ...more, allow, timeoutMs, maxBytes: 2 * 2 ** 20 }));
  }
}

/** RFC 3986, as the platform asks for: a blank is %20. */
const encoded = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/[!'()*]/g, percent)}`)
    .join('&');
const percent = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

function readAnswer(called: Called): Said {
  if (called.kind !== 'answered') return { kind: called.kind, detail: called.detail };
  const { status, body, whole } = called;
  const text = body.toString('utf8');
  const read = whole && status < 500 ? Answer.safeParse(jsonOf(text)) : null;
  const isRedirect = status >= 300 && status < 400;
  if (!read?.success || isRedirect)
    return { kind: 'unknown', detail: `HTTP ${status} ${text.replace(/\s+/g, ' ').trim().slice(0, 300)}`.trim() };
  const { error_code: code, error, code: articleCode, msg } = read.data;
  if (code !== undefined) return { kind: 'code', code, detail: `${code} ${error}`.slice(0, 500) };
  if (articleCode !== undefined && articleCode !== yes)
    return { kind: 'code', code: articleCode, detail: `${articleCode} ${msg}`.slice(0, 500) };
  return { kind: 'ok', data: read.data };
}

/** Ids are beyond what a number holds; their text stands beside them. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Not = Exclude<Said, { kind: 'ok' }>;

/** What an answer other than yes means for what readers see. */
export function handedOf(said: Not): Handed {
  const { detail } = said;
  if (said.kind !== 'code') return { outcome: said.kind, detail };
  const { code } = said;
  if (forPerson.has(code) || isToken(code)) return { outcome: 'rejected_retryable', trouble: 'credential', detail };
  if (tooFast.has(code))
    return { outcome: 'rejected_retryable', trouble: 'rate_limited', detail, retryAfterSeconds: anHour };
  if (code === 11001)
    return { outcome: 'rejected_retryable', trouble: 'rate_limited', detail, retryAfterSeconds: anHour / 6 };
  if (ours.has(code)) return { outcome: 'rejected_permanent', trouble: 'content', detail };
  // Busy, and half done (11002, 11003): it may be there. Of a code that is not documented nobody knows.
  return { outcome: 'unknown', trouble: 'busy', detail };
}

const Status = z.object({ mid: z.string(), text: z.string() });
const Timeline = z.object({ statuses: z.array(Status) });

/** Our post among the newest of the user, by the address of our page in it. `null`: the list was read, and it is not there. */
export async function onTimeline(api: WeiboApi, parcel: Parcel, account: WeiboAccount): Promise<Found | null> {
  const said = await api.get('/2/statuses/user_timeline.json', { count: '50' });
  const read = said.kind === 'ok' ? Timeline.safeParse(said.data) : null;
  if (!read?.success) return { finding: 'unsure', detail: detailOf(said) };
  const found = read.data.statuses.find(({ text }) => text.includes(parcel.url));
  if (!found) return null;
  const receipt = { remoteId: found.mid, url: postUrl(account, found.mid) };
  return { finding: 'present', detail: 'on the timeline', receipt };
}

export const postUrl = ({ web, uid }: WeiboAccount, mid: string) => `${web.replace(/\/+$/, '')}/${uid}/${mid}`;

export const detailOf = (said: Said): string => (said.kind === 'ok' ? 'the answer is not as documented' : said.detail);

/** How long the platform may need until a post shows, in ms: "1–2 minutes". */
export const showsWithinMs = 180_000;

export const waitedMs = ({ notes, parcel }: Sent, { now }: Tools): number =>
  Date.parse(now()) - Date.parse(notes['triedAt'] ?? parcel.signedAt);

/** One call of the hundred a day. */
export async function healthOf(account: WeiboAccount, tools: Tools): Promise<Health> {
  const said = await new WeiboApi(account, tools).get('/2/statuses/user_timeline.json', { count: '1' });
  const expiresAt = account.authorisedUntil === undefined ? null : `${account.authorisedUntil}T00:00:00.000Z`;
  if (said.kind === 'ok') return { ok: true, detail: 'the authorisation is good', trouble: null, expiresAt };
  const { trouble = 'network' } = handedOf(said);
  return { ok: false, detail: said.detail, trouble, expiresAt };
}
