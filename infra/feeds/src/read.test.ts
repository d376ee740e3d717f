import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { limits } from './feed.ts';
import { readFeed, type ReadOptions } from './read.ts';

const url = 'https://upstream.example/zcfg/feed.xml';
const read = (text: string | Uint8Array, options: ReadOptions = {}) =>
  readFeed(typeof text === 'string' ? Buffer.from(text) : text, { url, ...options });

async function feedOf(text: string | Uint8Array, options?: ReadOptions) {
  const found = await read(text, options);
  if (!found.ok) throw new Error(`${found.code}: ${found.detail}`);
  return found;
}
const codeOf = async (text: string) => {
  const found = await read(text);
  return found.ok ? null : found.code;
};
const rss = (inside: string, head = '') =>
  `<?xml version="1.0"?><rss version="2.0"><channel>${head}${inside}</channel></rss>`;
const item = (inside: string) => rss(`<item>${inside}</item>`);
const entryOf = async (text: string) => (await feedOf(text)).entries[0]!;

/** What each of the forms below says. */
const said = {
  id: 'tag:upstream.example,2026:1',
  title: '关于优化纳税服务的公告',
  link: 'https://upstream.example/zcfg/1.html',
  published: { at: '2026-11-23T04:00:00.000Z', precision: 'second' },
  contentHtml: '<p>正文 &amp; 附件</p>',
  author: '办公厅',
  categories: ['税收政策', '公告'],
};

