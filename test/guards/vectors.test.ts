// What strangers send, in every form that we know of, through each door that it could come by.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFeed } from '@tongsheng/feeds';
import { composeMail } from '@tongsheng/mail';
import { fileNameParameter, html } from '@tongsheng/pages';
import { cleanHtml, cleanOwnHtml, safeFetch, textOf } from '@tongsheng/web';
import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { headerInjections } from '../vectors/headers.ts';
import { ssrf } from '../vectors/ssrf.ts';
import { xml } from '../vectors/xml.ts';
import { xss } from '../vectors/xss.ts';

const tags =
  /^(p|br|hr|h[2-5]|strong|b|em|i|u|sub|sup|ul|ol|li|dl|dt|dd|blockquote|pre|code|table|caption|thead|tbody|tfoot|tr|th|td|colgroup|col|img|a|figure|figcaption|ruby|rt|rp|span|div|section|article)$/;
const attributes = /^(href|title|src|alt|width|height|colspan|rowspan|scope)$/;

/** What in HTML could act: elements, attributes and addresses that are none of a text. */
function actsIn(text: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag(name, given) {
      if (!tags.test(name)) found.push(`<${name}>`);
      for (const [attribute, value] of Object.entries(given)) {
        if (!attributes.test(attribute)) found.push(attribute);
        if ((attribute === 'href' || attribute === 'src') && !/^(https?:|mailto:|files\/)/.test(value))
          found.push(value);
      }
    },
    oncomment: () => void found.push('<!-- -->'),
    onprocessinginstruction: (name) => void found.push(name),
  });
  parser.end(text);
  return found;
}

it('is looked at in more than six hundred forms of script, and each kind of vector has some', () => {
  expect(xss.length).toBeGreaterThan(600);
  expect(ssrf.length).toBeGreaterThan(150);
  expect(headerInjections.length).toBeGreaterThan(250);
  // The look sees what acts.
  expect(xss.filter((each) => actsIn(each).length > 0).length).toBeGreaterThan(600);
});

/** In ms: there are many, and the machine may be busy. */
const patience = 60_000;

describe('script from outside', { timeout: patience }, () => {
  it('is gone from HTML that was cleaned, and from HTML that was cleaned twice', () => {
    for (const vector of xss)
      for (const clean of [
        (text: string) => cleanHtml(text, 'https://upstream.example/'),
        (text: string) => cleanHtml(text),
        cleanOwnHtml,
      ]) {
        const once = clean(vector);
        expect({ vector, acts: actsIn(once) }).toEqual({ vector, acts: [] });
        expect({ vector, acts: actsIn(clean(once)) }).toEqual({ vector, acts: [] });
      }
  });
  it('is gone when all of it comes in one text', () => {
    expect(
      // Some end all text, and some are as deep as a text may be.
      actsIn(cleanHtml(xss.filter((each) => !/<plaintext|(?:<div>){99}/.test(each)).join('\n'), 'https://a.example/')),
    ).toEqual([]);
  });
  it('is text where text belongs: titles of pages, and of what a feed brings', async () => {
    for (const vector of xss) {
      const shown = html`<p title="${vector}">${vector}</p>`.text;
      expect({ vector, acts: actsIn(shown) }).toEqual({ vector, acts: [] });
      expect(shown.match(/</g)).toHaveLength(2);
    }
    const items = xss.map(
      (vector) =>
        `<item><title><![CDATA[${vector.replaceAll(']]>', '')}]]></title><link>https://a.example/1</link></item>`,
    );
    const read = await readFeed(
      Buffer.from(`<rss><channel><title>x</title>${items.slice(0, 50).join('')}</channel></rss>`),
    );
    expect(read.ok).toBe(true);
    if (read.ok)
      for (const { title } of read.entries) expect(actsIn(html`<h2>${textOf(title ?? '')}</h2>`.text)).toEqual([]);
  });
});

describe('an address that is none of the public internet’s', () => {
  it.each(ssrf)('is asked nothing: %j', async (address) => {
    const answer = await safeFetch(address, { totalMs: 5_000 });
    expect(answer).toMatchObject({ ok: false });
    // Refused before anybody was connected to.
    if (!answer.ok) expect(['address_refused', 'bad_url', 'dns_failed']).toContain(answer.code);
  });
  it('is asked nothing when a server that may be asked sends us there', { timeout: patience }, async () => {
    // What no head can carry comes as browsers send it.
    const inHead = (address: string) =>
      address.replaceAll(/[^ -~]/gu, (char) => encodeURIComponent(char.toWellFormed()));
    const server = createServer(({ url = '' }, response) => {
      const at = Number(url.slice(1));
      const location = url.slice(1) !== '' && ssrf[at] !== undefined ? inHead(ssrf[at]) : null;
      void (location === null ? response.end('here') : response.writeHead(302, { location }).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [at, address] of ssrf.entries()) {
      const answer = await safeFetch(`http://${host}/${at}`, { allow: [host], totalMs: 5_000 });
      // Some are, to whoever reads them beside an address, a path of that server.
      if (answer.ok) expect({ address, host: new URL(answer.url).host }).toEqual({ address, host });
      else
        expect({ address, code: answer.code }).toEqual({
          address,
          code: expect.stringMatching(/^(?:address_refused|redirect_refused|dns_failed|too_many_redirects)$/),
        });
    }
    server.close();
  });
  it.each([
    ['127.0.0.1'],
    ['8.8.8.8', '127.0.0.1'],
    ['8.8.8.8', '::1'],
    ['::ffff:169.254.169.254'],
    ['64:ff9b::a9fe:a9fe'],
    ['2002:7f00:1::'],
    ['0.0.0.0'],
    ['::'],
    ['fd00::1', '2400:3200::1'],
  ])('is asked nothing when a name server names it: %j, %j', async (...addresses) => {
    const lookup = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    expect(await safeFetch('http://rebind.example/', { lookup })).toMatchObject({ ok: false, code: 'address_refused' });
  });
});

describe('XML that is meant to harm', () => {
  it.each(xml)('%s: is read in bounds or refused', async (_, text) => {
    const read = await readFeed(Buffer.from(text));
    const said = JSON.stringify(read);
    expect(said.length).toBeLessThan(5_000_000);
    expect(said).not.toMatch(/root:.*:0:0:|daemon:/);
  });
});

it('a line break in a name begins no line of a mail’s head', { timeout: patience }, async () => {
  for (const injected of headerInjections) {
    const mail = await composeMail({
      name: 'a',
      at: '2026-11-23T04:00:00.000Z',
      from: { name: injected, address: 'press@tax.example' },
      to: { name: injected, address: 'desk@news.example' },
      subject: injected,
      text: '正文',
      headers: { 'X-Site': injected },
      attachments: [{ filename: injected, content: 'x', contentType: 'text/plain' }],
    });
    const [head = ''] = mail.toString('latin1').split('\r\n\r\n');
    const names = head.split(/\r\n(?![ \t])/).map((line) => line.split(':')[0]!.toLowerCase());
    expect({
      injected,
      names: names.filter((each) => /^(bcc|cc|reply-to|set-cookie|x-injected|mail from)$/.test(each)),
    }).toEqual({
      injected,
      names: [],
    });
    expect({ injected, twice: names.filter((each, at) => names.indexOf(each) !== at) }).toEqual({
      injected,
      twice: [],
    });
    expect(head).not.toMatch(/[^\r]\n/);
  }
});

it('a line break in the name of a file begins no line of an answer’s head', () => {
  for (const injected of headerInjections)
    expect(fileNameParameter(injected)).toMatch(/^filename\*=UTF-8''[\w%.!~-]+$/);
});
