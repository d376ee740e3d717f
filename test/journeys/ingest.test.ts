import { createHmac } from 'node:crypto';
import { BusClient, connectBus, decodeAnswer, EvidenceStore, type Bus } from '@tongsheng/bus';
import type { AnyEvent, Detector, ItemEvent, Source, SourcePreview, SourceStatus } from '@tongsheng/contracts';
import {
  bodyOf,
  readLog,
  sampleRule,
  sampleSource,
  startSite,
  startSystem,
  twice,
  until,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let site: Site;
let system: System;
let bus: Bus;
let client: BusClient;

const services = ['registry', 'ingest', 'reposts', 'portal'] as const;
beforeAll(async () => {
  site = await startSite();
  const moments = Array.from({ length: 100 }, (_, i) => `PT${i * 3}S`).join(',');
  system = await startSystem({
    services,
    samples: false,
    environment: { WEB_ALLOW: `127.0.0.1:${site.port}`, FOLLOW_UP: moments, FOLLOW_UP_PATIENCE: 'PT2S' },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  const head = { id: 'rule', at: new Date().toISOString(), actor: { kind: 'service', id: 'test' } } as const;
  await client.command('registry', { type: 'rule.register', ...head, rule: sampleRule('all', ['province']) } as never);
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

let count = 0;
async function register(detector: Detector, more: Partial<Source> = {}): Promise<string> {
  const sourceId = more.sourceId ?? `source-${++count}`;
  const source = sampleSource(sourceId, detector.url, { ...detector, ...more });
  const head = {
    id: `register/${++count}`,
    at: new Date().toISOString(),
    actor: { kind: 'service', id: 'test' },
  } as const;
  await client.command('registry', { type: 'source.register', ...head, source } as never);
  return sourceId;
}

const eventsOf = async (sourceId: string): Promise<AnyEvent[]> =>
  (await readLog(bus))
    .flatMap(({ events }) => events)
    .filter((event) => 'sourceId' in event && event.sourceId === sourceId);
const of = async <T extends AnyEvent['type']>(sourceId: string, type: T) =>
  (await eventsOf(sourceId)).filter((event): event is Extract<AnyEvent, { type: T }> => event.type === type);
const published = (sourceId: string) => of(sourceId, 'item.published');
const arrived = (sourceId: string, number: number) =>
  until(async () => {
    const items = await published(sourceId);
    expect(items).toHaveLength(number);
    return items;
  });

const listOf = (...rows: { path: string; title: string; date: string }[]) =>
  `<html><head><title>税收政策</title></head><body><div class="nav"><a href="/">首页</a><a href="/zc/">税收政策库和解读</a></div>
   <ul class="list">${rows.map(({ path, title, date }) => `<li><a href="${path}">${title}</a><span>${date}</span></li>`).join('')}</ul></body></html>`;
/** Each document has a number of its own, from 84 on. */
const numbers = new Map<string, number>();
const numberOf = (title: string) => numbers.get(title) ?? numbers.set(title, 84 + numbers.size).get(title);
const pageOf = (title: string, text: string, more = '') =>
  `<html><head><title>${title}_国家税务总局</title><meta name="ArticleTitle" content="${title}"><meta name="PubDate" content="2026-11-20 09:30">
   <meta name="ContentSource" content="办公厅"></head><body><h1>${title}</h1><div id="fontzoom"><p>税总发〔2026〕${numberOf(title)}号</p><p>${text}</p>${more}</div></body></html>`;
const rssOf = (...items: { id: string; title: string; link: string; date?: string }[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${site.url}</link>${items
    .map(({ id, title, link, date = '2026-11-20 09:30' }) => {
      return `<item><guid isPermaLink="false">${id}</guid><title>${title}</title><link>${link}</link><pubDate>${date}</pubDate><description>${title}的内容</description></item>`;
    })
    .join('')}</channel></rss>`;
const long =
  '为进一步优化纳税服务，现就有关事项公告如下：纳税人可以通过电子税务局办理相关业务，各级税务机关应当做好宣传辅导。';

describe('a list page', () => {
  let sourceId: string;
  const rows = ['甲', '乙', '丙', '丁', '戊'].map((name, i) => ({
    path: `/list/${i}.html`,
    title: `国家税务总局关于${name}类事项的公告`,
    date: `2026-11-1${i}`,
  }));
  beforeAll(async () => {
    site.put('/list/', listOf(...rows));
    for (const { path, title } of rows)
      site.put(path, pageOf(title, long, '<p><a href="/list/附件1.docx">附件1</a></p>'));
    site.put('/list/%E9%99%84%E4%BB%B61.docx', Buffer.from('PK\u0003\u0004 not really'));
    sourceId = await register({ kind: 'list', url: `${site.url}/list/`, selectors: { row: 'ul.list > li' } });
  });

  it('brings each of its rows once, with the text, number, date and attachments of its own page', async () => {
    const items = await arrived(sourceId, rows.length);
    const first = items.find(({ title }) => title.includes('甲'))!;
    expect(first).toMatchObject({
      detector: 'list',
      documentNumber: '税总发〔2026〕84号',
      author: '办公厅',
      publication: { at: '2026-11-20T01:30:00.000Z', precision: 'minute' },
      attachments: [{ name: '附件1' }],
    });
    expect(first.html).toContain('优化纳税服务');
  });

  it('is proven: what the server answered lies in the object store, as the log names it', async () => {
    const [first] = await published(sourceId);
    const { evidence } = first!;
    expect(evidence).toMatchObject({ status: 200, url: first!.link });
    const kept = await new EvidenceStore(bus).read(evidence!.snapshot);
    expect(kept?.intact).toBe(true);
    const answer = decodeAnswer(kept!.bytes);
    expect(answer.headers).toContainEqual({ name: 'content-type', value: 'text/html; charset=utf-8' });
    expect(Buffer.from(answer.body).toString()).toContain(first!.title);
    expect(answer.body.length).toBe(evidence!.bytes);
  });

  it('brings what is put in late, and behind older ones, once', async () => {
    const late = { path: '/list/late.html', title: '国家税务总局关于补发事项的公告', date: '2025-01-02' };
    site.put(late.path, pageOf(late.title, long));
    site.put('/list/', listOf(rows[0]!, rows[1]!, late, rows[2]!, rows[3]!, rows[4]!));
    await arrived(sourceId, rows.length + 1);
  });

  it('is read to the end of a burst that pushed everything known to further pages', async () => {
    const burst = Array.from({ length: 8 }, (_, i) => ({
      path: `/list/b${i}.html`,
      title: `关于第${i}批次事项的公告`,
      date: '2026-11-21',
    }));
    for (const { path, title } of burst) site.put(path, pageOf(title, long));
    site.put(
      '/list/',
      listOf(...burst.slice(0, 4), rows[4]!)
        .replace(/<li><a href="\/list\/4.*?<\/li>/, '')
        .replace('</ul>', '</ul><a href="/list/p2.html">下一页</a>'),
    );
    // A further page that can't be had now is read at a later look.
    await until(async () => {
      const failed = await of(sourceId, 'source.failed');
      expect(failed.map(({ code }) => code)).toContain('http_error');
    });
    expect(await published(sourceId)).toHaveLength(rows.length + 1 + 4);
    site.put('/list/p2.html', listOf(...burst.slice(4), ...rows));
    await arrived(sourceId, rows.length + 1 + burst.length);
  });

  it('that has lost its rows is a failure with a name and what was received, never “nothing new”', async () => {
    site.put('/list/', '<html><body><div id="new-design">改版了</div></body></html>');
    const [failed] = await until(async () => {
      const events = await of(sourceId, 'source.failed');
      expect(events.map(({ code }) => code)).toContain('no_rows');
      return events.filter(({ code }) => code === 'no_rows');
    });
    const kept = await new EvidenceStore(bus).read(failed!.evidence!.snapshot);
    expect(Buffer.from(decodeAnswer(kept!.bytes).body).toString()).toContain('改版了');
  });
});

describe('two detectors of one source', () => {
  it('bring each document once, and say what one of them lacks', async () => {
    const entry = (i: number) => ({
      id: `c${i}`,
      title: `关于第${i}项政策的通知全文`,
      link: `${site.url}/two/${i}.html?utm_source=rss`,
    });
    const row = (i: number) => ({ path: `/two/${i}.html`, title: `关于第${i}项政策的通知全文`, date: `2026-11-1${i}` });
    for (const i of [1, 2, 3, 4]) site.put(`/two/${i}.html`, pageOf(`关于第${i}项政策的通知全文`, long));
    site.put('/two/feed.xml', rssOf(entry(3), entry(2), entry(1)));
    site.put('/two/', listOf(row(3), row(2), row(1)));
    const list = { kind: 'list' as const, url: `${site.url}/two/`, selectors: { row: 'ul.list li' } };
    const sourceId = await register({ kind: 'feed', url: `${site.url}/two/feed.xml` }, { also: [list] });
    await arrived(sourceId, 3);
    site.put('/two/', listOf(row(4), row(3), row(2), row(1)));
    await arrived(sourceId, 4);
    await until(async () => {
      const [said] = await of(sourceId, 'source.disagreed');
      expect(said).toMatchObject({
        detector: `${site.url}/two/feed.xml`,
        missing: [{ title: '关于第4项政策的通知全文' }],
      });
    });
    site.put('/two/feed.xml', rssOf(entry(4), entry(3), entry(2), entry(1)));
    await until(async () => expect(await of(sourceId, 'source.agreed')).toHaveLength(1));
    expect(await published(sourceId)).toHaveLength(4);
    expect(await of(sourceId, 'item.revised')).toEqual([]);
  });
});

describe('an item under obligation', () => {
  const title = '国家税务总局关于办税便利化的公告';
  let sourceId: string;
  let itemId: string;
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const page = (text: string) =>
    pageOf(title, text, '<p><img src="chart.png"><a href="form.pdf">附件：申请表.pdf</a></p>');
  beforeAll(async () => {
    site.put('/own/', listOf({ path: '/own/1.html', title, date: '2026-11-20' }));
    site.put('/own/1.html', page(long));
    site.put('/own/chart.png', png);
    site.put('/own/form.pdf', Buffer.from('%PDF-1.4\n%âãÏÓ\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF'));
    sourceId = await register({ kind: 'list', url: `${site.url}/own/`, selectors: { row: 'ul.list li' } });
    itemId = (await arrived(sourceId, 1))[0]!.itemId;
  });

  it('has its images and attachments kept, by what they are', async () => {
    const [kept] = await until(async () => {
      const events = await of(sourceId, 'item.files_kept');
      expect(events).toHaveLength(1);
      return events;
    });
    expect(kept!.files).toMatchObject([
      { name: '附件：申请表.pdf', mediaType: 'application/pdf' },
      { mediaType: 'image/png', bytes: png.length },
    ]);
    const image = await new EvidenceStore(bus).read(kept!.files[1]!.hash);
    expect(Buffer.from(image!.bytes).equals(png)).toBe(true);
  });

  it('is shown by the site that reposts it with our own copies, also when upstream has taken its files away', async () => {
    const queued = (await readLog(bus))
      .flatMap(({ events }) => events)
      .find((event) => event.type === 'repost.queued' && event.itemId === itemId);
    if (queued?.type !== 'repost.queued') throw new Error('nobody owes it');
    const { taskId, site: owner, contentHash } = queued;
    const head = {
      id: 'approve/1',
      at: new Date().toISOString(),
      actor: { kind: 'person', id: 'editor', name: '李编辑' },
    } as const;
    await client.command('repost', {
      type: 'repost.approve',
      ...head,
      taskId,
      site: owner,
      seenHash: contentHash,
      roles: ['editor'],
    } as never);
    site.remove('/own/chart.png');
    const page = `${system.portalUrl}/${owner}/repost/${taskId}`;
    const html = await until(async () => {
      const response = await fetch(page);
      expect(response.status).toBe(200);
      return response.text();
    });
    const [, address = ''] = /<img[^>]* src="([^"]+)"/.exec(html) ?? [];
    expect(address).toMatch(/\/files\/[0-9a-f]{64}$/);
    const picture = await fetch(address);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).equals(png)).toBe(true);
    site.put('/own/chart.png', png);
  });

  it('gets a new version when its page is edited; the one before stays', async () => {
    site.put('/own/1.html', page(long.replace('优化', '持续优化')));
    const [revised] = await until(async () => {
      const events = await of(sourceId, 'item.revised');
      expect(events).toHaveLength(1);
      return events;
    });
    expect(revised).toMatchObject({ itemId, version: 2, title });
    expect(revised!.html).toContain('持续优化');
    expect((await published(sourceId))[0]!.html).not.toContain('持续优化');
  });

  it('is withdrawn upstream only after a second look, and is back when its page is', async () => {
    site.remove('/own/1.html');
    const [withdrawn] = await until(async () => {
      const events = await of(sourceId, 'item.withdrawn');
      expect(events).toHaveLength(1);
      return events;
    });
    expect(withdrawn).toMatchObject({ itemId, reason: 'gone', detail: 'HTTP 404', evidence: { status: 404 } });
    expect(await of(sourceId, 'item.missing')).toHaveLength(1);
    expect(Date.parse(withdrawn!.withdrawnAt) - Date.parse(withdrawn!.missingSince)).toBeGreaterThanOrEqual(2_000);
    site.put('/own/1.html', page(long.replace('优化', '持续优化')));
    await until(async () => expect(await of(sourceId, 'item.returned')).toHaveLength(1));
    expect(await of(sourceId, 'item.revised')).toHaveLength(1);
  });

  it('of a feed gets a version when its page is edited, and the feed does not turn it back', async () => {
    const entry = { id: 'f1', title: '关于年度汇算的公告全文', link: `${site.url}/feedpage/1.html` };
    site.put('/feedpage/1.html', pageOf(entry.title, long));
    site.put('/feedpage/feed.xml', rssOf(entry));
    const source = await register({ kind: 'feed', url: `${site.url}/feedpage/feed.xml` });
    await until(async () => expect(await of(source, 'item.page_seen')).toHaveLength(1));
    site.put('/feedpage/1.html', pageOf(entry.title, `${long}自发布之日起施行。`));
    await until(async () => expect(await of(source, 'item.revised')).toHaveLength(1));
    // A feed that changes elsewhere says of this entry what it always said.
    site.put(
      '/feedpage/feed.xml',
      rssOf({ id: 'f2', title: '关于另一事项的公告', link: `${site.url}/feedpage/2.html` }, entry),
    );
    await arrived(source, 2);
    const [revised, ...more] = await of(source, 'item.revised');
    expect(revised!.html).toContain('自发布之日起施行');
    expect(more).toEqual([]);
  });
});

describe('sources that speak up by themselves', () => {
  it('a webhook is believed when it is signed and fresh, and its item arrives once', async () => {
    const secret = `whsec_${Buffer.from('a shared secret of 24 byte').toString('base64')}`;
    const sourceId = await register({ kind: 'webhook', url: `${site.url}/hook/`, secret });
    const item = {
      id: 'w1',
      url: `${site.url}/hook/1.html`,
      title: '关于推送的公告',
      content_html: `<p>${long}</p>`,
      date_published: '2026-11-20T09:30:00+08:00',
    };
    const body = JSON.stringify({ type: 'item.published', timestamp: new Date().toISOString(), data: item });
    const send = async (id: string, sign: Webhook, when = new Date()) => {
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(when.getTime() / 1_000)),
        'webhook-signature': sign.sign(id, when, body),
      };
      return (await fetch(`${system.ingestUrl}/hooks/${sourceId}`, { method: 'POST', headers, body })).status;
    };
    await until(async () => expect(await send('m1', new Webhook(secret))).toBe(202));
    expect(await send('m1', new Webhook(secret))).toBe(202);
    expect(await send('m2', new Webhook(Buffer.from('another secret').toString('base64')))).toBe(401);
    expect(await send('m3', new Webhook(secret), new Date(Date.now() - 3_600_000))).toBe(401);
    const [event] = await arrived(sourceId, 1);
    expect(event).toMatchObject({
      title: item.title,
      detector: 'webhook',
      publication: { at: '2026-11-20T01:30:00.000Z' },
    });
    const rejected = (await of(sourceId, 'source.entry_rejected')).map(({ code }) => code);
    expect(rejected.sort()).toEqual(['stale_timestamp', 'wrong_signature']);
  });

  it('a hub is asked, verified and believed when it signs; what nobody signed is nothing', async () => {
    const topic = `${site.url}/hub/feed.xml`;
    const entry = (i: number) => ({
      id: `h${i}`,
      title: `关于推送第${i}号事项的通知`,
      link: `${site.url}/hub/${i}.html`,
    });
    const feed = (...numbers: number[]) =>
      rssOf(...numbers.map(entry)).replace(
        '<channel>',
        `<channel><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="${site.url}/hub/hub"/><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="${topic}"/>`,
      );
    const asked = Promise.withResolvers<URLSearchParams>();
    site.put('/hub/hub', (request, response) => {
      void bodyOf(request).then((body) => {
        response.writeHead(202).end();
        asked.resolve(new URLSearchParams(body.toString()));
      });
    });
    site.put('/hub/feed.xml', feed(1));
    const sourceId = await register({ kind: 'feed', url: topic }, { pollSeconds: 3_600 });
    const form = await asked.promise;
    expect(form.get('hub.topic')).toBe(topic);
    const callback = form.get('hub.callback')!;
    const verify = (mode: string, of: string) =>
      fetch(
        `${callback}?${new URLSearchParams({ 'hub.mode': mode, 'hub.topic': of, 'hub.challenge': 'abc', 'hub.lease_seconds': '3600' })}`,
      );
    expect((await verify('subscribe', 'https://other.example/')).status).toBe(404);
    const verified = await verify('subscribe', topic);
    expect([verified.status, await verified.text()]).toEqual([200, 'abc']);
    expect((await verify('unsubscribe', topic)).status).toBe(404);

    const push = (numbers: number[], secret: string) => {
      const body = feed(...numbers);
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      return fetch(callback, {
        method: 'POST',
        headers: { 'x-hub-signature': `sha256=${signature}`, 'content-type': 'application/rss+xml' },
        body,
      });
    };
    expect((await push([9], 'not the secret')).status).toBe(202);
    expect((await push([2], form.get('hub.secret')!)).status).toBe(202);
    const items = await arrived(sourceId, 2);
    expect(items.map(({ title }) => title)).not.toContain(entry(9).title);
    const status = (await client.ask('source.status', { sourceId })) as SourceStatus;
    expect(status.detectors[0]!.websub).toMatchObject({ state: 'active', pushes: 1, hub: `${site.url}/hub/hub` });
    expect((await fetch(`${system.ingestUrl}/websub/nobody`, { method: 'POST', body: 'x' })).status).toBe(410);
  });

  it('another deployment’s PUBLIC stream is followed, revisions and all', async () => {
    await bus.jsm.streams.add({ name: 'UPSTREAM', mirror: { name: 'PUBLIC' } });
    const sourceId = await register({ kind: 'public', url: 'https://national.example/', stream: 'UPSTREAM' });
    const document = {
      documentId: 'd1',
      site: 'national',
      siteName: '国家税务总局',
      kind: 'press',
      column: '新闻发布',
      title: '国家税务总局发布年度数据',
      summary: '',
      html: `<p>${long}</p>`,
      url: 'https://national.example/national/press/d1',
      source: null,
      verdict: null,
      postedAt: '2026-11-20T01:30:00.000Z',
      version: 1,
      contentHash: 'a'.repeat(64),
    };
    await bus.js.publish('pub.national.press.d1', JSON.stringify(document));
    const item = await until(async () => {
      const found = (await published(sourceId)).find(({ title }) => title === document.title);
      expect(found).toBeDefined();
      return found!;
    });
    expect(item).toMatchObject({ title: document.title, issuer: '国家税务总局', detector: 'public' });
    await bus.js.publish(
      'pub.national.press.d1',
      JSON.stringify({ ...document, version: 2, html: `<p>${long}更正。</p>` }),
    );
    await until(async () => expect(await of(sourceId, 'item.revised')).toHaveLength(1));

    const nothing = { version: 2, title: '（已撤下）', html: '' };
    const say = (more: object) => bus.js.publish('pub.national.press.d1', JSON.stringify({ ...document, ...more }));
    await say({ ...nothing, withdrawnAt: new Date().toISOString() });
    await until(async () => expect(await of(sourceId, 'item.withdrawn')).toMatchObject([{ reason: 'gone' }]));
    expect((await of(sourceId, 'item.published')).map(({ title }) => title)).not.toContain(nothing.title);
    await say({ version: 2, html: `<p>${long}更正。</p>`, postedAt: new Date().toISOString() });
    await until(async () => expect(await of(sourceId, 'item.returned')).toHaveLength(1));
    // Who starts anew is told all of it once more.
    await system.kill('ingest');
    await system.start('ingest');
    await say({ version: 3, html: `<p>${long}再更正。</p>`, postedAt: new Date().toISOString() });
    await until(async () => expect(await of(sourceId, 'item.revised')).toHaveLength(2));
    expect(await of(sourceId, 'item.withdrawn')).toHaveLength(1);
    expect(await of(sourceId, 'item.returned')).toHaveLength(1);
  });
});

it('a sitemap brings the pages that it names, those within the column', async () => {
  const paths = ['/map/zc/1.html', '/map/zc/2.html', '/map/other/3.html'];
  for (const path of paths) site.put(path, pageOf(`关于地图${path.at(-6)}号的公告`, long));
  site.put(
    '/map/index.xml',
    `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>${site.url}/map/all.xml</loc></sitemap></sitemapindex>`,
  );
  const map = () =>
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${paths.map((path) => `<url><loc>${site.url}${path}</loc><lastmod>2026-11-20</lastmod></url>`).join('')}</urlset>`;
  site.put('/map/all.xml', map());
  const sourceId = await register({ kind: 'sitemap', url: `${site.url}/map/index.xml`, within: `${site.url}/map/zc/` });
  const items = await arrived(sourceId, 2);
  expect(items.map(({ title }) => title).sort()).toEqual(['关于地图1号的公告', '关于地图2号的公告']);

  // The index itself stays as it is, byte for byte.
  paths.push('/map/zc/4.html');
  site.put('/map/zc/4.html', pageOf('关于地图4号的公告', long));
  site.put('/map/all.xml', map());
  await arrived(sourceId, 3);
});

describe('before a source is registered', () => {
  const preview = async (path: string) =>
    (await client.ask('source.preview', { url: `${site.url}${path}` }, 30_000)) as SourcePreview;
  it('an address is tried in every way, and what it would bring is shown', async () => {
    const rows = (column: string) =>
      [1, 2, 3, 4].map((i) => ({
        path: `/${column}/${i}.html`,
        title: `国家税务总局关于第${i}号事项的公告`,
        date: `2026-11-1${i}`,
      }));
    const page = pageOf('国家税务总局关于第1号事项的公告', long);
    site.put('/own/', listOf(...rows('own')));
    site.put('/own/1.html', page);
    site.put('/days/', listOf(...rows('days')));
    site.put('/days/1.html', page.replace('2026-11-20 09:30', '2026-11-20'));
    const found = await preview('/own/');
    expect(found.trouble).toBeNull();
    expect(found.candidates[0]).toMatchObject({ detector: { kind: 'list' }, count: 4, article: { trouble: null } });
    // Its list tells the day; where the page tells the moment, that is what counts.
    expect(found.candidates[0]!.warnings).not.toContain('day_only');
    expect(found.candidates[0]!.entries[0]).toMatchObject({ basis: 'page' });
    const [days] = (await preview('/days/')).candidates;
    expect(days!.warnings).toContain('day_only');
    expect(days!.entries[0]).toMatchObject({ basis: 'first_seen' });
    expect((await preview('/two/feed.xml')).candidates[0]).toMatchObject({ detector: { kind: 'feed' }, count: 4 });
    expect((await preview('/map/all.xml')).candidates[0]).toMatchObject({ detector: { kind: 'sitemap' }, count: 4 });
    expect((await preview('/nothing-here')).trouble).toMatchObject({ code: 'http_error' });
  });
});

it('read now looks at once, and tells what it found', async () => {
  site.put('/now/feed.xml', rssOf({ id: 'n1', title: '关于立即读取的公告', link: `${site.url}/now/1.html` }));
  const sourceId = await register({ kind: 'feed', url: `${site.url}/now/feed.xml` }, { pollSeconds: 3_600 });
  await arrived(sourceId, 1);
  site.put(
    '/now/feed.xml',
    rssOf(
      { id: 'n2', title: '关于又一事项的公告', link: `${site.url}/now/2.html` },
      { id: 'n1', title: '关于立即读取的公告', link: `${site.url}/now/1.html` },
    ),
  );
  const read = await client.ask('source.read_now', { sourceId }, 30_000);
  expect(read).toMatchObject({ looks: [{ outcome: 'read', status: 200, entries: 2, told: 1 }] });
  await arrived(sourceId, 2);
});

it('a reader that is killed and comes back brings nothing twice', async () => {
  await system.kill('ingest');
  await system.start('ingest');
  const sourceId = 'source-after';
  site.put('/after/feed.xml', rssOf({ id: 'a1', title: '关于重启以后的公告', link: `${site.url}/after/1.html` }));
  await register({ kind: 'feed', url: `${site.url}/after/feed.xml` }, { sourceId });
  await arrived(sourceId, 1);
  await client.ask('source.read_now', { sourceId: 'source-1' }, 30_000);
  const log = await readLog(bus);
  expect(twice(log)).toEqual([]);
  const items = log.flatMap(({ events }) => events as ItemEvent[]).filter((event) => event.type === 'item.published');
  expect(new Set(items.map(({ sourceId: source, link }) => `${source} ${link}`)).size).toBe(items.length);
});