describe('a feed is the same in whichever form it comes:', () => {
  const forms: [format: string, document: string][] = [
    [
      'rss-2.0',
      `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
       <channel><title>政策</title><link>https://upstream.example/</link><description>说明</description><language>zh-CN</language>
       <item><title>关于优化纳税服务的公告</title><link>https://upstream.example/zcfg/1.html</link>
       <guid isPermaLink="false">tag:upstream.example,2026:1</guid><pubDate>Mon, 23 Nov 2026 12:00:00 +0800</pubDate>
       <dc:creator>办公厅</dc:creator><category>税收政策</category><category>公告</category>
       <description>摘要</description><content:encoded><![CDATA[<p>正文 &amp; 附件</p>]]></content:encoded></item></channel></rss>`,
    ],
    [
      'rss-0.9x',
      `<rss version="0.92"><channel><title>政策</title><link>https://upstream.example/</link><description>说明</description>
       <language>zh-CN</language><item><title>关于优化纳税服务的公告</title><link>https://upstream.example/zcfg/1.html</link>
       <guid isPermaLink="false">tag:upstream.example,2026:1</guid><pubDate>Mon, 23 Nov 2026 12:00:00 +0800</pubDate>
       <author>办公厅</author><category>税收政策</category><category>公告</category>
       <description>&lt;p&gt;正文 &amp;amp; 附件&lt;/p&gt;</description></item></channel></rss>`,
    ],
    [
      'rss-1.0',
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
       <channel rdf:about="https://upstream.example/"><title>政策</title><link>https://upstream.example/</link>
       <description>说明</description><dc:language>zh-CN</dc:language></channel>
       <item rdf:about="tag:upstream.example,2026:1"><title>关于优化纳税服务的公告</title>
       <link>https://upstream.example/zcfg/1.html</link><dc:date>2026-11-23T12:00:00+08:00</dc:date><dc:creator>办公厅</dc:creator>
       <dc:subject>税收政策</dc:subject><dc:subject>公告</dc:subject>
       <description>&lt;p&gt;正文 &amp;amp; 附件&lt;/p&gt;</description></item></rdf:RDF>`,
    ],
    [
      'atom-1.0',
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title type="text">政策</title><subtitle>说明</subtitle>
       <link rel="self" href="https://upstream.example/zcfg/feed.xml"/><link href="https://upstream.example/"/>
       <entry><id>tag:upstream.example,2026:1</id><title type="html">关于优化&lt;b&gt;纳税&lt;/b&gt;服务的公告</title>
       <link rel="enclosure" href="1.pdf"/><link rel="alternate" type="text/html" href="https://upstream.example/zcfg/1.html"/>
       <published>2026-11-23T04:00:00Z</published><updated>2026-11-24T04:00:00Z</updated><author><name>办公厅</name></author>
       <category term="a" label="税收政策"/><category term="公告"/>
       <content type="html">&lt;p&gt;正文 &amp;amp; 附件&lt;/p&gt;</content></entry></feed>`,
    ],
    [
      'atom-0.3',
      `<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="zh-CN"><title>政策</title><tagline>说明</tagline>
       <link rel="alternate" type="text/html" href="https://upstream.example/"/>
       <entry><id>tag:upstream.example,2026:1</id><title mode="escaped">关于优化纳税服务的公告</title>
       <link rel="alternate" type="text/html" href="https://upstream.example/zcfg/1.html"/>
       <issued>2026-11-23T12:00:00+08:00</issued><modified>2026-11-24T04:00:00Z</modified><author><name>办公厅</name></author>
       <dc:subject/><category term="税收政策"/><category term="公告"/>
       <content type="text/html" mode="escaped">&lt;p&gt;正文 &amp;amp; 附件&lt;/p&gt;</content></entry></feed>`,
    ],
    [
      'json-feed',
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: '政策',
        home_page_url: 'https://upstream.example/',
        description: '说明',
        language: 'zh-CN',
        items: [
          {
            id: 'tag:upstream.example,2026:1',
            url: 'https://upstream.example/zcfg/1.html',
            title: '关于优化纳税服务的公告',
            content_html: '<p>正文 &amp; 附件</p>',
            date_published: '2026-11-23T12:00:00+08:00',
            authors: [{ name: '办公厅' }],
            tags: ['税收政策', '公告'],
          },
        ],
      }),
    ],
  ];
  it.each(forms)('%s', async (format, document) => {
    const { feed, entries, truncated } = await feedOf(document);
    expect(feed).toMatchObject({
      format,
      title: '政策',
      link: 'https://upstream.example/',
      language: 'zh-CN',
      description: '说明',
    });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject(said);
    expect(truncated).toBe(false);
  });
  it('also in GB18030 and in UTF-16', async () => {
    const document = forms[0]![1].replace('<rss', '<?xml version="1.0" encoding="GB18030"?><rss');
    const found = await feedOf(iconv.encode(document, 'gb18030'), { contentType: 'text/xml; charset=iso-8859-1' });
    expect(found.feed.encoding).toBe('gb18030');
    expect(found.entries[0]).toMatchObject(said);
    expect((await feedOf(iconv.encode(forms[3]![1], 'utf-16'))).entries[0]).toMatchObject(said);
  });
});

