import type { PublicDocument } from '@tongsheng/contracts';
import { Parser } from 'htmlparser2';
import { even } from './shown-text.ts';

type File = PublicDocument['files'][number];

/** A picture or attachment of a document, and where a page may have it, the likeliest first. */
export type ShownFile = { file: File; role: 'image' | 'attachment'; addresses: string[] };

/** Places at which one file is looked for. */
const mostPlaces = 6;

/**
 * Where a page shows the pictures and attachments of a document: at our own address of it; else an attachment is the link
 * that has its words, and a picture the one that is described by the same words, or any that the page has.
 */
export function shownFiles(page: string, pageUrl: string, { html, url, files }: PublicDocument): ShownFile[] {
  const ours = referencesOf(html, url);
  const theirs = referencesOf(page, pageUrl);
  return files.map((file) => {
    const own = `${url}/files/${file.hash}`;
    const asImage = ours.find((each) => each.isImage && each.address === own);
    const asLink = ours.find((each) => !each.isImage && each.address === own);
    const wanted = asImage ?? asLink;
    const role = asImage ? 'image' : 'attachment';
    const alike = theirs.filter((each) => each.isImage === (role === 'image'));
    const named = alike.filter((each) => wanted && each.words !== '' && each.words === wanted.words);
    const found = [
      ...alike.filter(({ address }) => address === own),
      ...named,
      ...(role === 'image' && named.length === 0 ? alike : []),
    ];
    return { file, role, addresses: [...new Set(found.map(({ address }) => address))].slice(0, mostPlaces) };
  });
}

type Reference = { isImage: boolean; address: string; words: string };

/** No page of a site is nested like this; the tokenizer takes quadratic time over tags that are nested without end. */
const deepest = 500;
class TooDeep extends Error {}

/** Links and pictures of HTML with their words, addresses made absolute. */
function referencesOf(html: string, base: string): Reference[] {
  const found: Reference[] = [];
  let depth = 0;
  let open: Reference | null = null;
  const absolute = (address: string) => (URL.canParse(address, base) ? new URL(address, base).href : address);
  const parser = new Parser({
    onopentag(name, { href, src, alt = '' }) {
      if (++depth > deepest) throw new TooDeep();
      if (name === 'img' && src !== undefined) found.push({ isImage: true, address: absolute(src), words: even(alt) });
      if (name !== 'a' || href === undefined) return;
      open = { isImage: false, address: absolute(href), words: '' };
      found.push(open);
    },
    ontext(text) {
      if (open) open.words += even(text);
    },
    onclosetag(name) {
      depth--;
      if (name === 'a') open = null;
    },
  });
  try {
    parser.end(html.toWellFormed());
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
  }
  return found;
}
