import { createHash, timingSafeEqual } from 'node:crypto';
import { picturesOf, type ChannelLimits } from '@tongsheng/contracts';
import { CallForm, safeCall } from '@tongsheng/web';
import { DateTime } from 'luxon';
import { z } from 'zod';
import {
  defineChannel,
  type Found,
  type Handed,
  type Heard,
  type Inbound,
  type Parcel,
  type Seen,
  type Sent,
  type Tools,
} from './channel.ts';
import { part, type Shown } from './shown.ts';
import { Halted, mustFit, settled } from './steps.ts';

type Account = { api: string; clientKey: string; clientSecret: string; openId: string; refreshToken: string };
type Said =
  | { kind: 'ok'; data: Record<string, unknown> }
  | { kind: 'code'; code: number; detail: string }
  | { kind: 'not_sent' | 'unknown'; detail: string };

/** Error numbers are known from examples only ○: what is in neither list may have been done all the same. */
const forgotten = new Set([2190002, 2190008]);
const forPerson = new Set([2190002, 2190008, 2190004, 10008, 10010]);
const ours = new Set([2100005]);

const Envelope = z.object({
  data: z.looseObject({ error_code: z.number(), description: z.string().default('') }),
  extra: z.object({ logid: z.string().default('') }).default({ logid: '' }),
});
const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  /** How long the authorisation itself is good ○: where it is not said, nothing is renewed. */
  refresh_expires_in: z.number().positive().optional(),
});
const NewRefresh = z.object({ refresh_token: z.string().min(8), expires_in: z.number().positive() });
/** An access token's last minutes are not used; a refresh token is renewed this long before the next one would be fetched in vain. */
const sparedSeconds = 600;
const renewedEarlySeconds = 3 * 86_400;
const Uploaded = z.object({ image: z.object({ image_id: z.string().min(1) }) });
const Created = z.object({ item_id: z.string().min(1) });
const Item = z.object({
  item_id: z.string(),
  title: z.string(),
  video_status: z.number(),
  share_url: z.string().default(''),
});
const List = z.object({ list: z.array(Item) });

/** How long a post may be missing in the list after it was taken, in ms. Nothing is stated ○. */
const listedWithinMs = 120_000;

/**
 * 抖音图文. A yes is an acceptance: until the review is through only the account sees it. There is no key; our number stands
 * in the text, and by it the account's list says whether it is there.
 */
export const douyin = defineChannel('douyin', {
  onUnknown: 'probe',
  credentialOf: ({ api, clientKey, openId }) => `${api} ${clientKey}/${openId}`,
  show,
  deliver: (parcel, settings, tools) => settled(publish(parcel, settings, tools)),
  probe: { look, afterUnknown: ['PT10S', 'PT30S', 'PT2M', 'PT5M', 'PT15M', 'PT1H'] },
  watch,
  callback: async (inbound, settings) => hear(inbound, settings),
  async health(settings, tools) {
    const api = new DouyinApi(settings, tools);
    const expiresAt = await api.askAnew();
    const said = await api.list();
    if (said.kind === 'ok') return { ok: true, detail: 'the authorisation is good', trouble: null, expiresAt };
    const { trouble = 'network' } = handedOf(said);
    return { ok: false, detail: said.detail, trouble };
  },
});

class DouyinApi {
  readonly #end: number;
  readonly #base: string;
  readonly #login: string;
  /** When the authorisation ends by itself, as far as it was said. */
  #endsAt: string | null = null;

  constructor(
    private readonly account: Account,
    private readonly tools: Pick<Tools, 'allow' | 'timeoutMs' | 'tokens' | 'renew' | 'now'>,
  ) {
    this.#end = performance.now() + tools.timeoutMs;
    this.#base = account.api.replace(/\/+$/, '');
    this.#login = `douyin ${account.api} ${account.clientKey} ${account.openId}`;
  }

  post = (path: string, body: CallForm | Record<string, unknown>): Promise<Said> => this.#call('POST', path, body);
  list = (): Promise<Said> => this.#call('GET', 'video_list/?cursor=0&count=20');

