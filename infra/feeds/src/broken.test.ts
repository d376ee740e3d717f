import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from './feed.ts';
import { readFeed } from './read.ts';

async function titles(text: string) {
  const found = await readFeed(Buffer.from(text));
  if (!found.ok) throw new Error(`${found.code}: ${found.detail}`);
  return found.entries.map(({ title, link }) => [title, link]);
}
const rss = (inside: string) => `<rss version="2.0"><channel><title>政策</title>${inside}</channel></rss>`;
const item = (title: string) => rss(`<item><title>${title}</title><link>https://a.example/1</link></item>`);

describe('a feed that is no XML is read as it was meant:', () => {
  const one = [['公告', 'https://a.example/1']];
  const two = [...one, ['通知', 'https://a.example/2']];
  const [first, second] = [
    '<item><title>公告</title><link>https://a.example/1</link></item>',
    '<item><title>通知</title><link>https://a.example/2</link></item>',
  ];
  it.each([
    ['its own title is not closed', `<rss><channel><title>政策${first}${second}</channel></rss>`, two],
    ['a title is not closed', rss('<item><title>公告<link>https://a.example/1</link></item>'), one],
    ['a link is not closed', rss('<item><link>https://a.example/1<title>公告</title></item>'), one],
    ['a paragraph is not closed', rss(`<item><description><p>甲<p>乙</description>${first.slice(6)}`), one],
    ['there are two channels', `<rss><channel>${first}</channel><channel>${second}</channel></rss>`, two],
    ['it stands on a page', `<br />\n<b>Warning</b>: x<br />\n<?xml version="1.0"?>${rss(first)}`, one],
    ['it stands in an envelope', `<s:Envelope><s:Body>${rss(first)}</s:Body></s:Envelope>`, one],
    [
      'the document type follows a comment',
      `<!-- <!DOCTYPE x [ --><!doctype rss [<!ENTITY t "公告">]>${item('&t;')}`,
      one,
    ],
    ['nobody uses what it declares', `<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>${rss(first)}`, one],
    ['CDATA was escaped', item('&lt;![CDATA[公告]]&gt;'), one],
    ['something follows it', `${rss(first)}\u0000<b>`, one],
  ])('%s', async (_, text, expected) => {
    expect(await titles(text)).toEqual(expected);
    expect(await readFeed(Buffer.from(text))).toMatchObject({ ok: true, truncated: false });
  });
});

describe('characters that XML does not have', () => {
  it.each([
    ['收入<5%的部分', '收入<5%的部分'],
    ['a < b & c', 'a < b & c'],
    ['\u0093引\u0094', '“引”'],
    ['&#147;引&#148; &#x85;', '“引” …'],
    ['甲&#8;乙\u000b丙', '甲乙 丙'],
    ['甲&#xD800;乙&#x110000;', '甲\uFFFD乙\uFFFD'],
    ['&ldquo;引&rdquo;&nbsp;&hellip; &AMP; &unknown;', '“引” … & &unknown;'],
    ['&#128512; &#x1F600;', '😀 😀'],
  ])('%s', async (written, read) => {
    expect(await titles(item(written))).toEqual([[read, 'https://a.example/1']]);
  });
  it('an address keeps its own', async () => {
    const text = rss('<item><title>公告</title><link>https://a.example/?a=1&b=2&copy=3&amp;d=4</link></item>');
    expect(await titles(text)).toEqual([['公告', 'https://a.example/?a=1&b=2&copy=3&d=4']]);
  });
});

describe('however a feed is broken, it is read or refused by name', () => {
  const samples = [
    `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY a "甲">]><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>政策</title><link>https://a.example/</link><item><title><![CDATA[公告]]> &a;</title><guid isPermaLink="false">1</guid><pubDate>Mon, 23 Nov 2026 12:00:00 +0800</pubDate><description>&lt;p&gt;正文&lt;/p&gt;</description></item></channel></rss>`,
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><title>政策</title><entry><id>1</id><title type="html">公告</title><link href="1.html"/><updated>2026-11-23T04:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>正文<img src="1.png"/></p></div></content></entry></feed>`,
    `{"version":"https://jsonfeed.org/version/1.1","title":"政策","items":[{"id":"1","title":"公告","content_html":"<p>正文</p>","date_published":"2026-11-23T04:00:00Z"}]}`,
  ].map((text) => Buffer.from(text));
  const pieces = [
    '<',
    '>',
    '&',
    '"',
    ']]>',
    '<![CDATA[',
    '<!--',
    '<!DOCTYPE x [',
    '&a;',
    '\u0000',
    '</',
    '<item>',
    '税',
    '5%<',
    '&#x',
  ];
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    instead: fc.oneof(
      fc.constantFrom(...pieces).map((piece) => Buffer.from(piece)),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    ),
    times: fc.constantFrom(1, 1, 1, 300),
  });
  it('in whatever places', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (sample, changes) => {
          const bytes = changes.reduce((text, { at, length, instead, times }) => {
            const from = Math.floor(at * text.length);
            const inserted = Array.from({ length: times }, () => instead);
            return Buffer.concat([text.subarray(0, from), ...inserted, text.subarray(from + length)]);
          }, sample);
          const found = await readFeed(bytes, { now: '2026-11-23T04:00:00.000Z' });
          if (!found.ok) {
            expect([
              'not_a_feed',
              'malformed',
              'too_many_entries',
              'too_deep',
              'field_too_large',
              'entities_refused',
            ]).toContain(found.code);
            return;
          }
          expect(found.entries.length).toBeLessThanOrEqual(limits.entries);
          for (const { id, title, published } of found.entries) {
            expect([id ?? '', title].map((each) => typeof each)).toEqual(['string', 'string']);
            expect(published.at === null).toBe(published.precision === 'none');
          }
        },
      ),
      { numRuns: 600, seed: 84 },
    );
  });
});
