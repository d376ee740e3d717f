import { streams, subjects, workingCopiesBucket } from '@tongsheng/contracts';
import { headers } from 'nats';
import type { Bus } from './connection.ts';
import type { RawMessage, Stored } from './entry.ts';
import { walkStream } from './follow.ts';

/** What is no part of the log and must outlive the server all the same: where it stands, and under which subjects. */
const kept = [
  { stream: streams.hub, subject: subjects.hubEntries() },
  { stream: streams.dead, subject: subjects.deadLetters() },
  { stream: `KV_${workingCopiesBucket}`, subject: `$KV.${workingCopiesBucket}.>` },
] as const;

/** Reads all of it, in order. */
export async function readBeside(bus: Bus, onMessage: (stream: string, message: RawMessage) => void): Promise<void> {
  for (const { stream, subject } of kept)
    await walkStream(bus, { stream, subject, onMessage: (message) => onMessage(stream, message) });
}

/** Puts messages back, one after the other: of what is written over only the newest was kept, so that positions don't matter. */
export function openBeside(bus: Bus): (message: Stored) => Promise<void> {
  return async ({ subject, data, headers: given }) => {
    const head = headers();
    for (const [name, values] of given ?? [])
      // What it was written on top of is not there.
      if (name !== 'Nats-Expected-Last-Subject-Sequence') for (const value of values) head.append(name, value);
    await bus.publish(subject, typeof data === 'string' ? Buffer.from(data) : data, { headers: head });
  };
}
