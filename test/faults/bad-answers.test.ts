// What no partner should answer, from every kind of channel that speaks HTTP: named, cut, not followed, and never taken
// for a yes where the platform's yes is a word of its own.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channelKinds, type Channel } from '@tongsheng/contracts';
import { channelTools, hashA, samplePost } from '@tongsheng/test/support';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adapters } from '../../services/delivery/src/channels/index.ts';

type Kind = Channel['kind'];
const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const word = 'a-token-of-some-length';

/** Settings that lead to one address; the kinds that don't speak HTTP have none. */
const settingsAt = (url: string): Record<Kind, object | null> => ({
  webhook: { url, secret },
  news_push: { url, secret },
  wechat: { api: url, appid: 'wx0000000000000001', appSecret: '0'.repeat(32) },
  wechat_mass: { api: url, appid: 'wx0000000000000001', appSecret: '0'.repeat(32) },
  wecom: { server: url, key: word },
  dingtalk: { server: url, token: word, secret: `SEC${word}` },
  feishu: { server: url, token: word, secret: word },
  mastodon: { server: url, token: word },
  weibo: { api: url, web: url, uid: '1000000000000001', accessToken: word, rip: '203.0.113.1', cover: `${url}/c.png` },
  weibo_share: { api: url, web: url, uid: '1000000000000001', accessToken: word, rip: '203.0.113.1' },
  douyin: { api: url, clientKey: word, clientSecret: word, openId: word, refreshToken: word },
  wordpress: { url, username: 'tongsheng', password: word },
  micropub: { endpoint: url, token: word },
  email: null,
  sftp: null,
  ftps: null,
  assisted: null,
});
const kinds = (Object.keys(channelKinds) as Kind[]).filter((kind) => settingsAt('https://a.example')[kind] !== null);
/** Those for which the standard says that any 2xx is a yes, whatever is written beside it. */
const byStatus = new Set<Kind>(['webhook', 'news_push']);

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const parcel = {
  ...samplePost,
  cover: { hash: hashA, name: '封面.png', bytes: png.length, mediaType: 'image/png' },
};
const huge = 50 * 2 ** 20;
let answer: RequestListener = () => {};
let sent = 0;
let called = 0;
let intranet = 0;
let server: Server;
let inside: Server;

const listening = async (listener: RequestListener): Promise<Server> => {
  const made = createServer(listener);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
};
const portOf = (of: Server) => (of.address() as AddressInfo).port;

beforeAll(async () => {
  server = await listening((request, response) => {
    called++;
    request.resume();
    answer(request, response);
  });
  inside = await listening((_, response) => void response.end(String(++intranet)));
});
beforeEach(() => {
  sent = 0;
  called = 0;
  intranet = 0;
});
afterAll(() => {
  for (const each of [server, inside]) {
    each.closeAllConnections();
    each.close();
  }
});

async function deliver(kind: Kind, to = server, allow = [`127.0.0.1:${portOf(to)}`]) {
  const given = settingsAt(`http://127.0.0.1:${portOf(to)}`)[kind];
  const settings = channelKinds[kind].settings.parse(given) as Channel['settings'];
  return adapters[kind].deliver(parcel, settings, channelTools(kind, { allow, files: { [hashA]: png } }));
}

describe.each(kinds)('%s', (kind) => {
  it('reads no more of an answer of 50 MB than it needs, and hangs up', async () => {
    const ended = Promise.withResolvers<void>();
    answer = ({ socket }, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': huge });
      const pour = () => {
        while (!socket.destroyed && sent < huge) {
          sent += 2 ** 16;
          if (!response.write(Buffer.alloc(2 ** 16, '{"a":'))) return void response.once('drain', pour);
        }
      };
      socket.once('close', () => ended.resolve());
      pour();
    };
    const handed = await deliver(kind);
    await ended.promise;
    expect(sent).toBeLessThan(huge / 2);
    expect(handed.outcome === 'confirmed').toBe(byStatus.has(kind));
  });
  it('takes a page for no yes, and says what came instead', async () => {
    answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>维护中</html>');
    const handed = await deliver(kind);
    expect(handed.outcome === 'confirmed').toBe(byStatus.has(kind));
    expect(handed.detail).not.toBe('');
  });
  it('does not go where it is redirected to, and says so', async () => {
    answer = (_, response) =>
      void response.writeHead(302, { location: `http://127.0.0.1:${portOf(inside)}/latest/meta-data/` }).end();
    const { outcome, detail } = await deliver(kind);
    expect(outcome).not.toBe('confirmed');
    expect(detail).toContain('302');
    expect(intranet).toBe(0);
  });
  it('speaks to nobody inside who was not allowed', async () => {
    const { outcome, detail } = await deliver(kind, inside, []);
    expect(['not_sent', 'rejected_permanent']).toContain(outcome);
    expect(detail).toContain('127.0.0.1');
    expect(intranet).toBe(0);
  });
});

// The others say it in words of their own, which the fakes of their platforms know and their own tests go through.
it.each<Kind>(['webhook', 'news_push', 'mastodon', 'wordpress', 'micropub'])(
  '%s that refuses the login is asked no second time, and is known by that',
  async (kind) => {
    answer = (_, response) => void response.writeHead(401).end('{"message":"unauthorized"}');
    const handed = await deliver(kind);
    expect(handed.trouble).toBe('credential');
    expect(called).toBe(1);
  },
);
