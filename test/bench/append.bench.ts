// Decisions through the event store, with the sequence check, against raw JetStream publishes of the same bytes.
import { carryOut, connectBus, encodeEntry, ensureStreams, Journal } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { failure, startServers } from '@tongsheng/test/support';
import { trouble } from '../support/trouble.ts';
import { median, pipelined, report, rounded, say, timed } from './measure.ts';

const rounds = 5;
const perRound = 20_000;
const depth = 256;

await using servers = await startServers();
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const { config } = await bus.jsm.streams.info(streams.journal);
await bus.jsm.streams.add({ ...config, name: 'RAW', subjects: ['raw.>'] });
const journal = new Journal(bus, 'bench');

const ours: number[] = [];
const raw: number[] = [];
const appendOurs = (round: number) =>
  pipelined(perRound, depth, (i) => carryOut(journal, trouble, failure(`o${round}-${i}`, `o${round}-${i}`)));
const appendRaw = (round: number) =>
  pipelined(perRound, depth, (i) => {
    const id = `r${round}-${i}`;
    const command = failure(id, id);
    if (command.type !== 'source.report_failure') throw new Error('unreachable');
    const { sourceId, code, detail, at: failedAt } = command;
    const { body, headers } = encodeEntry(
      'bench',
      command,
      [{ type: 'source.failed', sourceId, code, detail, failedAt }],
      '',
    );
    return bus.js.publish(`raw.poll.test.${id}`, body, { msgID: id, expect: { lastSubjectSequence: 0 }, headers });
  });

await appendOurs(-1).then(() => appendRaw(-1));
for (let round = 0; round < rounds; round++) {
  // Alternating, and who begins alternates too.
  const first = round % 2 === 0;
  if (first) ours.push(perRound / ((await timed(() => appendOurs(round))) / 1_000));
  raw.push(perRound / ((await timed(() => appendRaw(round))) / 1_000));
  if (!first) ours.push(perRound / ((await timed(() => appendOurs(round))) / 1_000));
  say(`round ${round}: ours ${Math.round(ours.at(-1)!)}/s, raw ${Math.round(raw.at(-1)!)}/s`);
}
await bus.close();
const [mine, peer] = [median(ours), median(raw)];
report({
  bench: 'append',
  ours: Math.round(mine),
  peer: Math.round(peer),
  ratio: rounded(mine / peer),
  unit: 'decisions/s',
  aggregates: rounds * perRound,
  depth,
});
