import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import type { PublicDocument } from '@tongsheng/contracts';
import { assert, constantFrom, property, string } from 'fast-check';
import FeedParser from 'feedparser';
import Parser from 'rss-parser';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { writeFeed, type FeedFormat } from './feeds.ts';

/** Debian's own Python, which finds Debian's modules. */
const [python, xmllint] = ['/usr/bin/python3', 'xmllint'] as const;
const runs = (program: string, parameters: string[]) => spawnSync(program, parameters).status === 0;

const head = {
  title: '某省税务局',
  home: 'https://portal.example/province',
  self: 'https://portal.example/feed',
  hub: 'https://portal.example/hub',
};

const repost = (more: Partial<PublicDocument> = {}): PublicDocument => ({
  documentId: 'd1',
  site: 'province',
  siteName: '某省税务局',
  kind: 'repost',
  column: '税收政策',
  title: '关于示例的公告',
  summary: '摘要',
  html: '<p>正文</p>',
  url: 'https://portal.example/province/repost/d1',
  source: {
    name: '国家税务总局',
    link: 'https://upstream.example/1.html',
    publication: { at: '2026-11-23T01:30:00.000Z', precision: 'minute', text: '2026-11-23 09:30' },
    firstSeenAt: '2026-11-23T01:31:00.000Z',
  },
  files: [],
  verdict: null,
  postedAt: '2026-11-23T02:00:00.000Z',
  version: 1,
  contentHash: 'a'.repeat(64),
  ...more,
});
const dated = (at: string | null, precision: 'second' | 'minute' | 'day' | 'none') =>
  repost({ source: { ...repost().source!, publication: { at, precision, text: null } } });

/** @throws when the text is not well-formed XML. */
function mustBeXml(text: string): void {
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
}

const read = (format: FeedFormat, documents: PublicDocument[]) =>
  new Parser().parseString(writeFeed(format, head, documents));

describe('the feeds of the portal', () => {
  it.each(['rss', 'atom'] as const)(
    '%s is read back by another reader, with address, title and the date of the source',
    async (format) => {
      const { items, title } = await read(format, [repost()]);
      expect(title).toBe('某省税务局');
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({ title: '关于示例的公告', link: repost().url });
      expect(items[0]?.isoDate).toBe('2026-11-23T01:30:00.000Z');
    },
  );

  it('JSON names the source, its address and its date as it stated it', () => {
    const feed = JSON.parse(writeFeed('json', head, [repost()])) as { items: Record<string, unknown>[] };
    expect(feed.items[0]).toMatchObject({
      id: repost().url,
      url: repost().url,
      date_published: '2026-11-23T01:30:00.000Z',
      _source: { name: '国家税务总局', url: 'https://upstream.example/1.html' },
      authors: [{ name: '国家税务总局', url: 'https://upstream.example/1.html' }],
    });
  });

  it('is JSON Feed 1.1: its version, its language, and authors by their list', () => {
    const feed = JSON.parse(writeFeed('json', head, [repost()])) as Record<string, unknown>;
    expect(feed).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      language: 'zh-CN',
      home_page_url: head.home,
      feed_url: head.self,
      authors: [{ name: '某省税务局', url: head.home }],
    });
    expect(JSON.stringify(feed)).not.toContain('"author":');
  });

  it('never makes a date more exact than the source did', async () => {
    const [day, none] = [dated('2026-11-22T16:00:00.000Z', 'day'), dated(null, 'none')];
    const rss = writeFeed('rss', head, [day, none]);
    expect(rss).not.toContain('<pubDate>');
    expect(rss).toContain('<dc:date>2026-11-23</dc:date>');
    const json = JSON.parse(writeFeed('json', head, [day, none])) as { items: Record<string, unknown>[] };
    expect(json.items.map((item) => item['date_published'])).toEqual([undefined, undefined]);
    expect(writeFeed('atom', head, [day, none])).not.toContain('<published>');
  });

  it('is whole when there is nothing in it', async () => {
    for (const format of ['rss', 'atom'] as const) {
      mustBeXml(writeFeed(format, head, []));
      expect((await read(format, [])).items).toEqual([]);
    }
    expect((JSON.parse(writeFeed('json', head, [])) as { items: unknown[] }).items).toEqual([]);
  });

  it('says what was taken back, and since when, so that readers who kept it let it go', () => {
    const gone = [
      { url: 'https://portal.example/province/repost/d2?a=1&b="2"', withdrawnAt: '2026-11-24T02:00:00.000Z' },
    ];
    const atom = writeFeed('atom', head, [repost()], gone);
    mustBeXml(atom);
    expect(atom).toContain(
      '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="https://portal.example/province/repost/d2?a=1&amp;b=&quot;2&quot;" when="2026-11-24T02:00:00.000Z"/></feed>',
    );
    expect(atom).toContain('<updated>2026-11-24T02:00:00.000Z</updated>');
    const rss = writeFeed('rss', head, [repost()], gone);
    mustBeXml(rss);
    expect(rss).toContain('when="2026-11-24T02:00:00.000Z"/></channel>');
    const json = JSON.parse(writeFeed('json', head, [repost()], gone)) as { items: unknown[]; _deleted: unknown };
    expect(json.items).toHaveLength(1);
    expect(json._deleted).toEqual([{ url: gone[0]!.url, when: gone[0]!.withdrawnAt }]);
  });

  it('survives whatever a title, a summary, a column or a text holds', () => {
    const nasty = constantFrom(
      ']]>',
      '&amp;',
      '<script>',
      '\u0000',
      '\uD800',
      '😀',
      '"',
      "'",
      '&lt;',
      '\uFFFE',
      '\u000B',
    );
    const text = string({ unit: nasty, minLength: 1, maxLength: 6 });
    assert(
      property(text, text, (title, html) => {
        const document = repost({ title, summary: title, column: title, html: `<p>${html}</p>` });
        for (const format of ['rss', 'atom'] as const) mustBeXml(writeFeed(format, { ...head, title }, [document]));
        JSON.parse(writeFeed('json', head, [document]));
      }),
    );
  });

  it('gives a reader the very title, markup signs and all', async () => {
    const title = '关于“A&B”与 <税率> 的 ]]> 说明 &amp;';
    for (const format of ['rss', 'atom'] as const) {
      const { items } = await read(format, [repost({ title })]);
      const found = format === 'atom' ? decode(items[0]?.title ?? '') : items[0]?.title;
      expect(found).toBe(title);
    }
  });
});

