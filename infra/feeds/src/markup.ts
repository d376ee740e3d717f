import { Parser } from 'htmlparser2';
import { BadFeed, limits } from './feed.ts';

export const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Elements of HTML that have no end tag. */
export const isVoid = (name: string) =>
  /^(area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/.test(name);

const addresses = new Map<string, readonly string[]>(
  Object.entries({
    a: ['href'],
    applet: ['codebase'],
    area: ['href'],
    blockquote: ['cite'],
    body: ['background'],
    del: ['cite'],
    embed: ['src'],
    form: ['action'],
    frame: ['src', 'longdesc'],
    head: ['profile'],
    iframe: ['src', 'longdesc'],
    img: ['src', 'longdesc', 'usemap'],
    input: ['src', 'usemap'],
    ins: ['cite'],
    link: ['href'],
    object: ['data', 'codebase', 'classid', 'usemap'],
    q: ['cite'],
    script: ['src'],
    source: ['src'],
    track: ['src'],
    video: ['src', 'poster'],
    audio: ['src'],
  }),
);

/** An attribute's value, absolute where it is an address and can be made so. */
export function attributeValue(element: string, name: string, value: string, base: string): string {
  if (base === '' || !addresses.get(element)?.includes(name)) return value;
  return resolve(value, base);
}

/** An address read against a base, or as it is where that makes no sense. */
export function resolve(address: string, base: string): string {
  const trimmed = address.trim();
  return trimmed !== '' && base !== '' && URL.canParse(trimmed, base) ? new URL(trimmed, base).href : trimmed;
}

/**
 * HTML whose relative addresses are read against a base (RFC 4287 2, `xml:base`); the rest says the same,
 * and what has none stays as it is written.
 * @throws BadFeed too_deep
 */
export function withBase(html: string, base: string): string {
  if (base === '' || !html.includes('<')) return html;
  const parts: string[] = [];
  let depth = 0;
  let changed = false;
  const parser = new Parser(
    {
      onopentag(name, attributes, isImplied) {
        if (++depth > limits.depth) throw new BadFeed('too_deep', `HTML nested deeper than ${limits.depth}`);
        if (isImplied) return;
        const written = Object.entries(attributes).map(([key, value]) => {
          const absolute = attributeValue(name, key, value, base);
          if (absolute !== value) changed = true;
          return ` ${key}="${escapeText(absolute)}"`;
        });
        parts.push(`<${name}${written.join('')}>`);
      },
      ontext: (text) => void parts.push(escapeText(text)),
      onclosetag(name, isImplied) {
        depth--;
        if (!isImplied && !isVoid(name)) parts.push(`</${name}>`);
      },
      oncomment: () => {},
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return changed ? parts.join('') : html;
}
