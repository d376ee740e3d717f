import type { AnyEvent, CommandHead } from '@tongsheng/contracts';
import { NatsError, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import { describe, expect, it } from 'vitest';
import { Bus } from './connection.ts';
import { Journal } from './journal.ts';

const subject = 'ev.site.registry.province';
const command: CommandHead = {
  id: 'command',
  at: '2026-11-23T04:00:00.000Z',
  actor: { kind: 'service', id: 'registry' },
};
const events: AnyEvent[] = [{ type: 'rule.registered', ruleId: 'rule', name: 'r', order: 1 } as AnyEvent];

/** A journal on a server that stores what it is told at the first time, and answers so. */
function journalWith(answers: ('lost' | { seq: number; duplicate: boolean })[]): Journal {
  const js = {
    async publish() {
      const answer = answers.shift()!;
      if (answer === 'lost') throw new NatsError('TIMEOUT', 'TIMEOUT');
      return answer;
    },
  };
  const jsm = { streams: { getMessage: async () => ({ subject }) } };
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
    const journal = journalWith([{ seq: 7, duplicate: true }]);
    expect(await journal.append(journal.nothingAt(at), command, events)).toMatchObject({ position: 7, changed: false });
  });
});
