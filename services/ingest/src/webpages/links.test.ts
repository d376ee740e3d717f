import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalLink, discoverLinks, linkKey } from './links.ts';

describe('one page has one key', () => {
  it.each([
    'http://www.tax.example/zc/1.html',
    'https://TAX.example:443/zc/1.html#fontzoom',
    'https://tax.example/zc//1.html?utm_source=rss&spm=a1.b2',
    'https://tax.example/zc/1.html;jsessionid=ABC123',
    'https://tax.example/zc/1.html?from=timeline&isappinstalled=0',
  ])('%s', (address) => expect(linkKey(address)).toBe('tax.example/zc/1.html'));
  it('a directory and its index page are one', () => {
    expect(linkKey('https://tax.example/zc/index.html')).toBe(linkKey('http://tax.example/zc/'));
  });
  it('what names the page stays', () => {
    for (const name of ['id=123', 'docId=9', 'from=20', 't=5', 'v=2'])
      expect(linkKey(`https://a.example/x?${name}`)).toBe(`a.example/x?${name}`);
    expect(linkKey('https://a.example/#!/zc/1')).toBe('a.example/#!/zc/1');
    expect(linkKey('not an address')).toBe('not an address');
  });
  it('a key’s key is itself, for any address', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (address) => {
        expect(canonicalLink(canonicalLink(address))).toBe(canonicalLink(address));
      }),
    );
  });
});

it('a page names its feeds', () => {
  const html = `<head><title> 税收政策 </title><link rel="alternate" type="application/rss+xml" title="政策" href="/rss/zc.xml"></head>
    <body><a href="feed.json">JSON</a><a href="/rss/zc.xml">RSS</a><a href="/about.html">关于</a></body>`;
  expect(discoverLinks(html, { url: 'https://tax.example/zc/' })).toEqual({
    title: '税收政策',
    feeds: [
      { url: 'https://tax.example/rss/zc.xml', title: '政策' },
      { url: 'https://tax.example/zc/feed.json', title: '' },
    ],
  });
});
