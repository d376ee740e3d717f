import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { fakeKinds, startFakes, type DemoFake, type FakeKind } from './demonstration.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function begin(kinds: readonly FakeKind[], dir: string, ports = {}): Promise<DemoFake[]> {
  const fakes = await startFakes(kinds, { dir, ports });
  closings.push(() => Promise.all(fakes.map((fake) => fake.stop())));
  return fakes;
}

it('every fake says on its page, in its name and in its state that it is one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fakes-'));
  closings.push(() => rm(dir, { recursive: true }));
  const fakes = await begin(fakeKinds, dir);
  expect(fakes.map(({ kind }) => kind)).toEqual(fakeKinds);
  for (const { name, url, access } of fakes) {
    expect(name).toContain('（模拟平台）');
    const page = await (await fetch(url)).text();
    expect(page).toContain(name);
    expect(page).toContain('模拟平台：不是真的平台');
    expect(page).toContain('还没有收到任何内容');
    expect(page).toContain(Object.values(access)[0]);
    expect(await (await fetch(`${url}/fake/state`)).json()).toMatchObject({ fake: true, posts: [], ledger: [] });
  }
});

it('what was posted is there after a restart, at the same address', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fakes-'));
  closings.push(() => rm(dir, { recursive: true }));
  const first = await startFakes(['mastodon'], { dir });
  const { url, port, access } = first[0]!;
  const headers = { authorization: `Bearer ${access['access_token']}` };
  const body = new URLSearchParams({ status: '通知' });
  const posted = await fetch(`${url}/api/v1/statuses`, { method: 'POST', headers, body });
  expect(posted.status).toBe(200);
  await first[0]!.stop();
  expect(await readdir(dir)).toEqual(['mastodon.v8']);
  await begin(['mastodon'], dir, { mastodon: port });
  expect(await (await fetch(url)).text()).toContain('通知');
});
