import type { PublicDocument } from '@tongsheng/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { PublicIndex } from './public-index.ts';
import { withdrawnDocument } from '@tongsheng/pages';
import { FormTokens } from './form-token.ts';
import { IntakeAway } from './intake.ts';
import { createSite } from './site.ts';
import { TextUnavailable } from './texts.ts';
import { Topics } from './topics.ts';

const [fileHash, attachmentHash] = ['b'.repeat(64), 'c'.repeat(64)];
const documents = new Map<number, PublicDocument>();
let site: ReturnType<typeof createSite>;
let index: PublicIndex;
let away = false;
/** How often a text was read. */
let read = 0;

const put = (n: number): void => void documents.set(n, make(n));

function make(n: number): PublicDocument {
  return {
    documentId: `d${n}`,
    site: 'province',
    siteName: '某省税务局',
    kind: 'repost',
    column: '税收政策',
    title: `第${n}号公告`,
    summary: '',
    html: '<p>正文</p>',
    url: `https://portal.example/province/repost/d${n}`,
    source: {
      name: '国家税务总局',
      link: 'https://upstream.example/1.html',
      publication: { at: '2026-11-20T01:30:00.000Z', precision: 'minute', text: null },
      firstSeenAt: '2026-11-20T01:31:00.000Z',
    },
    files: [
      { hash: fileHash, name: '图1', bytes: 3, mediaType: 'image/png' },
      { hash: attachmentHash, name: '申请表', bytes: 3, mediaType: 'application/pdf' },
    ],
    verdict: null,
    postedAt: new Date(Date.UTC(2026, 10, 23, 0, n)).toISOString(),
    version: 1,
    contentHash: 'a'.repeat(64),
  };
}

beforeEach(() => {
  documents.clear();
  away = false;
  for (let n = 1; n <= 45; n++) put(n);
  index = new PublicIndex();
  for (const [position, document] of documents) index.add(document, position);
  const texts = {
    read: async (position: number) => {
      read++;
      if (away) throw new TextUnavailable('away');
      return documents.get(position)!;
    },
  };
  const files = { read: async () => ({ bytes: Buffer.from('png'), intact: true }) };
  const topics = new Topics({ index, texts, baseUrl: 'https://portal.example' });
  const hub = { ask: async () => ({ status: 503 as const, text: 'closed' }) };
  const shut = () => Promise.reject(new IntakeAway('not in this test'));
  const intake = { report: shut, answer: shut, figures: shut };
  const corrections = {
    baseUrl: 'https://portal.example',
    intake,
    tokens: new FormTokens('k'.repeat(16), 3_000),
    now: () => 0,
  };
  site = createSite({ index, texts, files, topics, hub, complete: () => true, corrections });
});

const get = (url: string, headers: Record<string, string> = {}) => site.inject({ url, headers });

