import { describe, expect, it } from 'vitest';
import { readFeed } from './read.ts';

async function read(text: string, url: string | null = null) {
  const found = await readFeed(Buffer.from(text), { url });
  if (!found.ok) throw new Error(`${found.code}: ${found.detail}`);
  return found;
}
const rss = (inside: string, head = '') =>
  `<rss version="2.0"><channel><title>政策</title>${head}${inside}</channel></rss>`;
const item = async (inside: string) => (await read(rss(`<item>${inside}</item>`))).entries[0]!;
const atom = (inside: string, attributes = '') =>
  `<feed xmlns="http://www.w3.org/2005/Atom" ${attributes}><entry>${inside}</entry></feed>`;
const entry = async (inside: string, attributes = '') => (await read(atom(inside, attributes))).entries[0]!;
const old = (inside: string) => `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>${inside}</entry></feed>`;

describe('a vocabulary is what its namespace says, whatever its prefix', () => {
  it('a feed may call its own something', async () => {
    const { feed, entries } = await read(
      `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>政策</a:title><a:entry><a:title>公告</a:title><a:id>1</a:id></a:entry></a:feed>`,
    );
    expect([feed.title, entries[0]!.title, entries[0]!.id]).toEqual(['政策', '公告', '1']);
  });
  it('RDF too', async () => {
    const { entries, feed } = await read(
      `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="http://purl.org/rss/1.0/"><s:channel r:about="https://a.example/"><s:title>政策</s:title></s:channel>
       <s:item r:about="https://a.example/1"><s:title>公告</s:title></s:item></r:RDF>`,
    );
    expect([feed.format, feed.title]).toEqual(['rss-1.0', '政策']);
    expect(entries[0]).toMatchObject({ title: '公告', id: 'https://a.example/1', link: 'https://a.example/1' });
  });
  it('a title of a picture or of a channel’s logo is no title of an item', async () => {
    const inside =
      '<media:title xmlns:media="http://search.yahoo.com/mrss/">图片</media:title><title>公告</title><image><title>标志</title></image>';
    expect((await item(inside)).title).toBe('公告');
    expect((await read(rss('', '<image><title>标志</title><link>x</link></image>'))).feed.title).toBe('政策');
  });
  it('Dublin Core stands in where a feed’s own words are missing, under any prefix', async () => {
    const inside = `<x:title xmlns:x="http://purl.org/dc/elements/1.1/">公告</x:title><x:date xmlns:x="http://purl.org/dc/elements/1.1/">2026-11-23T04:00:00Z</x:date>`;
    expect(await item(inside)).toMatchObject({ title: '公告', published: { at: '2026-11-23T04:00:00.000Z' } });
  });
});

describe('text keeps its words in their order', () => {
  it('in a title with markup that nobody escaped', async () => {
    expect((await item('<title>关于<font>减税</font>的通知</title>')).title).toBe('关于减税的通知');
    const xhtml = '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">one <em>two</em> three</div></title>';
    expect((await entry(xhtml)).title).toBe('one two three');
  });
  it('in a body that mixes text and markup, and in one with a tag left open', async () => {
    expect((await item('<description>a <b>c</b> d</description>')).contentHtml).toBe('a <b>c</b> d');
    expect((await item('<description>甲<br>乙</description>')).contentHtml).toBe('甲<br>乙');
    expect((await item('<description>税率 &lt; 5% <b>x</b></description>')).contentHtml).toBe('税率 &lt; 5% <b>x</b>');
  });
  it('in plain text that looks like markup', async () => {
    expect(
      await entry('<title type="text">1 &lt; 2 &lt;b&gt;</title><content type="text">x &lt;y&gt;</content>'),
    ).toMatchObject({
      title: '1 < 2 <b>',
      contentHtml: 'x &lt;y&gt;',
    });
  });
  it('with the characters that HTML names and Windows numbers', async () => {
    const { title, id } = await item(
      '<title>caf&eacute; &mdash; &#147;q&#148; &amp;eacute; A&B</title><guid>caf&eacute;</guid>',
    );
    expect([title, id]).toEqual(['café — “q” é A&B', 'café']);
  });
  it('in XHTML about markup', async () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml">&lt;b&gt; 与 &amp;amp;</div>';
    expect(await entry(`<title type="xhtml">${div}</title><content type="xhtml">${div}</content>`)).toMatchObject({
      title: '<b> 与 &amp;',
      contentHtml: '&lt;b&gt; 与 &amp;amp;',
    });
    const body = '<body xmlns="http://www.w3.org/1999/xhtml"><p>&lt;b&gt;</p></body>';
    expect((await item(body)).contentHtml).toBe('<p>&lt;b&gt;</p>');
  });
  it('as CDATA wrote it', async () => {
    expect((await item('<description><![CDATA[<p>&nbsp;&copy;</p>]]></description>')).contentHtml).toBe(
      '<p>&nbsp;&copy;</p>',
    );
  });
});

