import { DeadLetter, Refusal, streams, subjects } from '@tongsheng/contracts';
import { headers, type StoredMsg } from 'nats';
import type { Bus } from './connection.ts';
import { decodeHeader, encodeHeader, type RawMessage } from './entry.ts';
import { storedMessage } from './stored-message.ts';

export type Burial = { consumer: string; message: RawMessage; reason: string; tries: number; at: string };

/** Keeps a message that a consumer could not handle, once, with its reason. */
export async function bury(bus: Bus, { consumer, message, reason, tries, at }: Burial): Promise<void> {
  const head = headers();
  const facts: Record<string, string> = {
    'ts-subject': message.subject,
    'ts-position': String(message.seq),
    'ts-event-id': message.headers?.get('ce-id') ?? '',
    'ts-event-type': message.headers?.get('ce-type') ?? '',
    'ts-reason': reason.slice(0, 2_000),
    'ts-tries': String(tries),
    'ts-at': at,
  };
  for (const [name, value] of Object.entries(facts)) head.set(name, encodeHeader(value));
  const msgID = `${consumer}:${message.seq}:${tries}`;
  await bus.js.publish(subjects.dead(consumer), message.data, { msgID, headers: head });
}

/** The dead letters, oldest first, at most `limit`. */
export async function listDeadLetters(bus: Bus, limit = 200): Promise<DeadLetter[]> {
  const { state } = await bus.jsm.streams.info(streams.dead);
  const letters: DeadLetter[] = [];
  let seq = state.first_seq;
  while (letters.length < limit && seq <= state.last_seq) {
    const stored = await nextLetter(bus, seq);
    if (!stored) break;
    letters.push(toLetter(stored));
    seq = stored.seq + 1;
  }
  return letters;
}

export async function countDeadLetters(bus: Bus): Promise<number> {
  return (await bus.jsm.streams.info(streams.dead)).state.messages;
}

/**
 * Has the consumer try the message again; when it succeeds, the letter is gone.
 * @throws Refusal dead_letter_missing, or no_answer when the consumer isn't running or fails again.
 */
export async function replayDeadLetter(bus: Bus, position: number): Promise<void> {
  const stored = await nextLetter(bus, position);
  if (!stored || stored.seq !== position) throw new Refusal('dead_letter_missing', `no dead letter ${position}`);
  const letter = toLetter(stored);
  const request = JSON.stringify({ position: letter.eventPosition });
  const answer = await bus.nc
    .request(`replay.${letter.consumer}`, request, { timeout: 30_000 })
    .catch((error: unknown) => {
      throw new Refusal('no_answer', `${letter.consumer} did not answer: ${String(error)}`, {
        consumer: letter.consumer,
      });
    });
  const { ok, reason } = answer.json<{ ok: boolean; reason?: string }>();
  if (!ok) throw new Refusal('no_answer', `${letter.consumer} failed again: ${reason}`, { consumer: letter.consumer });
  await bus.jsm.streams.deleteMessage(streams.dead, position);
}

const nextLetter = (bus: Bus, seq: number): Promise<StoredMsg | null> =>
  storedMessage(bus, streams.dead, { seq, next_by_subj: subjects.deadLetters() });

function toLetter(stored: StoredMsg): DeadLetter {
  const fact = (name: string) => decodeHeader(stored.header.get(`ts-${name}`));
  return DeadLetter.parse({
    position: stored.seq,
    consumer: stored.subject.slice('dead.'.length),
    subject: fact('subject'),
    eventPosition: Number(fact('position')),
    eventId: fact('event-id'),
    eventType: fact('event-type'),
    reason: fact('reason'),
    tries: Number(fact('tries')),
    deadAt: fact('at'),
    body: new TextDecoder().decode(stored.data),
  });
}
