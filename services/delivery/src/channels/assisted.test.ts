import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel } from '@tongsheng/contracts';
import { channelTools, hashA, noon, samplePost } from '@tongsheng/test/support';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { assisted } from './assisted.ts';
import type { Handed, Parcel } from './channel.ts';

type Settings = Extract<Channel, { kind: 'assisted' }>['settings'];
const settings: Settings = {
  platform: 'television',
  address: 'https://station.example/form',
  within: 'PT4H',
  rebuttalWithin: 'PT30M',
};
const picture = { hash: hashA, name: '图.png', bytes: 4, mediaType: 'image/png' };
const files = { [hashA]: new Uint8Array([1, 2, 3, 4]) };
const tools = (more: object = {}) => channelTools('assisted', { files, ...more });

const textOf = ({ assignment }: Handed, field: string) => {
  const found = assignment?.files.find((file) => file.field === field);
  return found && { text: strFromU8(found.bytes), isCut: found.isCut, limit: found.limit?.max };
};

describe('what people hand over', () => {
  it('is cut to what the platform takes, and says where it was cut', async () => {
    const html = `<p>${'正文'.repeat(300)}</p>`;
    const parcel: Parcel = { ...samplePost, title: '关于一件很长很长很长很长很长很长的事的说明', html };
    const handed = await assisted.deliver(parcel, settings, tools());
    expect(handed).toMatchObject({
      outcome: 'accepted_pending',
      assignment: { address: 'https://station.example/form', within: 'PT30M' },
    });
    expect(textOf(handed, 'title')).toMatchObject({ isCut: true, limit: 20 });
    const title = textOf(handed, 'title')!.text;
    expect(parcel.title.startsWith(title.replace('…', ''))).toBe(true);
    expect([...title].length).toBeLessThanOrEqual(20);
    const body = textOf(handed, 'body')!;
    expect(body.isCut).toBe(true);
    // No cut leaves a rumor without its answer.
    expect(body.text).toMatch(/^结论：/);
    expect(textOf(handed, 'link')?.text).toBe(parcel.url);
  });
  it('is one archive too, with the same bytes whenever it is made', async () => {
    const parcel: Parcel = { ...samplePost, kind: 'press', rumor: null, cover: picture, files: [picture] };
    const handed = await assisted.deliver(parcel, settings, tools());
    expect(handed.assignment?.within).toBe('PT4H');
    const archive = handed.assignment!.files.at(-1)!;
    expect(archive.mediaType).toBe('application/zip');
    const inside = unzipSync(archive.bytes);
    expect(Object.keys(inside)).toEqual([
      '1-标题.txt',
      '2-摘要.txt',
      '3-正文.txt',
      '3-正文.html',
      '4-原文链接.txt',
      '附件01-图.png',
    ]);
    expect(inside['附件01-图.png']).toEqual(files[hashA]);
    const again = await assisted.deliver({ ...parcel, attemptedAt: '2026-11-24T04:00:00.000Z' }, settings, tools());
    expect(again.assignment!.files.at(-1)!.bytes).toEqual(archive.bytes);
  });
  it('leaves out pictures that the platform does not take, by name', async () => {
    const big = { hash: 'b'.repeat(64), name: '长图.png', bytes: 21 * 2 ** 20, mediaType: 'image/png' };
    const moving = { hash: 'c'.repeat(64), name: '动图.gif', bytes: 4, mediaType: 'image/gif' };
    const handed = await assisted.deliver({ ...samplePost, files: [picture, big, moving] }, settings, tools());
    expect(handed.assignment?.leftOut).toEqual(['长图.png', '动图.gif']);
  });
  it('has the limits of the channel where they differ from the preset', async () => {
    const own = tools({ limits: { ...tools().limits, text: { title: { max: 8, unit: 'characters' } } } });
    expect(textOf(await assisted.deliver(samplePost, settings, own), 'title')).toMatchObject({ limit: 8 });
  });
  it('says of a correction and of a withdrawal what it is', async () => {
    const sent = { parcel: samplePost, receipt: null, notes: {} };
    const amended = await assisted.amend!.hand(samplePost, sent, settings, tools());
    expect(textOf(amended, 'title')?.text).toMatch(/^【更正】/);
    const withdrawing = tools();
    const withdrawn = await assisted.recall!.hand(samplePost, sent, settings, withdrawing);
    expect(textOf(withdrawn, 'body')?.text).toMatch(/^此前发出的内容已撤回/);
    expect(withdrawing.noted).toEqual([{ recalled: 'yes' }]);
  });
});

describe('what people brought back', () => {
  let server: Server | null = null;
  afterEach(() => void server?.close());
  const platform = async (status: number, page: string) => {
    server = createServer((_, response) =>
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    );
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const seen = (host: string, notes = {}) =>
    assisted.watch!(
      { parcel: samplePost, receipt: { remoteId: 'li', url: `http://${host}/1`, receivedAt: noon }, notes },
      settings,
      tools({ allow: [host] }),
    );

  it('is there when its page shows the title, with whatever marks and spaces', async () => {
    const host = await platform(200, '<h1>关于 "存款要缴税" 的说明 （重要）</h1>');
    expect(await seen(host)).toMatchObject({ found: 'present' });
  });
  it('is for a person to look at when the page shows something else', async () => {
    expect(await seen(await platform(200, '<div id="app"></div>'))).toMatchObject({ found: 'unsure' });
  });
  it('is gone when the address is', async () => {
    expect(await seen(await platform(404, 'no'))).toMatchObject({ found: 'gone' });
  });
  it('of a withdrawal is as it should be once it is gone, and not before', async () => {
    expect(await seen(await platform(410, ''), { recalled: 'yes' })).toMatchObject({ found: 'present' });
    server?.close();
    expect(await seen(await platform(200, 'x'), { recalled: 'yes' })).toMatchObject({ found: 'unsure' });
  });
});