describe('Atom 0.3 says how its text is written', () => {
  it('base64', async () => {
    const encoded = Buffer.from('<p>正文</p>').toString('base64');
    const [read0] = (await read(old(`<content type="text/html" mode="base64">${encoded}</content>`))).entries;
    expect(read0!.contentHtml).toBe('<p>正文</p>');
  });
  it('base64 of a title, and of what says no type', async () => {
    const encoded = Buffer.from('甲 <b>乙</b>').toString('base64');
    const inside = `<title mode="base64">${encoded}</title><content mode="base64">${encoded}</content>`;
    expect((await read(old(inside))).entries[0]).toMatchObject({
      title: '甲 <b>乙</b>',
      contentHtml: '甲 <b>乙</b>',
    });
  });
  it('escaped, or as XML', async () => {
    const [escaped] = (await read(old('<title type="text/html" mode="escaped">甲 &lt;b&gt;乙&lt;/b&gt;</title>')))
      .entries;
    expect(escaped!.title).toBe('甲 乙');
    const [xml] = (
      await read(
        old(
          '<content type="application/xhtml+xml"><div xmlns="http://www.w3.org/1999/xhtml"><p>正文</p></div></content>',
        ),
      )
    ).entries;
    expect(xml!.contentHtml).toBe('<p>正文</p>');
  });
});

describe('addresses are read against what the document says', () => {
  const base = 'xml:base="https://a.example/x/"';
  it('links, and those inside texts, escaped or not', async () => {
    const inside =
      '<link href="1.html"/><content type="html">&lt;a href="2.html"&gt;二&lt;/a&gt;</content>' +
      '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><img src="3.png"/></div></summary>';
    expect(await entry(inside, base)).toMatchObject({
      link: 'https://a.example/x/1.html',
      contentHtml: '<a href="https://a.example/x/2.html">二</a>',
      summary: '<img src="https://a.example/x/3.png">',
    });
  });
  it('a base within a base', async () => {
    const inside = '<title/><content xml:base="y/" type="html">&lt;a href="2.html"&gt;二&lt;/a&gt;</content>';
    expect((await entry(inside, base)).contentHtml).toBe('<a href="https://a.example/x/y/2.html">二</a>');
  });
  it('a guid and an id that are a path', async () => {
    expect(await item('<guid xml:base="https://a.example/x/">1.html</guid>')).toMatchObject({
      id: 'https://a.example/x/1.html',
      link: 'https://a.example/x/1.html',
    });
    const { entries } = await read(atom('<id>/zc/1</id>'), 'https://a.example/feed');
    expect(entries[0]!.id).toBe('https://a.example/zc/1');
    expect((await entry('<id>zc/1</id>', base)).id).toBe('https://a.example/x/zc/1');
    expect((await entry('<id>tag:a.example,2026:/1</id>', base)).id).toBe('tag:a.example,2026:/1');
    expect((await entry('<id>c5201234</id>', base)).id).toBe('c5201234');
  });
  it('a text without a page of its own: the feed’s place', async () => {
    const { entries } = await read(
      rss('<item><description>&lt;a href="1.pdf"&gt;附件&lt;/a&gt;</description></item>'),
      'https://a.example/x/feed',
    );
    expect(entries[0]!.contentHtml).toBe('<a href="https://a.example/x/1.pdf">附件</a>');
  });
  it('a path from a file that came from nowhere stays a path', async () => {
    expect((await item('<link>/zc/1.html</link>')).link).toBe('/zc/1.html');
    expect((await read(rss('<item><link>/zc/1.html</link></item>'), 'https://a.example/feed')).entries[0]!.link).toBe(
      'https://a.example/zc/1.html',
    );
  });
  it('and a feed that says where it is as a path alone spoils no address', async () => {
    const item = (link: string) => `<item><link>${link}</link></item>`;
    const { entries } = await read(
      rss(item('https://a.example/1.html') + item('/zc/2.html'), '<link>/home/www/</link>'),
    );
    expect(entries.map(({ link }) => link)).toEqual(['https://a.example/1.html', '/zc/2.html']);
  });
  it('and an ampersand that was escaped twice is one', async () => {
    expect((await item('<link>https://a.example/?a=1&amp;amp;b=2</link>')).link).toBe('https://a.example/?a=1&b=2');
  });
});

describe('an entry’s page is', () => {
  it('never the feed itself, nor a file', async () => {
    const self = '<link rel="self" href="https://a.example/s"/>';
    expect((await entry(`${self}<link href="https://a.example/p"/>`)).link).toBe('https://a.example/p');
    expect(await entry('<link rel="enclosure" href="https://a.example/1.pdf"/>')).toMatchObject({
      link: null,
      enclosures: ['https://a.example/1.pdf'],
    });
  });
  it('known by an id that is text, however the id is dressed', async () => {
    expect((await entry('<id xml:lang="zh">x</id>')).id).toBe('x');
    expect((await item('<guid isPermaLink="false"></guid><title>公告</title>')).id).toBeNull();
  });
});

