import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { carryOut, connectBus, Journal, type Bus } from '@tongsheng/bus';
import type { AlarmRow, BalanceView } from '@tongsheng/contracts';
import { coverAll, exportLog, readCheckpoints, restoreLog, verifyArchive, verifyLog } from '@tongsheng/evidence';
import {
  barriersOf,
  enter,
  hashA,
  openScreen,
  picture,
  service,
  signIn,
  startBrowser,
  startServers,
  startSystem,
  until,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delivery } from '../../services/delivery/src/delivery.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let system: System;
let bus: Bus;
let home: string;
let task: { site: string; taskId: string };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tongsheng-audit-'));
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'oversight', 'duty', 'gateway'],
    environment: { BALANCE_SECONDS: '1' },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const editor = await signIn(system.consoleUrl, 'editor');
  task = await until(async () => {
    const { rows } = (await editor.get('/api/reposts')).body as { rows: (typeof task)[] };
    expect(rows.length).toBeGreaterThan(0);
    return rows[0]!;
  });
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function tongsheng(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'infra/local/tongsheng.mjs'), ...args], {
    cwd: home,
    env: { ...process.env, NATS_URL: system.servers.nats.url },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

/** Changes one byte of a file. */
async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(file, bytes);
}

const under = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));

describe('an evidence pack', () => {
  /** The commands that VERIFY.md prints, run as they stand there. */
  async function follow(folder: string): Promise<{ ok: boolean; said: string }> {
    const written = await readFile(join(folder, 'VERIFY.md'), 'utf8');
    const commands = [...written.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
    try {
      return { ok: true, said: (await run('sh', ['-c', commands], { cwd: folder })).stdout };
    } catch (error) {
      return { ok: false, said: error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error) };
    }
  }

  let pack: string;

  it('is checked by somebody who has only openssl and sha256sum, by the written procedure', async () => {
    const { out, err, code } = await tongsheng('evidence', 'pack', '--task', `${task.site}/${task.taskId}`);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    await run('tar', ['xzf', out.trim()], { cwd: home });
    pack = join(home, out.trim().replace('.tar.gz', ''));
    const { ok, said } = await follow(pack);
    expect(said).toMatch(/签名公钥编号：[0-9a-f]{32}\n.*核对通过\n$/s);
    expect(ok).toBe(true);
    const summary = await readFile(join(pack, 'SUMMARY.txt'), 'utf8');
    expect(summary).toContain('repost.queued');
    expect(summary).toContain('采集到稿件（item.published）');
    expect((await readdir(join(pack, 'objects'))).length).toBeGreaterThan(0);
  });

  it('of a site holds the items that its tasks rest on, and is checked the same way', async () => {
    const day = (ms: number) => new Date(Date.now() + 8 * 3_600_000 + ms).toISOString().slice(0, 10);
    const { out, err, code } = await tongsheng(
      'evidence',
      'pack',
      '--site',
      task.site,
      '--from',
      day(-86_400_000),
      '--to',
      day(0),
    );
    expect({ err, code }).toEqual({ err: '', code: 0 });
    await run('tar', ['xzf', out.trim()], { cwd: home });
    const ofSite = join(home, out.trim().replace('.tar.gz', ''));
    const summary = await readFile(join(ofSite, 'SUMMARY.txt'), 'utf8');
    for (const type of ['repost.queued', 'item.published', 'routing.decided']) expect(summary).toContain(`（${type}）`);
    expect(await follow(ofSite)).toMatchObject({ ok: true });
  });

  it('no longer is when one byte of any file was changed', async () => {
    const copy = join(home, 'changed');
    const names = (await under(pack)).map((file) => file.slice(pack.length));
    const kinds = new Map(names.map((name) => [name.split('/')[1]!, name]));
    expect([...kinds.keys()]).toEqual(expect.arrayContaining(['records', 'objects', 'proof', 'checkpoint.sig']));
    for (const name of kinds.values()) {
      await rm(copy, { recursive: true, force: true });
      await cp(pack, copy, { recursive: true });
      // A text that is no longer the procedure is not followed: the reader has the one that came with the pack.
      if (name.endsWith('.md')) continue;
      await flip(join(copy, name));
      expect({ name, ...(await follow(copy)) }).toMatchObject({ name, ok: false });
    }
  });

  it('nor when whoever changed a record also wrote the list of hashes anew', async () => {
    for (const part of ['records', 'proof', 'checkpoint.txt', 'key.pem']) {
      const copy = join(home, 'forged');
      await rm(copy, { recursive: true, force: true });
      await cp(pack, copy, { recursive: true });
      const file = (await under(copy)).find((each) => each.slice(copy.length + 1).startsWith(part))!;
      await flip(file);
      await run('sh', ['-c', 'find . -type f ! -name SHA256SUMS | sed s,^./,, | xargs sha256sum > SHA256SUMS'], {
        cwd: copy,
      });
      const { ok, said } = await follow(copy);
      expect({ part, ok }).toEqual({ part, ok: false });
      expect(said).not.toBe('');
      expect(said).not.toContain('有文件被改动');
    }
  });
});

