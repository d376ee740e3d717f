import type { PageChange } from '@tongsheng/contracts';
import { diffArrays } from 'diff';
import { shareKept } from '../fidelity.ts';
import { titleLikeness } from '../likeness.ts';

/**
 * The share of our text that a page of another system must show, in its order. Every letter and figure has to stand there
 * in any case; what a system sets in its own way are signs: a smiley becomes a picture, `(c)` a ©. In a text of 50
 * characters that is one sign.
 */
export const leastShown = 0.98;

/** A page that shows less of our text than this shows another one, which may share its phrases. */
export const leastRecognised = 0.5;

/** Text without what systems set as they like: spaces, quotation marks, kinds of dashes, full and half width. */
export const even = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]+/gu, '')
    .replace(/["'`´‘’‚‛“”„‟′″«»]+/gu, '')
    .replace(/[-‐‑‒–—―−]+/gu, '-')
    .replace(/×/gu, 'x');

/** What carries the meaning: letters, and figures with the signs that make them another figure. */
export const core = (text: string): string =>
  even(text)
    .replace(/[^\p{L}\p{N}\p{Sc}.%‰<>=+°-]/gu, '')
    .replace(/-(?!\p{N})/gu, '');

const evenLines = (text: string): string => text.split('\n').map(even).join('\n');

/** The share of our text that stands in what a page shows, in its order, whatever stands around it. */
export const shownShare = (ours: string, page: string): number => shareKept(evenLines(ours), evenLines(page));

const mostChanges = 10;
const longest = 300;
const mostLines = 2_000;

/** The lines of our text that a page does not show, each with what stands there instead. */
export function changesOf(ours: string, page: string): PageChange[] {
  const [was, now] = [linesOf(ours), linesOf(page)];
  const all = even(page);
  const parts = diffArrays(was, now, { comparator: (a, b) => even(a) === even(b), maxEditLength: mostLines }) ?? [];
  return parts
    .flatMap((part, i) => {
      if (!part.removed) return [];
      const next = parts[i + 1];
      const stands = next?.added ? next.value : [];
      return part.value
        .filter((line) => !all.includes(even(line)))
        .map((line) => ({ was: cut(line), now: cut(likest(line, stands)) }));
    })
    .slice(0, mostChanges);
}

/** Of what stands there the line that a line became; empty where none is like it. */
function likest(line: string, stands: readonly string[]): string {
  const [best] = stands
    .map((each) => ({ each, likeness: titleLikeness(even(line), even(each)) }))
    .filter(({ likeness }) => likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness);
  return best?.each ?? '';
}
const leastLikeness = 0.4;

const linesOf = (text: string) => text.toWellFormed().split('\n').filter(Boolean);
const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…`.toWellFormed() : text);
