import type { Clue } from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { minute } from '../time.ts';

/** A clue while it is typed; `since` in Beijing time, as the field has it. */
export type ClueDraft = { claim: string; seenWhere: string; link: string; since: string; reach: string };

export const blankClue: ClueDraft = { claim: '', seenWhere: '', link: '', since: '', reach: '' };

export const problemsOfClue = ({ claim, seenWhere, link }: ClueDraft): FieldProblem[] => [
  ...(claim.trim() === '' ? [{ field: 'claim', word: 'rumor.need.claim' as const }] : []),
  ...(seenWhere.trim() === '' ? [{ field: 'seenWhere', word: 'rumor.need.where' as const }] : []),
  ...(link.trim() !== '' && !isWebAddress(link.trim()) ? [{ field: 'link', word: 'rumor.need.link' as const }] : []),
];

export const clueOf = ({ claim, seenWhere, link, since, reach }: ClueDraft): Clue => ({
  claim: claim.trim(),
  seenWhere: seenWhere.trim(),
  link: link.trim() || null,
  since: since === '' ? null : new Date(`${since}:00+08:00`).toISOString(),
  reach: reach.trim(),
  evidence: [],
});

/** What was said of it before, to be said again with what is new. */
export const clueDraftOf = ({ claim, seenWhere, link, since, reach }: Clue): ClueDraft => ({
  claim,
  seenWhere,
  link: link ?? '',
  since: since === null ? '' : minute(since).replace(' ', 'T'),
  reach,
});

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
