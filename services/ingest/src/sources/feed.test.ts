import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Source } from '@tongsheng/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { readSource } from './index.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const source: Source = {
  sourceId: 'gov',
  name: '门户',
  level: 'province-portal',
  kind: 'feed',
  url: 'http://127.0.0.1/',
  column: '文件',
  zone: 'Asia/Urumqi',
  pollSeconds: 60,
  fullText: false,
  also: [],
  paused: false,
};
const item = '<item><title>公告</title><link>/1.html</link><pubDate>2026-11-23 12:00</pubDate></item>';

async function look(
  answer: RequestListener,
  marks: { etag: string | null; lastModified: string | null } | null = null,
) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/feed.xml`;
  return readSource({ ...source, url }, { allow: [`127.0.0.1:${port}`], marks });
}

describe('a look at a feed', () => {
  it('brings its entries in the source’s zone, and its validators', async () => {
    const read = await look((_, response) => {
      response.writeHead(200, { etag: '"7"' }).end(`<rss><channel>${item}</channel></rss>`);
    });
    expect(read).toMatchObject({ kind: 'read', marks: { etag: '"7"', lastModified: null }, trouble: null });
    const [entry] = read.kind === 'read' ? read.entries : [];
    expect(entry).toMatchObject({ title: '公告', published: { at: '2026-11-23T06:00:00.000Z', precision: 'minute' } });
    expect(entry!.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/1\.html$/);
  });
  it('asks with what it was given, and brings nothing when nothing is new', async () => {
    const answer: RequestListener = ({ headers }, response) =>
      void response.writeHead(headers['if-none-match'] === '"7"' ? 304 : 500).end();
    expect(await look(answer, { etag: '"7"', lastModified: null })).toEqual({ kind: 'unchanged' });
  });
  it('names what is wrong with the way, and with the document', async () => {
    expect(await look((_, response) => response.writeHead(503).end())).toEqual({
      kind: 'trouble',
      code: 'http_error',
      detail: 'HTTP 503',
    });
    expect(await look((_, response) => response.end('<html>维护中</html>'))).toMatchObject({ code: 'not_a_feed' });
    expect(await readSource(source, { allow: [], marks: null })).toMatchObject({
      kind: 'trouble',
      code: 'address_refused',
    });
  });
  it('brings what is whole of a document that was cut, and says so', async () => {
    expect(await look((_, response) => response.end(`<rss><channel>${item}<item><title>半`))).toMatchObject({
      kind: 'read',
      entries: [{ title: '公告' }],
      trouble: { code: 'truncated' },
    });
  });
});
