// From the signature of a rebuttal to the last request of a hundred channels, while 50,000 ordinary deliveries wait: slow
// newsrooms hold every ordinary one for seconds. The peer is the same rebuttal in the same run when nothing waits.
import { BusClient, connectBus, followStream, Journal } from '@tongsheng/bus';
import { streams, subjects, type ReleaseEvent } from '@tongsheng/contracts';
import { hashA, pressDraft, startSystem, until } from '@tongsheng/test/support';
import { endOnSignal, percentile, pipelined, report, rounded, say } from './measure.ts';
import { registerCountry, startPartners } from './partners.ts';

const waiting = Number(process.env['REBUTTAL_WAITING'] ?? 50_000);
const runs = 10;
const site = 'site-0';
const channels = Array.from({ length: 100 }, (_, i) => `channel-${i}`);
const slowMs = 5_000;

const partners = await startPartners((title) => (title.startsWith('ordinary') ? slowMs : 0));
await using system = await startSystem({
  services: ['registry', 'delivery'],
  samples: false,
  environment: { WEB_ALLOW: `127.0.0.1:${partners.port}` },
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const client = new BusClient(bus);
const journal = new Journal(bus, 'bench');
await registerCountry(client, { sites: [site], channels, portalUrl: system.portalUrl, partnersUrl: partners.url });

/** A release that has passed its chain. @returns when it was signed, by the wall clock, in ms */
async function sign(releaseId: string, kind: 'press' | 'rebuttal'): Promise<number> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const signed: ReleaseEvent = {
    type: 'release.signed',
    releaseId,
    site,
    ...pressDraft({ kind, title: releaseId, summary: '', channels }),
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: at,
  };
  const head = { id: `sign/${releaseId}`, at, actor: { kind: 'person' as const, id: 'signer', name: '签发人' } };
  await journal.append(journal.nothingAt({ aggregate: 'release', site, id: releaseId }), head, [signed]);
  return now;
}

/** From the signature to the last of its requests, in ms. */
async function rebut(name: string): Promise<number> {
  const signedAt = await sign(name, 'rebuttal');
  const mine = () => partners.calls.filter(({ title }) => title === name);
  await until(() => {
    if (mine().length < channels.length) throw new Error(`${mine().length} requests`);
  }, 60_000);
  return Math.max(...mine().map(({ at }) => at)) - signedAt;
}
async function rebuttals(name: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    times.push(await rebut(`${name}-${i}`));
    say(`  ${name} ${i}: ${times.at(-1)} ms`);
  }
  return times;
}

await rebut('warm-up');
const alone = await rebuttals('alone');

let requested = 0;
const following = await followStream(bus, {
  stream: streams.journal,
  subject: subjects.events('delivery'),
  from: (await bus.jsm.streams.info(streams.journal)).state.last_seq + 1,
  onFailure: console.error,
  onMessage: ({ data }) => void (Buffer.from(data).includes('delivery.requested') && requested++),
});
await pipelined(waiting / channels.length, 4, (i) => sign(`ordinary-${i}`, 'press'));
await until(() => {
  if (requested < waiting) throw new Error(`${requested} requested`);
}, 600_000);
say(`${requested} ordinary deliveries requested, ${partners.calls.length} calls so far`);
// They stand in the log now, and are still being read by the service.
const arriving = await rebut('arriving');
say(`  arriving: ${arriving} ms`);
const behind = await rebuttals('behind');
const ordinary = partners.calls.filter(({ title }) => title.startsWith('ordinary')).length;
await following.stop();
await bus.close();
partners.close();
report({
  bench: 'rebuttal',
  ours: percentile(behind, 0.5),
  peer: percentile(alone, 0.5),
  ratio: rounded(percentile(behind, 0.5) / percentile(alone, 0.5)),
  unit: 'ms from the signature to the last of 100 requests',
  peerName: 'the same with nothing waiting',
  waiting: waiting - ordinary,
  worst_ms: Math.max(...behind),
  while_arriving_ms: arriving,
  alone_worst_ms: Math.max(...alone),
});
