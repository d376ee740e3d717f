import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import type { CallbackRefusal } from '@tongsheng/contracts';
import { Parser } from 'htmlparser2';
import { z } from 'zod';
import type { Heard, Inbound } from './channel.ts';
import { foundOf, msgId, publishId, webAddress } from './wechat-findings.ts';

type Settings = { appid: string; callbackToken?: string | undefined; callbackAesKey?: string | undefined };

/** A call that is not taken. */
class Refused extends Error {
  constructor(
    readonly because: CallbackRefusal,
    detail: string,
  ) {
    super(detail);
  }
}

const plain = 'text/plain; charset=utf-8';

/**
 * The platform's calls: the check of the address, and what became of a job. Signature first, then the envelope, then what
 * it says; a reader of XML that knows no entities. channel-api-facts.md A.6
 */
export function hearWeChat({ method, query, body }: Inbound, settings: Settings): Heard {
  const answer = (text: string, status = 200): Heard['answer'] => ({ status, body: text, contentType: plain });
  try {
    const token = settings.callbackToken;
    if (token === undefined) throw new Refused('not_expected', 'no token is configured for calls of the platform');
    const [timestamp, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
    mustBe(query.get('signature'), signatureOf(token, timestamp, nonce), 'signature');
    if (method === 'GET') return { answer: answer(query.get('echostr') ?? ''), replayKey: null, news: [] };
    const xml = plainText(body.toString('utf8'), query, token, settings);
    const told = readXml(xml);
    const { key, news } = newsOf(told);
    return { answer: answer('success'), replayKey: key, news };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const status = error.because === 'wrong_signature' ? 401 : error.because === 'not_expected' ? 404 : 400;
    const refused = { because: error.because, detail: error.message };
    return { answer: answer('', status), replayKey: null, news: [], refused };
  }
}

/** SHA-1 of the parts, sorted and joined. */
const signatureOf = (...parts: string[]): Buffer =>
  createHash('sha1')
    .update(parts.toSorted((one, other) => (one < other ? -1 : 1)).join(''))
    .digest();

function mustBe(given: string | null, wanted: Buffer, name: string): void {
  const bytes = Buffer.from(given ?? '', 'hex');
  const holds = bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
  if (!holds) throw new Refused('wrong_signature', `${name} does not hold`);
}

/** In the encrypted mode the envelope is all that is signed, and all that is read. */
function plainText(xml: string, query: URLSearchParams, token: string, { appid, callbackAesKey }: Settings): string {
  if (query.get('encrypt_type') !== 'aes') {
    if (callbackAesKey !== undefined) throw new Refused('wrong_signature', 'not encrypted, as was agreed');
    return xml;
  }
  if (callbackAesKey === undefined) throw new Refused('not_expected', 'encrypted, and no EncodingAESKey is configured');
  const encrypted = readXml(xml)['Encrypt'];
  if (typeof encrypted !== 'string') throw new Refused('unreadable', 'nothing encrypted in it');
  const [timestamp, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
  mustBe(query.get('msg_signature'), signatureOf(token, timestamp, nonce, encrypted), 'msg_signature');
  return decrypt(encrypted, callbackAesKey, appid);
}

const block = 32;

/** AES-256-CBC: 16 random bytes, the length, the text, the appid, PKCS#7 to 32 bytes. */
function decrypt(encrypted: string, aesKey: string, appid: string): string {
  const broken = () => new Refused('unreadable', 'it can’t be decrypted with our key');
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % 16 !== 0) throw broken();
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()]);
  const missing = padded.at(-1)!;
  if (missing < 1 || missing > block || padded.length < 20 + missing) throw broken();
  const message = padded.subarray(16, padded.length - missing);
  const length = message.readUInt32BE(0);
  if (length > message.length - 4) throw broken();
  if (message.subarray(4 + length).toString('utf8') !== appid)
    throw new Refused('unreadable', 'it is for another appid');
  return message.subarray(4, 4 + length).toString('utf8');
}

type Xml = { [name: string]: string | Xml | (string | Xml)[] };

