import { hash } from 'node:crypto';
import { AnyEvent, Envelope, eventVersion, subjects, type CommandHead } from '@tongsheng/contracts';
import type { MsgHdrs } from 'nats';
import { z } from 'zod';
import { digestOf } from './digest.ts';
import { EntryHeaders } from './entry-headers.ts';

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
/** What headers can't hold, and what stands for it. */
const needsEncoding = /[^\x21-\x7e]|["%]/;
const eventList = z.array(AnyEvent).min(1);

/** A message as NATS hands it over, in whichever of its classes. */
export type RawMessage = {
  subject: string;
  seq: number;
  data: Uint8Array;
  headers?: MsgHdrs | undefined;
  /** When the server took it, UTC with milliseconds; known of what is read from a stream in order. */
  storedAt?: string;
  /** How many of what was asked for come after it; known of the same. */
  left?: number;
};

/**
 * CloudEvents 1.0, NATS protocol binding, binary mode: everything outside U+0021–U+007E, and `"` and `%`, is
 * percent-encoded as UTF-8, so that Chinese names travel safely in headers.
 */
export function encodeHeader(value: string): string {
  if (!needsEncoding.test(value)) return value;
  return value.replace(/[^\x21-\x7e]|["%]/gu, (char) =>
    [...encoder.encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

export const decodeHeader = (value: string): string => (value.includes('%') ? decodeURIComponent(value) : value);

/** A message of the journal, wherever it was read: from the server, or from a file. Text stands for its bytes in UTF-8. */
export type Stored = {
  subject: string;
  data: Uint8Array | string;
  headers?: Iterable<readonly [name: string, values: readonly string[]]> | undefined;
};

/** What the journal sets for the server: no part of what is hashed, since the envelope and the log itself say the same. */
const forServer = { id: 'Nats-Msg-Id', onTopOf: 'Nats-Expected-Last-Subject-Sequence' } as const;

/** What is hashed of an entry, but for its body: in the order in which headers travel, which the server keeps. */
function headOf({ subject, headers: head }: Stored): string {
  let lines = '';
  if (head) for (const [name, [value]] of head) if (name.startsWith('ce-')) lines += `${name}: ${value}\n`;
  return `${subject}\n${lines || '\n'}\n`;
}

/**
 * An entry as it is hashed: where it stands, everything that its envelope says (who, when, why, and the hash of the entry
 * before it) as it travels, and its body. These bytes are what an auditor is given.
 */
export const recordBytes = (entry: Stored): Buffer => {
  const { data } = entry;
  return Buffer.concat([Buffer.from(headOf(entry)), typeof data === 'string' ? Buffer.from(data) : data]);
};

/** SHA-256 of the record. Whichever part of it is changed, the entry after it no longer follows. */
export const hashEntry = (entry: Stored): string =>
  hash('sha256', typeof entry.data === 'string' ? `${headOf(entry)}${entry.data}` : recordBytes(entry));

type Found = {
  hash: Buffer;
  previousHash: string;
  /** The id in the envelope, as it travels, and the one it was stored under. */
  id: string;
  storedAs: string;
  /** The position of the aggregate's entry that it was written on top of; empty for what merely happened. */
  onTopOf: string;
  /** What stands in it that is not hashed and that nothing of ours writes. */
  stray: string | null;
};

/**
 * What ties a message to the one before it of the same aggregate. It holds also for one that this release can't read:
 * whether the log is whole does not depend on who reads it.
 */
export function recordOf({ subject, data, headers: head }: Stored): Found {
  const found: Found = { hash: nothing, previousHash: '', id: '', storedAs: '', onTopOf: '', stray: null };
  // As `headOf` makes it; in one pass, because a log has many entries.
  let lines = '';
  for (const header of head ?? []) {
    // Taken apart by place: an iterator for each pair costs more than what is in it.
    const name = header[0];
    const values = header[1];
    const value = values[0] ?? '';
    if (values.length > 1) found.stray = `the header ${name} twice`;
    if (name.startsWith('ce-')) {
      lines += `${name}: ${value}\n`;
      if (name === 'ce-id') found.id = value;
      else if (name === 'ce-previoushash') found.previousHash = value;
    } else if (name === forServer.id) found.storedAs = value;
    else if (name === forServer.onTopOf) found.onTopOf = value;
    else found.stray ??= `the header ${name}`;
  }
  const text = `${subject}\n${lines || '\n'}\n`;
  found.hash = digestOf(typeof data === 'string' ? text + data : joined(text, data));
  return found;
}

const nothing = Buffer.alloc(0);
let room = Buffer.allocUnsafeSlow(2 ** 16);

/** A text and bytes as one, good until the next call. */
function joined(text: string, data: Uint8Array): Uint8Array {
  // A letter takes three bytes at most, a pair of them four.
  const most = text.length * 3 + data.length;
  if (most > room.length) room = Buffer.allocUnsafeSlow(most * 2);
  const end = room.write(text);
  room.set(data, end);
  return room.subarray(0, end + data.length);
}

/** The body, as text too, and the headers of a decision, ready to be published. */
export function encodeEntry(source: string, command: CommandHead, events: AnyEvent[], previousHash: string) {
  const type = events.length === 1 ? events[0]!.type : 'decision';
  const text = JSON.stringify(events.length === 1 ? events[0] : events);
  const { actor } = command;
  const head = new EntryHeaders();
  const say = (name: string, value: string | undefined) =>
    void (value !== undefined && head.set(name, encodeHeader(value)));
  say('ce-specversion', '1.0');
  say('ce-id', command.id);
  say('ce-source', `/tongsheng/${source}`);
  say('ce-type', type);
  say('ce-time', command.at);
  say('ce-datacontenttype', 'application/json');
  say('ce-eventversion', String(eventVersion));
  say('ce-actorkind', actor.kind);
  say('ce-actorid', actor.id);
  say('ce-actorname', actor.name);
  say('ce-causationid', command.causationId);
  say('ce-correlationid', command.correlationId);
  say('ce-traceparent', command.traceparent);
  say('ce-previoushash', previousHash || undefined);
  return { body: Buffer.from(text), text, headers: head };
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

  let hashed: string | undefined;
  return {
    position: message.seq,
    subject: message.subject,
    aggregate,
    site,
    id,
    envelope: envelope.data,
    events: events.data,
    /** Worked out when somebody asks; most who read do not. */
    get hash() {
      return (hashed ??= hashEntry(message));
    },
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