describe.each(['rss', 'atom'] as const)('%s is read alike by readers that know nothing of each other:', (format) => {
  const title = '关于“A&B”与 <税率> 的 ]]>]]> 说明 &amp;';
  const html = '<p>正文 ]]&gt;]]&gt; &amp; <a href="https://a.example/?a=1&amp;b=2">链接</a></p>';
  const second = repost({ url: 'https://portal.example/province/repost/d2', summary: '', title: '第二件' });
  const gone = [{ url: 'https://portal.example/province/repost/d3', withdrawnAt: '2026-11-24T02:00:00.000Z' }];
  const feed = writeFeed(format, head, [repost({ title, summary: `${title}\u0008`, html }), second], gone);
  const expected = [
    { title, link: repost().url, at: '2026-11-23T01:30:00.000Z' },
    { title: '第二件', link: second.url, at: '2026-11-23T01:30:00.000Z' },
  ];

  // To Atom a title is HTML.
  const plain = (text = '') => (format === 'atom' ? decode(text) : text);

  it('rss-parser', async () => {
    const { items } = await new Parser().parseString(feed);
    expect(items.map((each) => ({ title: plain(each.title), link: each.link, at: each.isoDate }))).toEqual(expected);
  });
  it('feedparser of npm', async () => {
    const found: unknown[] = [];
    const reader = Readable.from([feed]).pipe(new FeedParser({}));
    for await (const each of reader as AsyncIterable<FeedParser.Item>)
      found.push({ title: plain(each.title), link: each.link, at: each.pubdate?.toISOString() });
    expect(found).toEqual(expected);
  });
  it.skipIf(!runs(python, ['-c', 'import feedparser']))('feedparser of Python, where Debian’s is installed', () => {
    const script = `import feedparser, json, sys
feed = feedparser.parse(sys.stdin.buffer.read())
print(json.dumps({'bozo': bool(feed.bozo), 'items': [[e.link, e.title] for e in feed.entries]}))`;
    const said = JSON.parse(spawnSync(python, ['-c', script], { input: feed, encoding: 'utf8' }).stdout) as {
      bozo: boolean;
      items: [string, string][];
    };
    expect(said.bozo).toBe(false);
    expect(said.items.map(([link, shown]) => ({ link, title: plain(shown) }))).toEqual(
      expected.map((each) => ({ link: each.link, title: each.title })),
    );
  });
  it.skipIf(!runs(xmllint, ['--version']))('xmllint, where Debian’s is installed', () => {
    const { status, stderr } = spawnSync(xmllint, ['--noout', '-'], { input: feed, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

/** Atom titles are HTML. */
const decode = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
