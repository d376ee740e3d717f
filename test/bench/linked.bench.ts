// A linked release of three parts on twenty sites and a hundred channels, from T0 to the last page that a citizen can read
// on the portal and to the last request to a channel, as many times as there are runs; and whatever leaves before T0. Every
// page is asked for again and again from before T0 on, by whoever does not want to miss it. The raw limit in the same run:
// the same requests to the same channels by a bare client.
import { Agent, get, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, connectBus, Journal } from '@tongsheng/bus';
import type { Draft, LinkedCommand, LinkedEvent, ReleaseCommand } from '@tongsheng/contracts';
import { everyRole, hashA, pressDraft, startSystem, until } from '@tongsheng/test/support';
import { endOnSignal, percentile, report, rounded, say } from './measure.ts';
import { registerCountry, startPartners } from './partners.ts';

const runs = Number(process.env['LINKED_RUNS'] ?? 20);
const sites = Array.from({ length: 20 }, (_, i) => `site-${i}`);
const channels = Array.from({ length: 100 }, (_, i) => `channel-${i}`);
const roles = ['policy', 'interpretation', 'news'] as const;
const kinds = { policy: 'policy', interpretation: 'interpretation', news: 'press' } as const;
/** How often each page is asked for around T0, in ms. */
const askEvery = 50;

const partners = await startPartners();
const { calls } = partners;

await using system = await startSystem({
  services: ['registry', 'releases', 'delivery', 'clock', 'portal'],
  samples: false,
  environment: { WEB_ALLOW: `127.0.0.1:${partners.port}` },
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const client = new BusClient(bus);
const journal = new Journal(bus, 'bench');

let said = 0;
const head = (who: string) => ({
  id: `bench/${++said}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: who, name: who },
});
await registerCountry(client, { sites, channels, portalUrl: system.portalUrl, partnersUrl: partners.url });
say(`${sites.length} sites and ${channels.length} channels`);

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const status = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(`${system.portalUrl}${path}`, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    }).on('error', reject);
  });
/** When a page answered first, by the wall clock, in ms. */
async function firstSeen(path: string, from: number): Promise<number> {
  for (let next = from; ; next += askEvery) {
    await wait(Math.max(next - Date.now(), 0));
    if ((await status(path)) === 200) return Date.now();
  }
}

type Run = { visible: number; sent: number; early: number };
async function run(n: number): Promise<Run> {
  const linkedId = `run-${n}`;
  const key = { site: sites[0]!, linkedId };
  const parts = roles.map((role) => ({ releaseId: `${linkedId}-${role}`, site: sites[0]!, role }));
  const plan = async (t0: number, baseRevision: number) => {
    const command: LinkedCommand = {
      type: 'linked.plan',
      ...head('planner'),
      ...key,
      plan: {
        title: linkedId,
        parts,
        sites,
        channels: channels.map((channelId) => ({ channelId, required: true })),
        t0: new Date(t0).toISOString(),
      },
      baseRevision,
    };
    await client.command('linked', command);
  };
  const happened = async () =>
    (await journal.read({ aggregate: 'linked', site: key.site, id: linkedId })).events as LinkedEvent[];
  await plan(Date.now() + 3_600_000, 0);
  for (const { releaseId, role } of parts) {
    const draft: Draft = pressDraft({ kind: kinds[role], title: releaseId, linked: key, channels });
    const about = { site: key.site, releaseId };
    const steps: object[] = [
      { type: 'release.draft', ...head('writer'), ...about, draft, contentHash: hashA, baseRevision: 0 },
      { type: 'release.submit', ...head('writer'), ...about, seenHash: hashA },
      ...(['review', 'confidentiality', 'sign'] as const).map((step) => ({
        type: 'release.pass_step',
        ...everyRole,
        ...head(step),
        ...about,
        step,
        seenHash: hashA,
      })),
    ];
    for (const step of steps) await client.command('release', step as ReleaseCommand);
  }
  await until(async () => expectOf(await happened(), 'linked.sealed'), 60_000);
  const t0 = Date.now() + 3_000;
  await plan(t0, 1);
  const paths = parts.flatMap(({ releaseId, role }) => sites.map((site) => `/${site}/${kinds[role]}/${releaseId}`));
  // Every page is asked for at its own place in the interval.
  const seen = await Promise.all(paths.map((path, i) => firstSeen(path, t0 - 1_000 + (i * askEvery) / paths.length)));
  const mine = () => calls.filter(({ title }) => title.startsWith(`${linkedId}-`));
  await until(() => {
    if (mine().length < channels.length * parts.length) throw new Error(`${mine().length} requests`);
  }, 60_000);
  const times = mine().map(({ at }) => at);
  return {
    visible: Math.max(...seen) - t0,
    sent: Math.max(...times) - t0,
    early: [...seen, ...times].filter((at) => at < t0).length,
  };
}
function expectOf(events: LinkedEvent[], type: LinkedEvent['type']): void {
  if (!events.some((event) => event.type === type)) throw new Error(`no ${type} yet`);
}

const results: Run[] = [];
for (let n = 0; n < runs; n++) {
  const result = await run(n);
  results.push(result);
  say(`  T0 → last page ${result.visible} ms, last request ${result.sent} ms, early ${result.early}`);
}
const twice = calls.length - new Set(calls.map(({ title, path }) => `${title} ${path}`)).size;

/** The same number of requests, as fast as a client can without any of our promises. */
async function bare(): Promise<number> {
  const body = JSON.stringify({ data: { title: 'bare' } });
  const begun = performance.now();
  await Promise.all(
    Array.from(
      { length: channels.length * roles.length },
      (_, i) =>
        new Promise<void>((resolve, reject) => {
          request(`${partners.url}/bare-${i}`, { agent, method: 'POST' }, (response) =>
            response.resume().on('end', resolve),
          )
            .on('error', reject)
            .end(body);
        }),
    ),
  );
  return performance.now() - begun;
}
await bare();
const bareMs = await bare();

await bus.close();
agent.destroy();
partners.close();
const of = (field: keyof Run) => results.map((each) => each[field]);
report({
  bench: 'linked',
  ours: Math.round(percentile(of('sent'), 0.5)),
  peer: rounded(bareMs, 1),
  ratio: rounded(percentile(of('sent'), 0.5) / bareMs),
  unit: 'ms from T0 to the last request',
  peerName: 'the same requests by a bare client',
  runs,
  visible_p50_ms: percentile(of('visible'), 0.5),
  visible_p99_ms: percentile(of('visible'), 0.99),
  sent_p50_ms: percentile(of('sent'), 0.5),
  sent_p99_ms: percentile(of('sent'), 0.99),
  early: of('early').reduce((a, b) => a + b, 0),
  twice,
});