describe('in the console', () => {
  it('a manager downloads the pack of a task and of a period, and an editor does not', async () => {
    const manager = await signIn(system.consoleUrl, 'manager');
    const names = async (path: string) => {
      const answer = await fetch(`${system.consoleUrl}${path}`, { headers: { cookie: manager.cookie } });
      expect(answer.status).toBe(200);
      const file = join(home, 'downloaded.tar.gz');
      await writeFile(file, Buffer.from(await answer.arrayBuffer()));
      return (await run('tar', ['tzf', file])).stdout;
    };
    const ofTask = `/api/reposts/${task.taskId}/evidence.tar.gz?site=${task.site}`;
    const listed = await names(ofTask);
    expect(listed).toContain('VERIFY.md');
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const all = await names(`/api/evidence.tar.gz?${new URLSearchParams({ from, to })}`);
    expect(all.split('\n').length).toBeGreaterThan(listed.split('\n').length);
    expect((await manager.get(`/api/evidence.tar.gz?${new URLSearchParams({ from: to, to })}`)).status).toBe(404);
    const editor = await signIn(system.consoleUrl, 'editor');
    expect((await editor.get(ofTask)).status).toBe(403);
  });

  it('the health page names the checkpoint, and a stream that somebody changed so that history can be lost', async () => {
    const admin = await signIn(system.consoleUrl, 'admin');
    const health = async () =>
      (await admin.get('/api/health')).body as { ok: boolean; streams: string[]; checkpoint: unknown };
    expect(await health()).toMatchObject({ streams: [], checkpoint: { size: expect.any(Number) } });
    const dayNs = 86_400_000_000_000;
    await bus.jsm.streams.update('EVENTS', { max_age: 90 * dayNs });
    expect(await health()).toMatchObject({ ok: false, streams: [expect.stringContaining('max_age')] });
    await bus.jsm.streams.update('EVENTS', { max_age: 0 });
    expect((await health()).streams).toEqual([]);
    await expect(bus.jsm.streams.purge('EVENTS')).rejects.toThrowError(/purge/i);
    await expect(bus.jsm.streams.deleteMessage('EVENTS', 1)).rejects.toThrowError(/delete/i);
  });
});