describe('every form has its dates', () => {
  it('Atom 0.3', async () => {
    const inside = '<issued>2026-11-23T12:00:00+08:00</issued><modified>2026-11-24T04:00:00Z</modified>';
    expect((await read(old(inside))).entries[0]).toMatchObject({
      published: { at: '2026-11-23T04:00:00.000Z' },
      updatedAt: '2026-11-24T04:00:00.000Z',
    });
  });
  it('Dublin Core terms', async () => {
    const ns = 'xmlns:t="http://purl.org/dc/terms/"';
    const inside = `<t:issued ${ns}>2026-11-23T04:00:00Z</t:issued><t:modified ${ns}>2026-11-24T04:00:00Z</t:modified>`;
    expect(await item(inside)).toMatchObject({
      published: { at: '2026-11-23T04:00:00.000Z' },
      updatedAt: '2026-11-24T04:00:00.000Z',
    });
  });
});

describe('older and looser forms', () => {
  it('CDF', async () => {
    const { feed, entries } = await read(
      '<CHANNEL HREF="https://a.example/"><TITLE>政策</TITLE><ITEM HREF="https://a.example/1" LASTMOD="2026-11-23T12:00"><TITLE>公告</TITLE><ABSTRACT>摘要</ABSTRACT></ITEM></CHANNEL>',
    );
    expect(feed).toMatchObject({ format: 'cdf', title: '政策', link: 'https://a.example/' });
    expect(entries[0]).toMatchObject({
      title: '公告',
      link: 'https://a.example/1',
      summary: '摘要',
      published: { at: '2026-11-23T04:00:00.000Z' },
    });
  });
  it('RSS 0.91 with Netscape’s document type', async () => {
    const type =
      '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">';
    const found = await read(
      `<?xml version="1.0"?>${type}<rss version="0.91"><channel><title>政策</title><item><title>公告</title></item></channel></rss>`,
    );
    expect(found.feed.format).toBe('rss-0.9x');
    expect(found.entries[0]!.title).toBe('公告');
  });
  it('items beside the channel, without one, and with words before the prolog', async () => {
    expect(
      (await read('<rss><channel><title>政策</title></channel><item><title>公告</title></item></rss>')).entries,
    ).toHaveLength(1);
    expect((await read('<rss><title>政策</title><item><title>公告</title></item></rss>')).feed.title).toBe('政策');
    expect((await read(`杂 <?xml version="1.0"?>${rss('<item><title>公告</title></item>')}`)).entries).toHaveLength(1);
  });
  it('an item that nobody closed ends where the next one begins', async () => {
    const { entries } = await read(
      rss('<item><title>甲</title><link>https://a.example/1</link><item><title>乙</title></item>'),
    );
    expect(entries.map(({ title }) => title)).toEqual(['甲', '乙']);
  });
  it('a summary beside a text, and one that has to do for it', async () => {
    const encoded =
      '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>全文</p>]]></content:encoded>';
    expect(await item(`<description>摘要</description>${encoded}`)).toMatchObject({
      summary: '摘要',
      contentHtml: '<p>全文</p>',
    });
    expect(await item('<description>摘要</description>')).toMatchObject({ summary: '摘要', contentHtml: '摘要' });
  });
  it('a summary and a description, or two of either: the first is the short one', async () => {
    for (const inside of [
      '<summary>短</summary><description>长</description>',
      '<description>短</description><description>长</description>',
    ])
      expect(await item(inside)).toMatchObject({ summary: '短', contentHtml: '长' });
  });
  it('an entry that says all it says of a film', async () => {
    const media =
      '<media:group xmlns:media="http://search.yahoo.com/mrss/"><media:title>片</media:title><media:description>1 &lt; 2</media:description></media:group>';
    const deeper = media
      .replace(/mrss\/">/, 'mrss/"><media:content>')
      .replace('</media:group>', '</media:content></media:group>');
    for (const found of [await item(media), await entry(media), await item(deeper), await entry(deeper)])
      expect(found).toMatchObject({ title: '片', summary: '1 &lt; 2' });
    expect(await entry(`<title>公告</title><summary>摘要</summary>${media}`)).toMatchObject({
      title: '公告',
      summary: '摘要',
    });
  });
  it('JSON Feed with an address elsewhere, a number as its id, and no version', async () => {
    const { entries } = await read(
      JSON.stringify({ title: '政策', items: [{ id: 7, external_url: 'https://a.example/1', title: null }] }),
    );
    expect(entries[0]).toMatchObject({ id: '7', link: 'https://a.example/1', title: '' });
  });
  it('JSON Feed that gives the number of its version alone, and JSON that is another thing’s version', async () => {
    for (const version of ['1.0', '1.1', 1, null]) {
      const { feed } = await read(JSON.stringify({ version, title: '政策', items: [] }));
      expect(feed).toMatchObject({ title: '政策', format: 'json-feed' });
    }
    await expect(read('{"version":"2.4.1","items":[]}')).rejects.toThrow('not_a_feed');
  });
});
