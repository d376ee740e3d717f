import type { AnyEvent, CommandHead } from '@tongsheng/contracts';
import { NatsError, type JetStreamClient, type JetStreamManager, type MsgHdrs, type NatsConnection } from 'nats';
import { describe, expect, it } from 'vitest';
import { Bus } from './connection.ts';
import { Journal, StaleRead } from './journal.ts';

const command: CommandHead = {
  id: 'command',
  at: '2026-11-23T04:00:00.000Z',
  actor: { kind: 'service', id: 'registry' },
};
const events: AnyEvent[] = [{ type: 'rule.registered', ruleId: 'rule', name: 'r', order: 1 } as AnyEvent];

type Kept = { subject: string; data: Uint8Array; header: MsgHdrs };

/** A journal on a server that answers as it is told, and keeps what is said first. */
function journalWith(answers: ('lost' | { seq: number; duplicate: boolean })[], kept: Kept[] = []): Journal {
  const js = {
    async publish(to: string, data: Uint8Array, { headers: header }: { headers: MsgHdrs }) {
      const answer = answers.shift()!;
      if (kept.length === 0) kept.push({ subject: to, data, header });
      if (answer === 'lost') throw new NatsError('TIMEOUT', 'TIMEOUT');
      return answer;
    },
  };
  const jsm = { streams: { getMessage: async () => kept[0] } };
  const bus = new Bus({} as NatsConnection, js as unknown as JetStreamClient, jsm as unknown as JetStreamManager);
  return new Journal(bus, 'test');
}

describe('a decision', () => {
  const at = { aggregate: 'site', site: 'registry', id: 'province' };

  it('whose acknowledgement was lost is still the doing of whoever said it', async () => {
    const journal = journalWith(['lost', { seq: 7, duplicate: true }]);
    expect(await journal.append(journal.nothingAt(at), command, events)).toMatchObject({ position: 7, changed: true });
  });
  it('that somebody said before under the same id changes nothing', async () => {
    const journal = journalWith(Array(2).fill({ seq: 7, duplicate: true }));
    const say = () => journal.append(journal.nothingAt(at), command, events);
    await say();
    expect(await say()).toMatchObject({ position: 7, changed: false });
  });
  it('is stale where another process said something else under the same id', async () => {
    const kept: Kept[] = [];
    const [one, other] = [
      journalWith([{ seq: 7, duplicate: false }], kept),
      journalWith([{ seq: 7, duplicate: true }], kept),
    ];
    await one.append(one.nothingAt(at), command, events);
    const later = { ...command, at: '2026-11-23T04:00:00.001Z' };
    await expect(other.append(other.nothingAt(at), later, events)).rejects.toThrow(StaleRead);
  });
});
