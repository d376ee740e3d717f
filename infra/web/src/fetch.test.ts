import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { safeFetch, type FetchOptions } from './fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A site on the loopback, which the guard lets through for this test alone. */
async function site(answer: RequestListener) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const allow = [`127.0.0.1:${port}`];
  return {
    port,
    get: (path = '/', options: FetchOptions = {}) =>
      safeFetch(`http://127.0.0.1:${port}${path}`, { allow, ...options }),
  };
}

describe('a page', () => {
  it('comes with its validators, and is asked for with them', async () => {
    const asked: IncomingMessage['headers'][] = [];
    const { get } = await site(({ headers }, response) => {
      asked.push(headers);
      response.setHeader('etag', '"1"').setHeader('last-modified', 'Mon, 23 Nov 2026 04:00:00 GMT');
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.end('正文');
    });
    const first = await get();
    expect(first).toMatchObject({ ok: true, notModified: false, etag: '"1"', bytes: Buffer.from('正文') });
    const again = await get('/', { etag: '"1"', lastModified: 'Mon, 23 Nov 2026 04:00:00 GMT' });
    expect(again).toMatchObject({ ok: true, notModified: true });
    expect(asked[1]).toMatchObject({ 'if-none-match': '"1"', 'if-modified-since': 'Mon, 23 Nov 2026 04:00:00 GMT' });
  });
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('may be packed by %s', async (encoding, pack) => {
    const { get } = await site((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('正文')),
    );
    expect(await get()).toMatchObject({ ok: true, bytes: Buffer.from('正文') });
  });
  it('says where it was found after redirects', async () => {
    const { get, port } = await site(({ url }, response) =>
      url === '/' ? response.writeHead(302, { location: '/there' }).end() : response.end('x'),
    );
    expect(await get()).toMatchObject({ ok: true, url: `http://127.0.0.1:${port}/there` });
  });
});

describe('trouble is a value:', () => {
  const troubles: [name: string, code: string, answer: RequestListener, options?: FetchOptions][] = [
    ['a body beyond the limit', 'too_large', (_, response) => response.end('x'.repeat(2_000)), { maxBytes: 1_000 }],
    [
      'a small body that unpacks to a large one',
      'too_large',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
      { maxBytes: 1_000_000 },
    ],
    ['a loop of redirects', 'too_many_redirects', (_, response) => response.writeHead(302, { location: '/' }).end()],
    [
      'a redirect to another scheme',
      'redirect_refused',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    ],
    [
      'a redirect with a password',
      'redirect_refused',
      ({ headers }, response) => response.writeHead(302, { location: `http://a:b@${headers.host}/` }).end(),
    ],
    [
      'a redirect inside',
      'address_refused',
      (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ],
    [
      'an unknown packing',
      'bad_encoding',
      (_, response) => response.writeHead(200, { 'content-encoding': 'zip' }).end('x'),
    ],
    [
      'a broken packing',
      'bad_encoding',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    ],
    [
      'a packing that was cut',
      'bad_encoding',
      (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('正文'.repeat(999)).subarray(0, 40)),
    ],
    ['a slow drip', 'timeout', (_, response) => drip(response), { totalMs: 300 }],
    ['silence', 'timeout', () => {}, { headersMs: 200, totalMs: 2_000 }],
    ['a line that breaks', 'connection_lost', ({ socket }) => socket.destroy()],
    [
      'a body that is shorter than announced',
      'connection_lost',
      ({ socket }, response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('x', () => socket.destroy()),
    ],
  ];
  it.each(troubles)('%s is %s', async (_, code, answer, options) => {
    const { get } = await site(answer);
    expect(await get('/', options)).toMatchObject({ ok: false, code });
  });

  it('an error status comes with how long to wait', async () => {
    const { get } = await site((_, response) => response.writeHead(503, { 'retry-after': '7' }).end('x'));
    expect(await get()).toMatchObject({ ok: false, code: 'http_error', answer: { status: 503 }, retryAfterSeconds: 7 });
  });
  it('an address that is none, and one that may not be asked', async () => {
    expect(await safeFetch('not an address')).toMatchObject({ ok: false, code: 'bad_url' });
    expect(await safeFetch('ftp://a.example/')).toMatchObject({ ok: false, code: 'bad_url' });
    expect(await safeFetch('http://127.0.0.1/')).toMatchObject({ ok: false, code: 'address_refused' });
    expect(await safeFetch('http://2130706433/')).toMatchObject({ ok: false, code: 'address_refused' });
  });
  it('a name that turns inward after it was checked is not followed there', async () => {
    let asked = 0;
    const lookup = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '8.8.8.8', family: 4 }];
    expect(await safeFetch('http://rebind.example/', { lookup })).toMatchObject({ ok: false, code: 'address_refused' });
  });
  it('a name that nobody knows', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(await safeFetch('http://nobody.example/', { lookup })).toMatchObject({ ok: false, code: 'dns_failed' });
  });
});

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 50);
  response.once('close', () => clearInterval(timer));
}