describe('what feeds do', () => {
  it('an address is read against the page it stands on', async () => {
    expect(
      (await entryOf(rss('<item><title>x</title><link>2.html</link></item>', '<link>https://a.example/n/</link>')))
        .link,
    ).toBe('https://a.example/n/2.html');
    const based = `<feed xml:base="https://b.example/x/"><entry xml:base="y/"><link href="3.html"/></entry></feed>`;
    expect((await entryOf(based)).link).toBe('https://b.example/x/y/3.html');
    expect((await entryOf(item('<link>javascript:alert(1)</link>'))).link).toBeNull();
  });
  it('a guid is a link only when it may be one', async () => {
    expect((await entryOf(item('<guid>https://a.example/1</guid>'))).link).toBe('https://a.example/1');
    expect((await entryOf(item('<guid isPermaLink="false">https://a.example/1</guid>'))).link).toBeNull();
    expect((await entryOf(item('<guid>42</guid>'))).id).toBe('42');
  });
  it('an atom:link of the feed is not the page of an item', async () => {
    const inside = '<atom:link rel="self" href="https://a.example/feed"/><link>https://a.example/1</link>';
    expect((await entryOf(item(inside))).link).toBe('https://a.example/1');
  });
  it('a title is text, whatever was put into it', async () => {
    const title = async (inside: string) => (await entryOf(item(`<title>${inside}</title>`))).title;
    expect(await title('<![CDATA[《办法》<br>（试行）]]>')).toBe('《办法》 （试行）');
    expect(await title('税率 &amp;lt; 5%')).toBe('税率 < 5%');
    expect(await title('A &amp; B\n  C')).toBe('A & B C');
    expect(await title('坏&nbsp;字\u0001符')).toBe('坏 字符');
  });
  it('Atom without published says when in updated', async () => {
    expect((await entryOf('<feed><entry><updated>2026-11-23T04:00:00Z</updated></entry></feed>')).published.at).toBe(
      '2026-11-23T04:00:00.000Z',
    );
  });
  it('XHTML is markup', async () => {
    const content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>正文</p></div></content>';
    expect((await entryOf(`<feed><entry>${content}</entry></feed>`)).contentHtml).toContain('<p>正文</p>');
  });
  it('two entries of one id are both there', async () => {
    expect((await feedOf(rss('<item><guid>1</guid></item><item><guid>1</guid></item>'))).entries).toHaveLength(2);
  });
  it('JSON Feed 1.0 names its author and plain text is no markup', async () => {
    const document = {
      version: 'https://jsonfeed.org/version/1',
      items: [{ id: 7, author: { name: '甲' }, content_text: 'a < b' }],
    };
    expect(await entryOf(JSON.stringify(document))).toMatchObject({
      id: '7',
      author: '甲',
      contentHtml: '<p>a &lt; b</p>',
    });
  });
});

describe('markup that is broken', () => {
  it.each([
    ['an ampersand', item('<title>A & B</title>'), 'A & B'],
    ['a tag left open', rss('<item><title>甲<item><title>乙</title></item>'), null],
    ['capitals', '<RSS VERSION="2.0"><CHANNEL><ITEM><TITLE>甲</TITLE></ITEM></CHANNEL></RSS>', '甲'],
    ['an attribute without quotes', '<rss version=2.0><channel><item><title>甲</title></item></channel></rss>', '甲'],
    ['junk before', `\n\n  <!-- x -->${item('<title>甲</title>')}`, '甲'],
    ['junk after', `${item('<title>甲</title>')}<script>alert(1)</script>`, '甲'],
    ['no root', '<channel><item><title>甲</title></item></channel>', '甲'],
    ['items beside the channel', '<rss><channel></channel><item><title>甲</title></item></rss>', '甲'],
  ])('is made the best of: %s', async (_, document, title) => {
    const { entries } = await feedOf(document);
    if (title !== null) expect(entries.map((entry) => entry.title)).toEqual([title]);
  });
  it('an entry that the document’s end cut off is none, and it is said that something is missing', async () => {
    const whole = rss(
      '<item><title>完整</title></item><item><title>只有一半的标题</title><link>https://a.example/1</link></item>',
    );
    const cut = await feedOf(whole.slice(0, whole.indexOf('的标题')));
    expect(cut.entries.map(({ title }) => title)).toEqual(['完整']);
    expect(cut.truncated).toBe(true);
    const atom = await feedOf('<feed><entry><title>甲</title></entry><entry><title>乙</title>');
    expect(atom.entries.map(({ title }) => title)).toEqual(['甲']);
    expect((await feedOf(whole)).truncated).toBe(false);
  });
  it('however it is cut, no half title comes out', async () => {
    const titles = ['关于优化纳税服务的公告', '关于修订公告的公告'];
    const documents = [
      rss(titles.map((title) => `<item><title>${title}</title></item>`).join('')),
      `<feed>${titles.map((title) => `<entry><title>${title}</title></entry>`).join('')}</feed>`,
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...documents), fc.nat(400), async (document, at) => {
        const found = await read(document.slice(0, at));
        for (const { title } of found.ok ? found.entries : []) expect(titles).toContain(title);
      }),
    );
  });
});

