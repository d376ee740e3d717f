import { describe, expect, it } from 'vitest';
import { feed } from './feed.ts';

const item = '<item><title>公告</title><link>/1.html</link><pubDate>2026-11-23 12:00</pubDate></item>';
const url = 'https://upstream.example/feed.xml';
const read = (text: string, link: string | null = null) =>
  feed.read(
    { bytes: Buffer.from(text), contentType: 'application/rss+xml', url, link },
    { detector: { kind: 'feed', url }, zone: 'Asia/Urumqi', now: '2026-11-23T07:00:00.000Z' },
  );

describe('a feed', () => {
  it('brings its entries in the source’s zone, addresses absolute', async () => {
    expect(await read(`<rss><channel>${item}</channel></rss>`)).toMatchObject({
      ok: true,
      entries: [
        {
          title: '公告',
          link: 'https://upstream.example/1.html',
          published: { at: '2026-11-23T06:00:00.000Z', precision: 'minute' },
        },
      ],
      trouble: null,
    });
  });
  it('reads dates that only the moment of reading makes dates of', async () => {
    const ago = item.replace('2026-11-23 12:00', '3小时前');
    expect(await read(`<rss><channel>${ago}</channel></rss>`)).toMatchObject({
      entries: [{ published: { at: '2026-11-23T04:00:00.000Z' } }],
    });
  });
  it('that is none says so', async () => {
    expect(await read('<html>维护中</html>')).toMatchObject({ ok: false, code: 'not_a_feed' });
  });
  it('that was cut brings what is whole of it, and says so', async () => {
    expect(await read(`<rss><channel>${item}<item><title>半`)).toMatchObject({
      ok: true,
      entries: [{ title: '公告' }],
      trouble: { code: 'truncated' },
    });
  });
  it('keeps what it attaches, all of it', async () => {
    const more = '<enclosure url="/a.pdf"/><enclosure url="/b.doc"/></item>';
    expect(await read(`<rss><channel>${item.replace('</item>', more)}</channel></rss>`)).toMatchObject({
      entries: [{ attachments: [{ name: 'a.pdf' }, { name: 'b.doc' }] }],
    });
  });
});

describe('a feed’s hub', () => {
  const hub = 'https://hub.example/';
  it('is in its header, in its head, or nowhere', async () => {
    const links = `<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="${hub}"/><link rel="self" href="/self.xml"/>`;
    const named = { hub, topic: 'https://upstream.example/self.xml' };
    expect(await read(`<rss><channel>${links}${item}</channel></rss>`)).toMatchObject({ websub: named });
    expect(
      await read(`<rss><channel>${item}</channel></rss>`, `<${hub}>; rel="hub", </self.xml>; rel=self`),
    ).toMatchObject({
      websub: named,
    });
    expect(await read(`<rss><channel>${item}</channel></rss>`, `<${hub}>; rel="hub"`)).toMatchObject({
      websub: { hub, topic: url },
    });
    expect(await read(`<rss><channel>${item}</channel></rss>`)).toMatchObject({ websub: null });
  });
  it('is not what an entry links to', async () => {
    const inside = item.replace('</item>', `<link rel="hub" href="${hub}"/></item>`);
    expect(await read(`<rss><channel>${inside}</channel></rss>`)).toMatchObject({ websub: null });
  });
  it('of JSON Feed is in its list of hubs', async () => {
    const json = {
      version: 'https://jsonfeed.org/version/1.1',
      title: 'x',
      feed_url: url,
      hubs: [{ type: 'WebSub', url: hub }],
      items: [],
    };
    expect(await read(JSON.stringify(json))).toMatchObject({ websub: { hub, topic: url } });
  });
});
