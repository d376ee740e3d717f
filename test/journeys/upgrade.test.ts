// A service, and with it an event's version, is upgraded while the others go on: what an older one can't read it parks and
// names, and once it is upgraded too nothing is missing.
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BusClient, connectBus } from '@tongsheng/bus';
import { QueuePage, type RepostCommand, type RepostRow } from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import { askRebuild } from '@tongsheng/projections';
import { queueing, signIn, startSystem, until, type Session } from '@tongsheng/test/support';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** What is built, once more, as the release that writes its events in a version of their own. */
function nextRelease(folder: string, services: string[]): string {
  const infra = readdirSync(join(root, 'infra'), { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => `infra/${name}`);
  for (const place of ['contracts', ...infra, ...services.map((name) => `services/${name}`)]) {
    const filter = (path: string) => !['src', 'history'].includes(basename(path));
    cpSync(join(root, place), join(folder, place), { recursive: true, verbatimSymlinks: true, filter });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const dist = join(folder, 'contracts/dist');
  const changed = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .filter((name) => {
      const code = readFileSync(join(dist, name), 'utf8');
      const newer = code.replace('const eventVersion = 1;', 'const eventVersion = 2;');
      writeFileSync(join(dist, name), newer);
      return newer !== code;
    });
  expect(changed).toHaveLength(1);
  return folder;
}

it('goes on through an upgrade of one service after the other, and of an event’s version', async () => {
  await using system = await startSystem({ services: ['registry', 'reposts', 'gateway'], samples: false });
  const folder = join(system.servers.dir, 'next');
  mkdirSync(folder);
  const release = nextRelease(folder, ['reposts', 'gateway']);
  const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const client = new BusClient(bus);
  const say = (command: RepostCommand) => client.command('repost', command);
  const queue = (taskId: string) => say({ ...queueing(taskId), clusterId: taskId });
  const here = await signIn(system.consoleUrl, 'editor');
  const admin = await signIn(system.consoleUrl, 'admin');
  const tasks = async (by: Session, view: string) =>
    QueuePage.parse((await by.get(`/api/reposts?state=${view}`)).body).rows.filter(({ taskId }) => taskId === 'before');
  await queue('before');
  await until(async () => expect(await tasks(here, 'open')).toHaveLength(1));

  // Someone works all the while, and is answered every time.
  let upgraded = false;
  let asked = 0;
  const work = (async () => {
    while (!upgraded || asked < 5) await queue(`meanwhile-${asked++}`);
  })();
  await system.startAnother('reposts', {}, release);
  await system.stop('reposts');
  upgraded = true;
  await work;

  // What the new one writes, the old gateway can't read: it says so, and shows what it knew.
  const [{ contentHash, site }] = (await tasks(here, 'open')) as [RepostRow];
  const approved = await here.command({ type: 'repost.approve', site, taskId: 'before', seenHash: contentHash });
  expect(approved.status).toBe(202);
  await until(async () => {
    const { body } = await admin.get('/api/dead-letters');
    expect(JSON.stringify(body)).toContain(
      'repost.approved has event version 2; this release reads up to 1, upgrade it',
    );
  });
  expect(await tasks(here, 'open')).toHaveLength(1);

  const port = await freePort();
  await system.startAnother('gateway', { CONSOLE_PORT: String(port) }, release);
  await system.stop('gateway');
  await askRebuild(bus, 'reposts');
  const there = await signIn(`http://127.0.0.1:${port}`, 'editor');
  await until(async () => expect(await tasks(there, 'closed')).toHaveLength(1));
  expect(await tasks(there, 'open')).toEqual([]);
  // Nothing that was answered is missing.
  await until(async () => {
    const { total } = QueuePage.parse((await there.get('/api/reposts')).body);
    expect(total).toBe(asked);
  });
  await bus.close();
});
