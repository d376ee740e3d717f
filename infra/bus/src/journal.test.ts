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

function apiError(err_code: number): NatsError {
  const error = new NatsError('refused', '400');
  error.api_error = { code: 400, err_code, description: 'refused' };
  return error;
}

/** A journal on a server that answers as it is told, and keeps what is said first. */
function journalWith(
  answers: ('lost' | 'held' | 'on its way' | 'moved on' | { seq: number; duplicate: boolean })[],
  kept: Kept[] = [],
): Journal {
  const js = {
    async publish(to: string, data: Uint8Array, { headers: header, msgID }: { headers: MsgHdrs; msgID?: string }) {
      const answer = answers.shift()!;
      if (answer === 'held' || answer === 'on its way') {
        expect(msgID).toBe(command.id);
        if (answer === 'on its way') throw apiError(10158);
        return { seq: 0, duplicate: true };
      }
      if (kept.length === 0) kept.push({ subject: to, data, header });
      if (answer === 'moved on') throw apiError(10071);
      if (answer === 'lost') throw new NatsError('TIMEOUT', 'TIMEOUT');
      return answer;
    },
  };
  const jsm = { streams: { getMessage: async () => kept[0] && { ...kept[0], seq: 7 } } };
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
  it('whose id a cluster holds for something that it lost is stored without the id', async () => {
    const journal = journalWith(['lost', 'held', { seq: 7, duplicate: false }]);
    expect(await journal.append(journal.nothingAt(at), command, events)).toMatchObject({ position: 7, changed: true });
  });
  it('whose id a cluster holds while it is on its way is there once, and known by what it carries', async () => {
    const journal = journalWith(['lost', 'on its way', 'moved on']);
    expect(await journal.append(journal.nothingAt(at), command, events)).toMatchObject({ changed: true });
  });
});
