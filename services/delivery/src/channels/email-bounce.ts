import { createHash, timingSafeEqual } from 'node:crypto';
import type { Bounced, CallbackRefusal } from '@tongsheng/contracts';
import PostalMime, { type Attachment } from 'postal-mime';
import type { Heard, Inbound } from './channel.ts';

const plain = 'text/plain; charset=utf-8';

/**
 * A bounce that the mail server hands on: the mail itself (RFC 3464) as the body of a POST with
 * `authorization: Bearer <bounceToken>`. Which delivery it is about says the id that its envelope had (RFC 3461), and where a
 * server on the way knows no such ids, the headers of the mail that it returns.
 */
export async function hearBounce({ method, headers, body }: Inbound, bounceToken: string | undefined): Promise<Heard> {
  if (bounceToken === undefined) return refuse(404, 'not_expected', 'no token is configured for bounces');
  if (!isSame(headers['authorization'] ?? '', `Bearer ${bounceToken}`))
    return refuse(401, 'wrong_signature', 'the token does not hold');
  if (method !== 'POST') return refuse(400, 'unreadable', `a bounce does not come by ${method}`);
  const mail = await PostalMime.parse(body, { forceRfc822Attachments: true }).catch(() => null);
  const parts = mail?.attachments ?? [];
  const report = parts.find(({ mimeType }) => mimeType === 'message/delivery-status');
  const returned = parts.find(({ mimeType }) => mimeType === 'text/rfc822-headers' || mimeType === 'message/rfc822');
  // What people answer comes to the same mailbox: it is theirs to read, and nothing is wrong with it.
  if (!mail || !report) return { answer: say(200, 'not a bounce'), replayKey: null, news: [] };
  const said = textOf(report);
  const deliveryId =
    idIn(said, 'Original-Envelope-Id') ?? (returned ? idIn(textOf(returned), 'X-Tongsheng-Delivery') : undefined);
  const bounced = recipientsOf(said);
  if (deliveryId === undefined) return refuse(422, 'unreadable', 'it does not say which mail came back');
  const replayKey = createHash('sha256')
    .update(mail.messageId ?? body)
    .digest('hex');
  if (bounced.length === 0) return { answer: say(200, 'nobody was given up'), replayKey, news: [] };
  const detail = bounced.map(({ address, status }) => `${address} ${status}`).join('; ');
  return {
    answer: say(200, 'heard'),
    replayKey,
    news: [{ about: { deliveryId }, finding: 'unsure', detail, bounced }],
  };
}

const idIn = (fields: string, name: string) =>
  new RegExp(`^${name}:[ \\t]*([\\w-]{1,64})[ \\t]*$`, 'im').exec(fields.replaceAll('\r', ''))?.[1];

/** Those whom the server has given up; who is only late may still get it. */
function recipientsOf(report: string): Bounced[] {
  // RFC 3464 2.1: groups of fields with an empty line between them, the first about the whole mail; 2.3: the rest one each.
  const groups = report
    .replace(/\r\n/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n\s*\n/);
  return groups.flatMap((group): Bounced[] => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(group)?.[1]?.trim();
    if (field('Action')?.toLowerCase() !== 'failed') return [];
    const address = withoutType(field('Original-Recipient') ?? field('Final-Recipient') ?? '');
    if (address.length < 3) return [];
    const detail = withoutType(field('Diagnostic-Code') ?? '').slice(0, 500);
    return [{ address: address.slice(0, 320), status: (field('Status') ?? '').slice(0, 20), detail }];
  });
}

/** `rfc822; desk@newsroom.example` */
const withoutType = (value: string) => value.replace(/^[\w-]+;\s*/, '').trim();

const textOf = ({ content }: Attachment): string =>
  typeof content === 'string' ? content : new TextDecoder().decode(content);

const say = (status: number, body: string): Heard['answer'] => ({ status, body, contentType: plain });

const refuse = (status: number, because: CallbackRefusal, detail: string): Heard => ({
  answer: say(status, ''),
  replayKey: null,
  news: [],
  refused: { because, detail },
});

/** In the same time, however much of it is right. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((each) => createHash('sha256').update(each).digest()) as [Buffer, Buffer];
  return timingSafeEqual(one, other);
}