describe('the portal', () => {
  it('shows a repost with its source, the link to it, and its original date', async () => {
    const { statusCode, body } = await get('/province/repost/d7');
    expect(statusCode).toBe(200);
    for (const part of ['第7号公告', '国家税务总局', 'https://upstream.example/1.html', '2026-11-20 09:30'])
      expect(body).toContain(part);
  });

  it('serves the files of a public page under it, pictures to be seen and the rest to be taken, and no others', async () => {
    const picture = await get(`/province/repost/d7/files/${fileHash}`);
    expect([picture.statusCode, picture.headers['content-type'], picture.body]).toEqual([200, 'image/png', 'png']);
    const attachment = await get(`/province/repost/d7/files/${attachmentHash}`);
    expect(attachment.headers['content-type']).toBe('application/octet-stream');
    expect(attachment.headers['content-disposition']).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent('申请表.pdf')}`,
    );
    for (const path of [`/province/repost/d7/files/${'d'.repeat(64)}`, `/province/repost/nobody/files/${fileHash}`])
      expect((await get(path)).statusCode).toBe(404);
  });

  it('lists a site newest first, a page at a time', async () => {
    const first = await get('/province');
    expect(first.body.indexOf('第45号公告')).toBeLessThan(first.body.indexOf('第44号公告'));
    expect(first.body).not.toContain('>第1号公告<');
    expect((await get('/province?page=3')).body).toContain('>第1号公告<');
    expect((await get('/')).body).toContain('某省税务局');
  });

  it('has a front page that stays short when a whole country publishes', async () => {
    for (let n = 1; n <= 100; n++) {
      const [name, documentId] = [`第${n}号税务局`, `of-${n}`];
      index.add({ ...make(n), site: `city-${n}`, siteName: name, documentId, title: `${name}的通告` }, 100 + n);
    }
    const { body } = await get('/');
    expect(body).toContain('>第1号税务局</a>（1）');
    expect(body).toContain('第100号税务局 · 国家税务总局');
    expect(body).toContain('第100号税务局的通告');
    expect(body).not.toContain('第1号税务局的通告');
  });

  it('writes a page once for all who read it, and anew when what it shows changed', async () => {
    const before = read;
    const [first, again] = [await get('/province/feed.rss'), await get('/province/feed.rss')];
    expect(again.body).toBe(first.body);
    expect(read - before).toBe(45);
    const paths = ['/', '/province', '/province/feed.rss', '/feed.json'];
    for (const path of paths) expect((await get(path)).body).not.toContain('第46号公告');
    put(46);
    index.add(documents.get(46)!, 46);
    for (const path of paths) expect((await get(path)).body).toContain('第46号公告');
    index.add(withdrawnDocument(make(46), make(46).postedAt), 47);
    for (const path of paths) expect((await get(path)).body).not.toContain('第46号公告');
  });

  it('gathers what was rebutted, of all sites, with the claim and the verdict', async () => {
    expect((await get('/rebuttals')).body).toContain('目前没有辟谣信息');
    const rumor = { claim: '存款要缴税', link: null };
    const rebuttal: PublicDocument = { ...documents.get(1)!, kind: 'rebuttal', source: null, verdict: 'false', rumor };
    index.add({ ...rebuttal, documentId: 'r1', title: '不实！' }, 100);
    const { body } = await get('/rebuttals');
    for (const part of ['不实！', '网传：存款要缴税', '/province/rebuttal/r1']) expect(body).toContain(part);
    expect(body).not.toContain('第1号公告');
    expect((await get('/')).body).toContain('href="/rebuttals"');
  });

  it.each([
    ['/feed.rss', 'application/rss+xml'],
    ['/province/feed.atom', 'application/atom+xml'],
    ['/province/feed.json', 'application/feed+json'],
  ])('serves %s', async (path, type) => {
    const { headers, body } = await get(path);
    expect(headers['content-type']).toContain(type);
    expect(body).toContain('第45号公告');
  });

  it('says 304 to who has it already', async () => {
    const { headers } = await get('/province/repost/d7');
    expect((await get('/province/repost/d7', { 'if-none-match': String(headers.etag) })).statusCode).toBe(304);
  });

  it.each(['/nowhere', '/province/repost/nothing', '/province/press/d7', '/province/feed.exe', '/feed.constructor'])(
    'says 404 to %s, on a page for people',
    async (path) => {
      const { statusCode, body } = await get(path);
      expect(statusCode).toBe(404);
      expect(body).toContain('没有找到这个页面');
    },
  );

  describe('of a page that was taken back', () => {
    const withdrawnAt = '2026-11-24T01:30:00.000Z';
    const takeBack = (n: number) => index.add(withdrawnDocument(make(n), withdrawnAt), 100 + n);
    beforeEach(() => takeBack(44));

    it('says 410 at its address and when it went, in two languages, and not what it was', async () => {
      const { statusCode, body } = await get('/province/repost/d44');
      expect(statusCode).toBe(410);
      for (const words of ['来源已撤回原文', '2026-11-24 09:30', 'The source has withdrawn the original.', 'lang="en"'])
        expect(body).toContain(words);
      for (const words of ['第44号公告', '正文</p>', 'upstream.example']) expect(body).not.toContain(words);
      expect((await get(`/province/repost/d44/files/${fileHash}`)).statusCode).toBe(404);
    });

    it('says why, where the public is told', async () => {
      index.add(withdrawnDocument(make(43), withdrawnAt, '数据 < 有误'), 143);
      expect((await get('/province/repost/d43')).body).toContain('原因：数据 &lt; 有误');
    });

    it('lists nothing, and tells readers of feeds to let it go', async () => {
      for (const path of ['/', '/province', '/feed.rss', '/province/feed.atom', '/province/feed.json'])
        expect((await get(path)).body).not.toContain('第44号公告');
      for (const path of ['/feed.atom', '/province/feed.atom'])
        expect((await get(path)).body).toContain(`ref="${make(44).url}" when="${withdrawnAt}"`);
    });

    it('has it again when it is public again, and is not shaken by what it was told before', async () => {
      index.add(make(44), 44);
      expect((await get('/province/repost/d44')).statusCode).toBe(410);
      index.add(make(44), 244);
      documents.set(244, make(44));
      expect((await get('/province/repost/d44')).statusCode).toBe(200);
      expect((await get('/province/feed.atom')).body).not.toContain('deleted-entry');
    });
  });

  it('says 503 and when to come again while the stream can not be read; lists go on', async () => {
    away = true;
    const { statusCode, headers } = await get('/province/repost/d7');
    expect(statusCode).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect((await get('/province')).statusCode).toBe(200);
  });

  it('says on every page and file that a reader can get to that nothing in it acts', async () => {
    const seen = new Set<string>();
    const waiting = ['/', '/robots.txt', '/health', '/no/such/page', '/feed.atom'];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path) || seen.size >= 200) continue;
      seen.add(path);
      const { headers, body } = await get(path);
      expect({ path, ...headers }).toMatchObject({
        'content-security-policy': expect.stringMatching(/default-src 'none'.*base-uri 'none'|sandbox/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      });
      if (!headers['content-type']?.toString().startsWith('text/html')) continue;
      const acting = body
        .replaceAll('<script type="application/ld+json">', '')
        .match(/<script|<style|<base|\son\w+=|\sstyle=/gi);
      expect({ path, acting }).toEqual({ path, acting: null });
      for (const [, link = ''] of body.matchAll(/(?:href|src)="([^"]+)"/g)) {
        const url = new URL(link.replaceAll('&amp;', '&'), 'https://portal.example');
        if (url.origin === 'https://portal.example') waiting.push(`${url.pathname}${url.search}`);
      }
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it('has no script, no cookie, and nothing that may be framed', async () => {
    const { headers, body } = await get('/province/repost/d7');
    // What machines read is data; no browser runs it.
    expect(body.replace('<script type="application/ld+json">', '')).not.toMatch(/<script/i);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});
