import type { Clue, ReleaseFile } from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';

/** A clue while it is typed; `since` in Beijing time, as the field has it. */
export type ClueDraft = {
  claim: string;
  seenWhere: string;
  link: string;
  since: string;
  reach: string;
  evidence: ReleaseFile[];
};

export const blankClue: ClueDraft = { claim: '', seenWhere: '', link: '', since: '', reach: '', evidence: [] };

export const problemsOfClue = ({ claim, seenWhere, link }: ClueDraft): FieldProblem[] => [
  ...(claim.trim() === '' ? [{ field: 'claim', word: 'rumor.need.claim' as const }] : []),
  ...(seenWhere.trim() === '' ? [{ field: 'seenWhere', word: 'rumor.need.where' as const }] : []),
  ...(link.trim() !== '' && !isWebAddress(link.trim()) ? [{ field: 'link', word: 'rumor.need.link' as const }] : []),
];

export const clueOf = ({ claim, seenWhere, link, since, reach, evidence }: ClueDraft): Clue => ({
  claim: claim.trim(),
  seenWhere: seenWhere.trim(),
  link: link.trim() || null,
  since: since === '' ? null : new Date(`${since}:00+08:00`).toISOString(),
  reach: reach.trim(),
  evidence,
});

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
