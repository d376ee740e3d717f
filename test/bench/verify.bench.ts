// `log verify` of a log under checkpoints: from an archive, and from a running server; each against hashing the same records once,
// with nothing else read, parsed or compared.
import { generateKeyPairSync, hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus, digestOf, encodeEntry, ensureStreams, recordBytes } from '@tongsheng/bus';
import type { AnyEvent, CommandHead } from '@tongsheng/contracts';
import {
  checkpointCommand,
  checkpointSubject,
  exportLog,
  Ledger,
  signingKeys,
  verifyArchive,
  verifyLog,
} from '@tongsheng/evidence';
import { failure, startServers } from '@tongsheng/test/support';
import { trouble } from '../support/trouble.ts';
import { endOnSignal, median, report, rounded, say, timed } from './measure.ts';

const entries = 100_000;
const perAggregate = 20;
const everySigned = 1_000;
const rounds = 2;

await using servers = await startServers();
endOnSignal(servers);
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const [key] = signingKeys(pem);
const ledger = new Ledger();
const records: Buffer[] = [];

/** Sent without waiting for one another: the order on the wire is the order of the positions. */
const heads = new Map<string, { position: number; hash: string }>();
function send(subject: string, command: CommandHead, events: AnyEvent[], source: string): Promise<unknown> {
  const head = heads.get(subject) ?? { position: 0, hash: '' };
  const { body, headers } = encodeEntry(source, command, events, head.hash);
  const record = recordBytes({ subject, data: body, headers });
  const made = digestOf(record);
  records.push(record);
  ledger.add(made, subject === checkpointSubject);
  heads.set(subject, { position: records.length, hash: made.toString('hex') });
  return bus.publish(subject, body, { msgID: command.id, expect: { lastSubjectSequence: head.position }, headers });
}
const aggregates = entries / perAggregate;
const written = await timed(async () => {
  for (let i = 0; i < entries; i += everySigned) {
    const sent = Array.from({ length: everySigned }, (_, j) => {
      const id = `a${(i + j) % aggregates}`;
      const command = failure(`c-${i + j}`, id);
      return send(`ev.poll.test.${id}`, command, trouble.decide(command, trouble.initial), 'bench');
    });
    const at = new Date(1_795_406_400_000 + i).toISOString();
    const events = ledger.sign([key!], at);
    sent.push(send(checkpointSubject, checkpointCommand(ledger.size, at), events, 'oversight'));
    ledger.learn(events);
    await Promise.all(sent);
  }
});
say(`${records.length} entries written in ${Math.round(written / 1_000)} s`);

const home = await mkdtemp(join(tmpdir(), 'tongsheng-archive-'));
try {
  await exportLog(bus, join(home, 'archive'), new Date().toISOString(), say);
  const rate = async (work: () => Promise<unknown>) => records.length / ((await timed(work)) / 1_000);
  const [offline, live, raw]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    offline.push(await rate(() => verifyArchive(join(home, 'archive'))));
    live.push(await rate(() => verifyLog(bus, {})));
    raw.push(await rate(async () => records.forEach((record) => hash('sha256', record))));
    say(`round ${round}: archive ${Math.round(offline.at(-1)!)}/s, live ${Math.round(live.at(-1)!)}/s`);
  }
  report({
    bench: 'verify',
    ours: Math.round(median(offline)),
    live: Math.round(median(live)),
    peer: Math.round(median(raw)),
    ratio: rounded(median(offline) / median(raw)),
    unit: 'events/s',
  });
} finally {
  await rm(home, { recursive: true });
  await bus.close();
}
