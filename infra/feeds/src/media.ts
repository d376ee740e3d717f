import { escapeText } from './markup.ts';
import { child, childrenNamed, innerHtml, innerText, type Element } from './tree.ts';

/** What Media RSS says of a picture or a film, which is all that some entries say (videos, mostly). */
export const mediaElement = (entry: Element, name: string): Element | undefined =>
  placesIn(entry).flatMap((place) => child(place, name) ?? [])[0];

/** The entry itself, its group, and the media that either holds, in this order. */
function placesIn(entry: Element): Element[] {
  const groups = [entry, ...childrenNamed(entry, 'media:group')];
  return [...groups, ...groups.flatMap((group) => childrenNamed(group, 'media:content'))];
}

/** Its description as HTML; it is plain text unless it says otherwise. */
export function mediaText(entry: Element): string {
  const description = mediaElement(entry, 'media:description');
  return description?.attributes['type'] === 'html' ? innerHtml(description) : escapeText(innerText(description));
}
