import { decodeHTMLStrict } from 'entities';
import { BadFeed, limits } from './feed.ts';
import { escapeText } from './markup.ts';

/** What a document type declares. */
const declaration = /<!ENTITY\s+([^\s%"'<>]{1,100})\s+(?:"([^"<]*)"|'([^'<]*)'|(SYSTEM|PUBLIC)\s[^>]{0,2000}?)\s*>/g;
const nested = /&(?!#|(?:amp|lt|gt|quot|apos);)/;
const longest = 1_024;
const longestTogether = 1_048_576;
const subsetLimit = 65_536;

/** The subset of a document type that stands in the document itself, from the place where a document type may stand. */
function internalSubset(text: string): string {
  const from = /<!doctype/i.exec(withoutComments(text.slice(0, subsetLimit)))?.index ?? -1;
  const open = from === -1 ? -1 : text.indexOf('[', from);
  if (open === -1 || text.slice(from, open).includes('>')) return '';
  const subset = text.slice(open, open + subsetLimit);
  const end = /\]\s*>/.exec(subset);
  return end ? subset.slice(0, end.index) : subset;
}

/** With blanks in their place. Unlike a regular expression this is quick where thousands begin and none ends. */
function withoutComments(text: string): string {
  let left = text;
  for (let at = left.indexOf('<!--'); at !== -1; at = left.indexOf('<!--', at)) {
    const end = left.indexOf('-->', at);
    if (end === -1) return left.slice(0, at);
    left = left.slice(0, at) + ' '.repeat(end + 3 - at) + left.slice(end + 3);
  }
  return left;
}

/** Entities of a document type, by name: what each stands for, or why it may not stand for it. */
function declared(text: string): Map<string, { stands: string } | { refused: string }> {
  const entities = new Map<string, { stands: string } | { refused: string }>();
  for (const [, name = '', double, single, external] of internalSubset(text).matchAll(declaration)) {
    const value = double ?? single ?? '';
    const refused = external
      ? 'stands for another document'
      : nested.test(value)
        ? 'is made of entities'
        : value.length > longest
          ? `stands for ${value.length} characters`
          : null;
    entities.set(name, refused ? { refused } : { stands: escapeText(decodeHTMLStrict(value)) });
  }
  return entities;
}

/** Names, and the numbers that Windows gave to characters where Unicode has controls. */
const named = /&([A-Za-z][\w.-]{0,40}|#1[2-5]\d|#[xX][89][\da-fA-F]);/g;
const ofXml = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);
/** One of those that XML does not have, at least by its beginning; or `<` before what begins no tag, as in `<5%`. */
const beyondXml = /&(?:(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]|#1[2-5]\d|#[xX][89])|<[^A-Za-z_:/!?]/;
const bareLessThan = /<(?=[^A-Za-z_:/!?])/g;

/**
 * A document in which only XML's own entities are left: names of HTML, which feeds use without declaring them, and names
 * that the document type declares become what they stand for. What is no tag is none. Sections of CDATA stay as they are.
 * @throws BadFeed entities_refused, where one is used that only an attack declares
 */
export function expandEntities(text: string): string {
  if (!beyondXml.test(text)) return text;
  const entities = declared(text);
  let together = 0;
  const standsFor = (whole: string, name: string): string => {
    if (ofXml.has(name)) return whole;
    const own = entities.get(name);
    if (own && 'refused' in own) throw new BadFeed('entities_refused', `${whole} ${own.refused}`);
    if (own) {
      together += own.stands.length;
      if (together > longestTogether) throw new BadFeed('entities_refused', `${whole} is used without end`);
      return own.stands;
    }
    const character = decodeHTMLStrict(whole);
    return character === whole ? whole : escapeText(character);
  };
  let signs = 0;
  const escapeSign = () => {
    if (++signs > limits.bareSigns) throw new BadFeed('malformed', `more than ${limits.bareSigns} signs begin no tag`);
    return '&lt;';
  };
  const expand = (part: string) => {
    const known = part.includes('&') ? part.replaceAll(named, standsFor) : part;
    return known.includes('<') ? known.replaceAll(bareLessThan, escapeSign) : known;
  };
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