/** Elements as they nest; an element that comes again is a list. No entities but XML's own, no document type. */
function readXml(text: string): Xml {
  const root: Xml = {};
  const open: { name: string; inside: Xml; text: string }[] = [];
  let wrong: string | null = null;
  const put = (into: Xml, name: string, value: string | Xml) => {
    const before = into[name];
    if (before === undefined) into[name] = value;
    else into[name] = Array.isArray(before) ? [...before, value] : [before, value];
  };
  const parser = new Parser(
    {
      onopentag(name) {
        if (open.length > 20) wrong = 'too deep';
        else open.push({ name, inside: Object.create(null) as Xml, text: '' });
      },
      ontext(value) {
        const last = open.at(-1);
        if (last) last.text += value;
      },
      onclosetag(name) {
        const last = open.pop();
        if (last?.name !== name) return void (wrong = 'not well-formed');
        const isLeaf = Object.keys(last.inside).length === 0;
        put(open.at(-1)?.inside ?? root, name, isLeaf ? last.text.trim() : last.inside);
      },
      onprocessinginstruction(name) {
        if (name.startsWith('!')) wrong = 'it has a document type';
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  const found = root['xml'];
  if (wrong !== null || open.length > 0 || typeof found !== 'object' || Array.isArray(found))
    throw new Refused('unreadable', wrong ?? 'no XML');
  return found;
}

const text = z.string().max(300);
const list = <T extends z.ZodType>(each: T) =>
  z
    .union([each, z.array(each), z.literal('')])
    .optional()
    .transform((given) => asList(given) as z.output<T>[]);
const asList = (given: unknown): unknown[] =>
  Array.isArray(given) ? given : given === undefined || given === '' ? [] : [given];

const Head = z.object({ FromUserName: text, CreateTime: text, Event: text.default('') });
const Published = z.object({
  PublishEventInfo: z.object({
    publish_id: text,
    publish_status: z.coerce.number(),
    article_detail: z.object({ item: list(z.object({ article_url: z.string() })) }).optional(),
    fail_idx: list(z.coerce.number()),
  }),
});
const Sent = z.object({
  MsgID: text,
  Status: text,
  ArticleUrlResult: z
    .object({
      ResultList: z.union([z.literal(''), z.object({ item: list(z.object({ ArticleUrl: z.string() })) })]).optional(),
    })
    .optional(),
});

/** 3 has no reason, and whether once more is worth it only the delivery knows: the poll decides. */
const withoutReason = 3;

function newsOf(told: Xml): { key: string | null; news: Heard['news'] } {
  const head = Head.safeParse(told);
  if (!head.success) throw new Refused('unreadable', 'no sender, or no time');
  const { FromUserName: from, CreateTime: created, Event: event } = head.data;
  const key = (...more: string[]) => [from, created, event, ...more].join('/');
  if (event === 'PUBLISHJOBFINISH') {
    const read = Published.safeParse(told);
    if (!read.success) throw new Refused('unreadable', 'a publication without its job');
    const {
      publish_id: job,
      publish_status: status,
      fail_idx: failed,
      article_detail: detail,
    } = read.data.PublishEventInfo;
    const found = foundOf({ publish_status: status, fail_idx: failed, article_detail: detail }, job, true);
    const news = status === withoutReason ? [] : [{ ...found, about: { remoteId: publishId(job) } }];
    return { key: key(job, String(status)), news };
  }
  if (event === 'MASSSENDJOBFINISH') {
    const read = Sent.safeParse(told);
    if (!read.success) throw new Refused('unreadable', 'a mass send without its job');
    const { MsgID: id, Status: status, ArticleUrlResult: urls } = read.data;
    const items = typeof urls?.ResultList === 'object' ? urls.ResultList.item : [];
    const about = { remoteId: msgId(id) };
    return { key: key(id, status), news: [{ ...sentOf(id, status, items[0]?.ArticleUrl), about }] };
  }
  // What followers write, and other events: genuine, nothing for us, and nothing that we keep.
  return { key: null, news: [] };
}

/** Why the content was refused. channel-api-facts.md A.5 */
const reasons: Record<string, string> = {
  10001: 'advertising',
  20001: 'politics',
  20002: 'pornography',
  20004: 'society',
  20006: 'crime',
  20008: 'fraud',
  20013: 'copyright',
  21000: 'other',
  22000: 'mutual promotion',
  30001: 'the check for originality failed',
  30002: 'originality: not allowed',
  30003: 'judged to be a reprint',
  40001: 'the administrator refused',
  40002: 'the administrator did not answer within 30 minutes',
};

function sentOf(id: string, status: string, url: string | undefined) {
  const receipt = { remoteId: msgId(id), url: webAddress(url) };
  if (/^send ?success$/i.test(status)) return { finding: 'present' as const, detail: status, receipt };
  const code = /err\((\d+)\)/.exec(status)?.[1] ?? '';
  const reason = reasons[code];
  return { finding: 'refused' as const, detail: reason === undefined ? status : `${status}: ${reason}` };
}