describe('what can’t be read has a name:', () => {
  const bomb = (...entities: string[]) =>
    `<?xml version="1.0"?><!DOCTYPE rss [${entities.join('')}]>${rss('<item><title>&e9;</title></item>')}`;
  it.each([
    ['nothing', '', 'not_a_feed'],
    ['a page', '<!DOCTYPE html><html><body>维护中</body></html>', 'not_a_feed'],
    ['JSON that is none', '{"a":', 'malformed'],
    ['JSON of another kind', '{"a":1}', 'not_a_feed'],
    ['an entity bomb', bomb('<!ENTITY e0 "x">', '<!ENTITY e9 "&e0;&e0;">'), 'entities_refused'],
    ['the same in other quotes', bomb(`<!ENTITY e0 'x'>`, `<!ENTITY  e9\n'&e0;&e0;'>`), 'entities_refused'],
    ['an entity from a file', bomb('<!ENTITY e9 SYSTEM "file:///etc/passwd">'), 'entities_refused'],
    [
      'an entity that is used without end',
      bomb(`<!ENTITY e9 "${'x'.repeat(1_000)}">`).replace('&e9;', '&e9;'.repeat(2_000)),
      'entities_refused',
    ],
    ['an endless depth', `<rss>${'<a>'.repeat(1_000)}`, 'too_deep'],
    ['an endless list that nobody closes', `<rss><channel>${'<item>'.repeat(100_000)}`, 'malformed'],
    ['endless titles that nobody closes', `<rss>${'<title>a<link>'.repeat(100_000)}`, 'malformed'],
    ['endless signs', `<rss>${'<'.repeat(1_000_000)}`, 'malformed'],
    ['an endless list of JSON', `{"items":[${'{},'.repeat(300_000)}{}]}`, 'too_many_entries'],
    [
      'an endless depth in a text',
      `<rss xml:base="http://a/"><channel><item><description>${'&lt;b&gt;'.repeat(100_000)}`.concat(
        '</description></item></channel></rss>',
      ),
      'too_deep',
    ],
    ['an endless list', rss('<item/>'.repeat(limits.entries + 1)), 'too_many_entries'],
    ['an endless field', item(`<description>${'税'.repeat(limits.fieldChars + 1)}</description>`), 'field_too_large'],
  ])('%s', async (_, document, code) => {
    expect(await codeOf(document)).toBe(code);
  });
  it('and a document type that only names characters is read', async () => {
    const named =
      '<!ENTITY nbsp "&#160;"><!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1//EN" "x.ent"><!ENTITY co "A &amp; B">';
    expect((await feedOf(bomb(named))).entries[0]!.title).toBe('&e9;');
    const used = bomb(named, '<!ENTITY unit "国家税务总局">', '<!ENTITY far SYSTEM "far.ent">');
    expect((await feedOf(used.replace('&e9;', '&unit;&nbsp;&co;'))).entries[0]!.title).toBe('国家税务总局 A & B');
  });
});

it('never throws, whatever the bytes', async () => {
  const piece = fc.constantFrom(
    ...'<rss>|</rss>|<channel>|<item>|</item>|<title>|</title>|<feed>|<entry>|<![CDATA[|]]>|<!DOCTYPE x [|<!ENTITY a "&b;">|]>|&a;|&#0;|&#xD800;|<link href=|"|\u0000|税|{|"version":"https://jsonfeed.org/version/1"|}|<!--|-->|<?xml?>'.split(
      '|',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const found = await read(pieces.join(''));
      expect(typeof found.ok).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});

it('a large feed is read in time', async () => {
  const body = `<p>${'正文'.repeat(2_000)}</p>`;
  const document = rss(`<item><title>甲</title><description><![CDATA[${body}]]></description></item>`.repeat(500));
  const began = performance.now();
  expect((await feedOf(document)).entries).toHaveLength(500);
  for (const piece of ['<!ENTITY a "', "<!ENTITY a '", '&amp;', '<!ENTITY ', ' '])
    await read(`<!DOCTYPE rss [<!ENTITY a "${piece.repeat(200_000)}`);
  expect(await codeOf(`<rss><item><description>${'<p<'.repeat(300_000)}`)).toBeDefined();
  expect(performance.now() - began).toBeLessThan(5_000);
});
