import { hash } from 'node:crypto';
import { AnyEvent, Envelope, eventVersion, subjects, type CommandHead } from '@tongsheng/contracts';
import { headers, type MsgHdrs } from 'nats';
import { z } from 'zod';

/** One decision as it stands in the log: where, by whom, and the events that it holds. */
export type Entry<E = AnyEvent> = {
  /** Stream sequence. */
  position: number;
  subject: string;
  aggregate: string;
  site: string;
  id: string;
  envelope: Envelope;
  events: E[];
  /** SHA-256 over the subject, the envelope and the body. */
  hash: string;
};

/** A message that is not an entry we can read: malformed, of an unknown type, or from a newer version than this one. */
export class UnreadableEntry extends Error {}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const eventList = z.array(AnyEvent).min(1);

/** A message as NATS hands it over, in whichever of its classes. */
export type RawMessage = { subject: string; seq: number; data: Uint8Array; headers?: MsgHdrs | undefined };

/**
 * CloudEvents 1.0, NATS protocol binding, binary mode: everything outside U+0021–U+007E, and `"` and `%`, is
 * percent-encoded as UTF-8, so that Chinese names travel safely in headers.
 */
export function encodeHeader(value: string): string {
  return value.replace(/[^\x21-\x7e]|["%]/gu, (char) =>
    [...encoder.encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

export const decodeHeader = (value: string): string => (value.includes('%') ? decodeURIComponent(value) : value);

/**
 * SHA-256 over where an entry stands, everything that its envelope says (who, when, why, and the hash of the entry before
 * it) as it travels, and its body. Whichever of them is changed, the entry after it no longer follows.
 */
export function hashEntry({ subject, data, headers: head }: Pick<RawMessage, 'subject' | 'data' | 'headers'>): string {
  const lines: string[] = [];
  // In the order in which they travel, which the server keeps.
  if (head) for (const [name, [value]] of head) if (name.startsWith('ce-')) lines.push(`${name}: ${value}`);
  // One call with everything in it: each one costs more than what it hashes.
  return hash('sha256', Buffer.concat([Buffer.from(`${subject}\n${lines.join('\n')}\n\n`), data]));
}

/**
 * What ties a message to the one before it of the same aggregate. It holds also for one that this release can't read:
 * whether the log is whole does not depend on who reads it.
 */
export const linkOf = (message: RawMessage): { previousHash: string; hash: string } => ({
  previousHash: message.headers?.get('ce-previoushash') ?? '',
  hash: hashEntry(message),
});

/** The body and headers of a decision, ready to be published. */
export function encodeEntry(source: string, command: CommandHead, events: AnyEvent[], previousHash: string) {
  const type = events.length === 1 ? events[0]!.type : 'decision';
  const body = encoder.encode(JSON.stringify(events.length === 1 ? events[0] : events));
  const attributes: Record<string, string | undefined> = {
    specversion: '1.0',
    id: command.id,
    source: `/tongsheng/${source}`,
    type,
    time: command.at,
    datacontenttype: 'application/json',
    eventversion: String(eventVersion),
    actorkind: command.actor.kind,
    actorid: command.actor.id,
    actorname: command.actor.name,
    causationid: command.causationId,
    correlationid: command.correlationId,
    traceparent: command.traceparent,
    previoushash: previousHash || undefined,
  };
  const head = headers();
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) head.set(`ce-${name}`, encodeHeader(value));
  }
  return { body, headers: head };
}

/** @throws UnreadableEntry with the reason, in words for an administrator. */
export function decodeEntry(message: RawMessage): Entry {
  const { aggregate, site, id } = subjects.placeOf(message.subject);
  if (!aggregate || !site || !id)
    throw new UnreadableEntry(`subject ${message.subject} is not ev.<aggregate>.<site>.<id>`);
  const given = new Map<string, string>();
  if (message.headers) for (const [name, [value = '']] of message.headers) given.set(name, value);
  const attribute = (name: string) => {
    const header = given.get(`ce-${name}`) ?? '';
    try {
      return decodeHeader(header) || undefined;
    } catch {
      throw new UnreadableEntry(`envelope: ce-${name} is not encoded as CloudEvents are: ${header}`);
    }
  };

  const version = Number(attribute('eventversion') ?? '1');
  const type = attribute('type');
  if (version > eventVersion) {
    throw new UnreadableEntry(
      `${type} has event version ${version}; this release reads up to ${eventVersion}, upgrade it`,
    );
  }

  const envelope = Envelope.safeParse({
    id: attribute('id'),
    source: attribute('source'),
    type,
    time: attribute('time'),
    actor: { kind: attribute('actorkind'), id: attribute('actorid'), name: attribute('actorname') },
    eventVersion: version,
    causationId: attribute('causationid'),
    correlationId: attribute('correlationid'),
    previousHash: attribute('previoushash') ?? '',
    traceparent: attribute('traceparent'),
  });
  if (!envelope.success) throw new UnreadableEntry(`envelope: ${z.prettifyError(envelope.error)}`);

  const data = parseBody(message.data);
  const events = eventList.safeParse(Array.isArray(data) ? data : [data]);
  if (!events.success) throw new UnreadableEntry(`${type}: ${z.prettifyError(events.error)}`);

  return {
    position: message.seq,
    subject: message.subject,
    aggregate,
    site,
    id,
    envelope: envelope.data,
    events: events.data,
    hash: hashEntry(message),
  };
}

function parseBody(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data));
  } catch (error) {
    throw new UnreadableEntry(`body is not JSON: ${String(error)}`);
  }
}

/** The part of a command's head that says which entry led to it. */
export function causedBy({ envelope }: Entry): Pick<CommandHead, 'causationId' | 'correlationId' | 'traceparent'> {
  return {
    causationId: envelope.id,
    correlationId: envelope.correlationId ?? envelope.id,
    ...(envelope.traceparent && { traceparent: envelope.traceparent }),
  };
}
