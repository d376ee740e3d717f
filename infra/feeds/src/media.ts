import { escapeText } from './markup.ts';
import { child, innerHtml, innerText, type Element } from './tree.ts';

/** What Media RSS says of a picture or a film, which is all that some entries say (videos, mostly). */
export const mediaElement = (entry: Element, name: string): Element | undefined =>
  child(entry, name) ?? child(child(entry, 'media:group') ?? entry, name);

/** Its description as HTML; it is plain text unless it says otherwise. */
export function mediaText(entry: Element): string {
  const description = mediaElement(entry, 'media:description');
  return description?.attributes['type'] === 'html' ? innerHtml(description) : escapeText(innerText(description));
}