  async #call(method: 'GET' | 'POST', path: string, body?: CallForm | Record<string, unknown>): Promise<Said> {
    for (let isAgain = false; ; isAgain = true) {
      const token = await this.#token();
      if (typeof token !== 'string') return token;
      const mark = path.includes('?') ? '&' : '?';
      const address = `/api/douyin/v1/video/${path}${mark}open_id=${encodeURIComponent(this.account.openId)}`;
      const said = await this.#ask(method, address, { 'access-token': token }, body);
      if (isAgain || said.kind !== 'code' || !forgotten.has(said.code)) return said;
      // The platform has forgotten the token: the call was not carried out.
      await this.tools.tokens.drop(this.#login, token);
    }
  }

  /** Fetches a token although there may be one, and renews the authorisation where that is due. @returns when it ends */
  async askAnew(): Promise<string | null> {
    const known = await this.#token();
    if (this.#endsAt === null && typeof known === 'string') {
      await this.tools.tokens.drop(this.#login, known);
      await this.#token();
    }
    return this.#endsAt;
  }

  async #token(): Promise<string | Said> {
    const { clientKey: client_key, refreshToken: refresh_token } = this.account;
    try {
      return await this.tools.tokens.of(this.#login, async () => {
        const wish = { client_key, grant_type: 'refresh_token', refresh_token };
        const said = await this.#ask('POST', '/oauth/refresh_token/', {}, wish);
        const read = said.kind === 'ok' ? Token.safeParse(said.data) : null;
        if (!read?.success) throw new NoToken(said);
        const { access_token: token, expires_in: seconds, refresh_expires_in: left } = read.data;
        if (left !== undefined) await this.#keepAuthorised(left, seconds);
        return { token, seconds: Math.max(1, seconds - sparedSeconds) };
      });
    } catch (error) {
      if (error instanceof NoToken) return error.said;
      throw error;
    }
  }

  /**
   * One that would not live until the next access token is fetched is renewed now. It is the one call here that takes something away:
   * the platform forgets the old one. That it can't be renewed is no trouble yet: what we hold is good, and its end is shown.
   */
  async #keepAuthorised(leftSeconds: number, accessSeconds: number): Promise<void> {
    const { clientKey: client_key, refreshToken: refresh_token } = this.account;
    this.#endsAt = this.#after(leftSeconds);
    const { renew } = this.tools;
    if (renew === null || leftSeconds > accessSeconds + renewedEarlySeconds) return;
    const said = await this.#ask('POST', '/oauth/renew_refresh_token/', {}, { client_key, refresh_token });
    const read = said.kind === 'ok' ? NewRefresh.safeParse(said.data) : null;
    if (!read?.success) return;
    const { refresh_token: next, expires_in: seconds } = read.data;
    this.#endsAt = this.#after(seconds);
    await renew('refreshToken', next, this.#endsAt);
  }

  #after(seconds: number): string | null {
    return DateTime.fromISO(this.tools.now(), { zone: 'utc' }).plus({ seconds }).toISO();
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: CallForm | Record<string, unknown>,
  ): Promise<Said> {
    const isForm = body instanceof CallForm;
    const called = await safeCall(`${this.#base}${path}`, {
      method,
      allow: this.tools.allow,
      timeoutMs: Math.max(1, Math.round(this.#end - performance.now())),
      maxBytes: 2 ** 20,
      headers: { ...headers, ...(body && !isForm && { 'content-type': 'application/json' }) },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    if (called.kind !== 'answered') return { kind: called.kind, detail: called.detail };
    const text = called.body.toString('utf8');
    const read = called.whole && called.status < 300 ? Envelope.safeParse(jsonOf(text)) : null;
    if (!read?.success)
      return { kind: 'unknown', detail: `HTTP ${called.status} ${text.replace(/\s+/g, ' ').slice(0, 300)}` };
    const { data, extra } = read.data;
    if (data.error_code === 0) return { kind: 'ok', data };
    const detail = `${data.error_code} ${data.description} logid ${extra.logid}`.slice(0, 500);
    return { kind: 'code', code: data.error_code, detail };
  }
}

/** Whatever went wrong with it, the post itself was not asked for; a word of the platform's is about the authorisation. */
class NoToken extends Error {
  readonly said: Said;
  constructor(said: Said) {
    const detail = said.kind === 'ok' ? 'no token in the answer' : said.detail;
    super(detail);
    this.said = said.kind === 'code' ? { ...said, code: 10010 } : { kind: 'not_sent', detail: `no token: ${detail}` };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function handedOf(said: Exclude<Said, { kind: 'ok' }>): Handed {
  const { detail } = said;
  if (said.kind !== 'code') return { outcome: said.kind, detail };
  if (forPerson.has(said.code)) return { outcome: 'rejected_retryable', trouble: 'credential', detail };
  if (ours.has(said.code)) return { outcome: 'rejected_permanent', trouble: 'content', detail };
  return { outcome: 'unknown', trouble: 'busy', detail };
}

async function publish(parcel: Parcel, account: Account, tools: Tools): Promise<Handed> {
  mustFit(parcel, tools.limits);
  const api = new DouyinApi(account, tools);
  const images = await imagesOf(api, parcel, tools);
  await tools.note({ ...images, triedAt: parcel.attemptedAt });
  const said = await api.post('create_image_text/', { image_list: Object.values(images), text: textOf(parcel) });
  if (said.kind !== 'ok') return handedOf(said);
  const read = Created.safeParse(said.data);
  if (!read.success) return { outcome: 'unknown', detail: 'a yes without an item_id' };
  const { item_id: remoteId } = read.data;
  return { outcome: 'accepted_pending', detail: `under review: ${remoteId}`, receipt: { remoteId, url: null } };
}

function show(parcel: Parcel, _account: Account, limits: ChannelLimits): Shown {
  mustFit(parcel, limits);
  return { parts: part('text', textOf(parcel)), pictures: shownOf(parcel, limits) };
}

/** The cover, then the pictures of the text, as many as are taken. @throws Halted where there are none */
function shownOf({ cover, html }: Parcel, { pictures }: ChannelLimits): string[] {
  const hashes = new Set([...(cover ? [cover.hash] : []), ...picturesOf(html)]);
  const detail = 'it has no picture: give it a cover';
  if (hashes.size === 0) throw new Halted({ outcome: 'rejected_permanent', trouble: 'content', detail });
  return [...hashes].slice(0, pictures?.max);
}

/** The cover, then the pictures of the text; those that were noted are there already. Nobody sees them yet. */
async function imagesOf(
  api: DouyinApi,
  parcel: Parcel,
  { notes, file, limits }: Tools,
): Promise<Record<string, string>> {
  const { cover, files } = parcel;
  const images: Record<string, string> = {};
  for (const hash of shownOf(parcel, limits)) {
    const name = `image_${hash.slice(0, 40)}`;
    images[name] = notes[name] ?? (await upload(api, await file(hash), mediaTypeOf(hash)));
  }
  return images;

  function mediaTypeOf(hash: string): string {
    return (cover?.hash === hash ? cover : files.find((each) => each.hash === hash))?.mediaType ?? 'image/png';
  }
}

async function upload(api: DouyinApi, bytes: Uint8Array, mediaType: string): Promise<string> {
  const form = new CallForm();
  form.set('image', new Blob([new Uint8Array(bytes)], { type: mediaType }), `image.${mediaType.replace('image/', '')}`);
  const said = await api.post('upload_image/', form);
  if (said.kind === 'ok') {
    const read = Uploaded.safeParse(said.data);
    if (read.success) return read.data.image.image_id;
    throw new Halted({ outcome: 'not_sent', trouble: 'busy', detail: 'the answer is not as documented' });
  }
  const handed = handedOf(said);
  // A picture is seen by nobody: whatever became of it, the release is not out.
  throw new Halted(handed.outcome === 'unknown' ? { ...handed, outcome: 'not_sent' } : handed);
}

/** Readers see it too, as the number that a post is called by. */
const numberOf = ({ deliveryId }: Parcel) => `发布号 ${deliveryId.slice(0, 10)}`;
const textOf = (parcel: Parcel) => [parcel.title, parcel.summary, numberOf(parcel)].filter(Boolean).join('\n');

function found({ item_id: remoteId, video_status: status, share_url: url }: z.infer<typeof Item>): Found {
  const receipt = { remoteId, url: URL.canParse(url) ? url : null };
  switch (status) {
    case 1:
    case 5:
      return { finding: 'present', detail: `${status}: public`, receipt };
    case 2:
      return { finding: 'refused', detail: '2: the review says that it is not for the public', receipt };
    case 4:
      return { finding: 'accepted', detail: '4: under review', receipt };
    default:
      return { finding: 'unsure', detail: `${status}: a status that is not documented` };
  }
}

async function look(sent: Sent, account: Account, tools: Tools): Promise<Found> {
  const { parcel, receipt, notes } = sent;
  const said = await new DouyinApi(account, tools).list();
  const read = said.kind === 'ok' ? List.safeParse(said.data) : null;
  if (!read?.success) return { finding: 'unsure', detail: said.kind === 'ok' ? 'not as documented' : said.detail };
  const item = read.data.list.find(
    ({ item_id: id, title }) => id === receipt?.remoteId || title.includes(numberOf(parcel)),
  );
  if (item) return found(item);
  const waited = Date.parse(tools.now()) - Date.parse(notes['triedAt'] ?? parcel.signedAt);
  if (receipt || waited < listedWithinMs) return { finding: 'unsure', detail: 'not in the account’s list' };
  return { finding: 'absent', detail: 'not in the account’s list' };
}

async function watch({ receipt }: Sent, account: Account, tools: Tools): Promise<Seen> {
  if (!receipt) return { found: 'unsure', detail: 'its id was never heard' };
  const said = await new DouyinApi(account, tools).post('video_data/', { item_ids: [receipt.remoteId] });
  const read = said.kind === 'ok' ? List.safeParse(said.data) : null;
  if (!read?.success) return { found: 'unsure', detail: said.kind === 'ok' ? 'not as documented' : said.detail };
  const item = read.data.list.find(({ item_id: id }) => id === receipt.remoteId);
  if (!item) return { found: 'gone', detail: 'the account does not have it any more' };
  const isPublic = item.video_status === 1 || item.video_status === 5;
  return isPublic
    ? { found: 'present', detail: `${item.video_status}: public` }
    : { found: 'banned', detail: `${item.video_status}: not for the public any more` };
}

const Event = z.object({
  event: z.string(),
  content: z.looseObject({
    challenge: z.union([z.number(), z.string()]).optional(),
    item_id: z.string().optional(),
    video_status: z.number().optional(),
  }),
});

/** SHA-1 over the secret and the bytes as they came; the header's name ○. */
function hear({ headers, body }: Inbound, { clientSecret }: Account): Heard {
  const answer = (text: string, status = 200): Heard['answer'] => ({
    status,
    body: text,
    contentType: 'application/json; charset=utf-8',
  });
  const refused = (because: 'wrong_signature' | 'unreadable', detail: string, status: number): Heard => ({
    answer: answer('{}', status),
    replayKey: null,
    news: [],
    refused: { because, detail },
  });
  const wanted = createHash('sha1').update(clientSecret).update(body).digest();
  const given = Buffer.from(headers['x-douyin-signature'] ?? '', 'hex');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return refused('wrong_signature', 'X-Douyin-Signature does not hold', 401);
  const read = Event.safeParse(jsonOf(body.toString('utf8')));
  if (!read.success) return refused('unreadable', 'no event', 400);
  const { challenge, item_id: remoteId, video_status: status } = read.data.content;
  if (challenge !== undefined) return { answer: answer(JSON.stringify({ challenge })), replayKey: null, news: [] };
  if (remoteId === undefined || status === undefined) return { answer: answer('{}'), replayKey: null, news: [] };
  // The event does not say where it is: the poll does. What is refused is known at once.
  const news = found({ item_id: remoteId, title: '', video_status: status, share_url: '' });
  const told = news.finding === 'refused' ? [{ ...news, about: { remoteId } }] : [];
  return { answer: answer('{}'), replayKey: wanted.toString('hex'), news: told };
}
