// Decisions through the event store, with the sequence check, against raw JetStream publishes of the same bytes to a stream
// with the same settings. The peer's bytes are made beforehand: what it costs to decide and to encode is ours alone.
import { carryOut, connectBus, encodeEntry, ensureStreams, Journal } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { failure, startServers } from '@tongsheng/test/support';
import { trouble } from '../support/trouble.ts';
import { endOnSignal, median, pipelined, report, rounded, say, timed } from './measure.ts';

const rounds = 5;
const perRound = 20_000;
const depth = 256;

await using servers = await startServers();
endOnSignal(servers);
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const { config } = await bus.jsm.streams.info(streams.journal);
await bus.jsm.streams.add({ ...config, name: 'RAW', subjects: ['raw.>'] });
const journal = new Journal(bus, 'bench');
const js = bus.nc.jetstream();

const ours: number[] = [];
const raw: number[] = [];
const appendOurs = (round: number) =>
  pipelined(perRound, depth, (i) => carryOut(journal, trouble, failure(`o${round}-${i}`, `o${round}-${i}`)));

/** What the peer publishes: the very message that our side makes of the same command. */
function message(id: string) {
  const command = failure(id, id);
  const { body, headers } = encodeEntry('bench', command, trouble.decide(command, trouble.initial), '');
  return { subject: `raw.poll.test.${id}`, body, options: { msgID: id, expect: { lastSubjectSequence: 0 }, headers } };
}
const messagesOf = (round: number) => Array.from({ length: perRound }, (_, i) => message(`r${round}-${i}`));
const appendRaw = (messages: ReturnType<typeof message>[]) =>
  pipelined(messages.length, depth, (i) => {
    const { subject, body, options } = messages[i]!;
    return js.publish(subject, body, options);
  });

const rate = async (work: () => Promise<void>): Promise<number> => perRound / ((await timed(work)) / 1_000);

await appendOurs(-1);
await appendRaw(messagesOf(-1));
for (let round = 0; round < rounds; round++) {
  // Alternating, and who begins alternates too.
  const first = round % 2 === 0;
  const messages = messagesOf(round);
  if (first) ours.push(await rate(() => appendOurs(round)));
  raw.push(await rate(() => appendRaw(messages)));
  if (!first) ours.push(await rate(() => appendOurs(round)));
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
