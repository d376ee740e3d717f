import { decodeHTMLStrict } from 'entities';
import { BadFeed } from './feed.ts';
import { escapeText } from './markup.ts';

/** What a document type declares. */
const declaration = /<!ENTITY\s+([^\s%"'<>]{1,100})\s+(?:"([^"<]*)"|'([^'<]*)'|(SYSTEM|PUBLIC)\s[^>]{0,2000}?)\s*>/g;
const nested = /&(?!#|(?:amp|lt|gt|quot|apos);)/;
const longest = 1_024;
const subsetLimit = 65_536;

/**
 * Entities of a document type, by name; null for one that lies elsewhere. A legal feed declares a few characters; entities
 * made of entities grow without end where they are expanded.
 * @throws BadFeed entities_refused
 */
function declared(text: string): Map<string, string | null> {
  const entities = new Map<string, string | null>();
  const from = text.indexOf('<!DOCTYPE');
  const open = from === -1 ? -1 : text.indexOf('[', from);
  if (open === -1 || text.slice(from, open).includes('>')) return entities;
  const end = text.indexOf(']', open);
  const subset = text.slice(open, Math.min(end === -1 ? text.length : end, open + subsetLimit));
  for (const [whole, name = '', double, single, external] of subset.matchAll(declaration)) {
    const value = double ?? single ?? '';
    if (nested.test(value)) throw new BadFeed('entities_refused', `the document type declares ${whole.slice(0, 80)}`);
    if (value.length > longest)
      throw new BadFeed('entities_refused', `&${name}; stands for ${value.length} characters`);
    entities.set(name, external ? null : decodeHTMLStrict(value));
  }
  return entities;
}

/** Names, and the numbers that Windows gave to characters where Unicode has controls. */
const named = /&([A-Za-z][\w.-]{1,40}|#1[2-5]\d|#[xX][89][\da-fA-F]);/g;
const ofXml = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
/** One of those that XML does not have, at least by its beginning. */
const beyondXml = /&(?:(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]|#1[2-5]\d|#[xX][89])/;

/**
 * A document in which only XML's own entities are left: names of HTML, which feeds use without declaring them, and names
 * that the document type declares become what they stand for. Sections of CDATA stay as they are.
 * @throws BadFeed entities_refused
 */
export function expandEntities(text: string): string {
  const entities = declared(text);
  if (!beyondXml.test(text)) return text;
  const expand = (part: string) =>
    part.includes('&')
      ? part.replaceAll(named, (whole, name: string) => {
          if (ofXml.has(name)) return whole;
          const own = entities.get(name);
          // Nothing is fetched for it, and leaving it out would change the text.
          if (own === null) throw new BadFeed('entities_refused', `${whole} stands for another document`);
          if (own !== undefined) return escapeText(own);
          const character = decodeHTMLStrict(whole);
          return character === whole ? whole : escapeText(character);
        })
      : part;
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<![CDATA['); at !== -1; at = text.indexOf('<![CDATA[', from)) {
    const end = text.indexOf(']]>', at);
    const after = end === -1 ? text.length : end + 3;
    parts.push(expand(text.slice(from, at)), text.slice(at, after));
    from = after;
  }
  parts.push(expand(text.slice(from)));
  return parts.join('');
}
