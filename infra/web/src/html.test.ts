import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanHtml, cleanOwnHtml, textOf, TooDeep } from './html.ts';

const vectors = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>',
  '<img src="x" onerror="alert(1)"//',
  '<img/src=x/onerror=alert(1)>',
  '<img src="javascript:alert(1)">',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="java&#9;script:alert(1)">x</a>',
  '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
  '<form action="javascript:alert(1)"><input type=submit><button formaction="javascript:alert(1)">x</button></form>',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)"><base href="javascript:/">',
  '<link rel=stylesheet href="javascript:alert(1)"><style>@import "javascript:alert(1)";</style>',
  '<p style="background:url(javascript:alert(1))" onclick="alert(1)">x</p>',
  '<body onload=alert(1)><details open ontoggle=alert(1)>x</details>',
  '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<template><script>alert(1)</script></template>',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
  '<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>',
  '<p title=`onmouseover=alert(1)`>x',
  '<td background="javascript:alert(1)" colspan="2" onclick=alert(1)>x',
];

/** Every tag and attribute that is really there, as a browser's tokenizer would find them. */
const tagsOf = (html: string) => [...html.matchAll(/<\/?([a-z][^\s/>]*)((?:[^>"]|"[^"]*")*)>/gi)];
const allowedTags =
  /^(p|br|hr|h[2-5]|strong|b|em|i|u|sub|sup|ul|ol|li|dl|dt|dd|blockquote|pre|code|table|caption|thead|tbody|tfoot|tr|th|td|colgroup|col|img|a|figure|figcaption|ruby|rt|rp|span|div|section|article)$/;
const allowedAttribute = /^(href|title|src|alt|width|height|colspan|rowspan|scope)$/;

function expectHarmless(html: string): void {
  for (const [, name, attributes] of tagsOf(html)) {
    expect(name).toMatch(allowedTags);
    for (const [, attribute, value] of attributes!.matchAll(/([^\s="/]+)(?:="([^"]*)")?/g)) {
      expect(attribute).toMatch(allowedAttribute);
      if (attribute === 'href') expect(value).toMatch(/^(https?:|mailto:)/);
      if (attribute === 'src') expect(value).toMatch(/^https?:/);
    }
  }
  // What is left of "<" is markup that was just checked, or escaped.
  expect(html.replace(/<\/?[a-z][^\s/>]*(?:[^>"]|"[^"]*")*>/gi, '')).not.toContain('<');
}

describe('HTML from outside', () => {
  it.each(vectors)('is harmless: %s', (vector) => {
    expectHarmless(cleanHtml(vector, 'https://upstream.example/'));
    expectHarmless(cleanHtml(vector));
  });
  it('is harmless however vectors are put together, also when it is cleaned again', () => {
    const piece = fc.oneof(
      fc.constantFrom(...vectors),
      fc.constantFrom(
        '<p>',
        '</p>',
        '<td>',
        '<table>',
        '</table>',
        '"',
        "'",
        '<',
        '>',
        '&',
        '&lt;',
        '<!--',
        '-->',
        'x',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const once = cleanHtml(pieces.join(''), 'https://upstream.example/');
        expectHarmless(once);
        const twice = cleanHtml(once, 'https://upstream.example/');
        expectHarmless(twice);
        expect(textOf(twice)).toBe(textOf(once));
      }),
      { numRuns: 500 },
    );
  });
  it('is not changed by a second cleaning where it is well formed', () => {
    const { html } = fc.letrec<{ html: string; element: string; text: string }>((tie) => ({
      html: fc
        .array(fc.oneof({ depthSize: 'small' }, tie('text'), tie('element')), { maxLength: 4 })
        .map((all) => all.join('')),
      element: fc
        .tuple(fc.constantFrom('div', 'b', 'span', 'blockquote', 'script', 'h1', 'font'), tie('html'))
        .map(([name, inner]) => `<${name} class="x">${inner}</${name}>`),
      text: fc.constantFrom(
        '税',
        '&lt;b&gt;',
        '&amp;amp;',
        '"',
        '<a href="/x?a=1&amp;b=2">链接</a>',
        '<img src="/y.png">',
        '<br>',
      ),
    }));
    fc.assert(
      fc.property(html, (given) => {
        const once = cleanHtml(given, 'https://upstream.example/');
        expect(cleanHtml(once)).toBe(once);
        expect(cleanHtml(once, 'https://another.example/')).toBe(once);
      }),
    );
  });
  it('keeps what a document is made of', () => {
    const table = '<table><tr><th scope="row">税种</th><td colspan="2">增值税</td></tr></table>';
    expect(cleanHtml(table)).toBe(table);
    expect(cleanHtml('<h1>标题</h1><font color=red>重点</font><center>中</center>')).toBe(
      '<h2>标题</h2><span>重点</span><div>中</div>',
    );
  });
  it('has absolute addresses where the page’s own is known, and none where it is not', () => {
    const html = '<a href="../a.html">a</a><img src="//cdn.example/x.png" alt="图">';
    expect(cleanHtml(html, 'https://upstream.example/n1/c2.html')).toBe(
      '<a href="https://upstream.example/a.html">a</a><img alt="图" src="https://cdn.example/x.png" />',
    );
    expect(cleanHtml(html)).toBe('<a>a</a>');
  });
  it('is cleaned in linear time, however deep or broken', () => {
    const began = performance.now();
    for (const hostile of [
      '<div>'.repeat(400),
      '<p<'.repeat(50_000),
      '<a href="'.repeat(20_000),
      '&lt'.repeat(100_000),
    ])
      expectHarmless(cleanHtml(hostile));
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('the visible text', () => {
  it('has a line for each block and no markup', () => {
    expect(textOf('<h1>标题</h1><p>一<b>二</b>　三</p><script>x</script><ul><li>甲<li>乙</ul>')).toBe(
      '标题\n一二 三\n甲\n乙',
    );
  });
  it('knows entities and hides what browsers hide', () => {
    expect(textOf('5 &lt; 6 &amp; 7<style>p{}</style><template>x</template><!-- y -->')).toBe('5 < 6 & 7');
  });
  it('is linear in what a regular expression is not', () => {
    const began = performance.now();
    textOf('<p'.repeat(200_000));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
  it('is the same before and after cleaning', () => {
    const words = fc.array(fc.constantFrom('<p>', '</p>', '<b>', '</b>', '税', ' 务 ', '&amp;', '<div>', '<br>'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(words, (pieces) => {
        expect(textOf(cleanHtml(pieces.join('')))).toBe(textOf(pieces.join('')));
      }),
    );
  });
});

it('a picture stays, and a pixel that counts readers goes', () => {
  expect(cleanHtml('<img src="https://a.example/1.png" width="100" height="10">')).toContain('1.png');
  for (const size of ['width="1" height="1"', 'height="0"', 'width="1px"'])
    expect(cleanHtml(`<img src="https://count.example/x.gif" ${size}>`)).toBe('');
});

it('what is nested beyond all reason is refused at once', () => {
  const began = performance.now();
  for (const piece of ['<div>', '<table><tr><td>', '<b>']) {
    expect(() => textOf(piece.repeat(60_000))).toThrowError(TooDeep);
    expect(() => cleanHtml(piece.repeat(60_000))).toThrowError(TooDeep);
  }
  expect(performance.now() - began).toBeLessThan(3_000);
});

it('a text of our own keeps its own files by their hash, and nothing else that has no whole address', () => {
  const own = `<img alt="图" src="files/${'a'.repeat(64)}" />`;
  expect(cleanOwnHtml(own)).toBe(own);
  expect(cleanHtml(own)).toBe('');
  for (const src of ['files/../../x', `/files/${'a'.repeat(64)}`, `files/${'a'.repeat(64)}/../y`, 'files/abc'])
    expect(cleanOwnHtml(`<img src="${src}" alt="x" />`)).toBe('');
});