describe('the books', () => {
  const about = (id: string) => ({
    id,
    at: new Date().toISOString(),
    actor: service,
    deliveryId: 'stray',
    site: 'city',
  });
  const books = async () => {
    const manager = await signIn(system.consoleUrl, 'manager');
    return (await manager.get('/api/balance')).body as BalanceView;
  };

  it('are even while nothing is lost, by source and by site', async () => {
    await until(async () => {
      const { isRead, rows } = await books();
      expect(isRead).toBe(true);
      expect(rows.filter(({ kind, takenIn }) => kind === 'site' && takenIn > 0)).not.toEqual([]);
      expect(rows.filter(({ kind, delivered }) => kind === 'source' && delivered > 0)).not.toEqual([]);
      expect(rows.filter(({ difference }) => difference !== 0)).toEqual([]);
    });
    const editor = await signIn(system.consoleUrl, 'editor');
    expect((await editor.get('/api/balance')).status).toBe(403);
  });

  it('name what is there and nobody asked for, alarm whoever is on duty, and say when it is over', async () => {
    const journal = new Journal(bus, 'test');
    await carryOut(journal, delivery, {
      type: 'delivery.request',
      ...about('stray/request'),
      releaseId: 'nobody-signed',
      channelId: 'city-press-mail',
      channelName: '通气邮件组',
      channelKind: 'email',
      title: '没有人签发过的通稿',
      contentHash: hashA,
      onUnknown: 'person',
    });
    const duty = await signIn(system.consoleUrl, 'duty');
    const alarms = async () =>
      ((await duty.get('/api/alarms')).body as { rows: AlarmRow[] }).rows.filter(
        ({ about: { kind } }) => kind === 'balance',
      );
    await until(async () => {
      const [alarm] = await alarms();
      expect(alarm?.about).toMatchObject({
        account: 'channel',
        missing: 0,
        doubled: 1,
        titles: ['没有人签发过的通稿'],
      });
    });
    const row = (await books()).rows.find(({ kind, id }) => kind === 'channel' && id === 'city-press-mail');
    expect(row).toMatchObject({
      difference: -1,
      uneven: [{ of: 'release', id: 'nobody-signed', wanted: 0, there: 1 }],
    });

    const browser = await startBrowser();
    const screen = await openScreen(browser, `${system.consoleUrl}/health`);
    await enter(screen, 'manager');
    const panel = screen.page.getByTestId('balance');
    await panel.getByRole('link', { name: '没有人签发过的通稿' }).waitFor();
    await picture(screen.page, 'balance');
    expect(await barriersOf(screen.page)).toEqual([]);
    expect(screen.errors).toEqual([]);
    await browser.close();

    await carryOut(journal, delivery, { type: 'delivery.cancel', ...about('stray/cancel'), reason: '没有人要' });
    await until(async () => {
      expect((await books()).rows.filter(({ difference }) => difference !== 0)).toEqual([]);
      expect(await alarms()).toEqual([]);
    });
  });
});

describe('the whole log', () => {
  let archive: string;

  it('stands under a checkpoint, sign-ins and the newest entries too', async () => {
    await coverAll(bus);
    const { checkpoint, position, keys } = await verifyLog(bus, {});
    expect(checkpoint?.size).toBeGreaterThan(0);
    expect(position).toBeGreaterThan(checkpoint!.size);
    expect(keys).toHaveLength(1);
    const { out, code } = await tongsheng('log', 'checkpoint');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^tongsheng\/EVENTS\n\d+\n\S{44}\ntime /),
    });
  });

  it('is signed by two processes at once, and each moment once', async () => {
    await system.startAnother('oversight', {});
    for (let n = 0; n < 8; n++) {
      await signIn(system.consoleUrl, 'editor');
      await Promise.all([coverAll(bus), coverAll(bus), coverAll(bus)]);
    }
    const { checkpoints } = await readCheckpoints(bus);
    const sizes = checkpoints.map(({ size }) => size);
    expect(sizes.length).toBeGreaterThanOrEqual(8);
    expect(sizes).toEqual([...new Set(sizes)].toSorted((one, other) => one - other));
    expect((await verifyLog(bus, {})).keys).toHaveLength(1);
  });

  it('is archived to files and checked there, and a flipped byte is named', async () => {
    archive = join(home, 'archive');
    await system.stop('ingest');
    const exported = await exportLog(bus, archive, '2026-11-23T04:00:00.000Z', () => {});
    expect(await verifyArchive(archive)).toMatchObject({
      root: exported.root,
      position: exported.position,
      listSignedAt: expect.any(String),
    });
    for (const file of await under(archive)) {
      const before = await readFile(file);
      await flip(file);
      await expect(verifyArchive(archive), file).rejects.toThrowError(
        /changed|position \d+|gone|not listed|can't be read/,
      );
      await writeFile(file, before);
    }
    expect(await verifyArchive(archive)).toMatchObject({ root: exported.root });
    await expect(exportLog(bus, archive, '2026-11-23T04:00:00.000Z', () => {})).rejects.toThrowError('not empty');
  });

  it('is restored to the same positions of an empty server, and never over another log', async () => {
    await using servers = await startServers();
    const other = await connectBus({ url: servers.nats.url, name: 'test' });
    const restored = await restoreLog(other, archive);
    const archived = await verifyArchive(archive);
    expect(restored).toMatchObject({ root: archived.root, position: archived.position });
    await expect(restoreLog(other, archive)).rejects.toThrowError('holds a log already');
    await other.close();
  });

  it('is not deleted within six months, not even from the archive', async () => {
    const { code, err } = await tongsheng('log', 'discard', archive, '--keep-days', '10');
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('at least 184 days') });
    expect(await verifyArchive(archive)).toMatchObject({ position: expect.any(Number) });
  });
});
