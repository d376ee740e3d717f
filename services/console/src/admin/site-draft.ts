import type { Site } from '@tongsheng/contracts';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { isRegion } from '../regions.ts';

/** A site that is being written: text as it is typed; empty where nothing is said. */
export type SiteDraft = Pick<Site, 'siteId' | 'name' | 'level' | 'baseUrl'> & {
  region: string;
  superior: string;
  /** One county a line: its code and its name. */
  speaksFor: string;
};

export const blankSite: SiteDraft = {
  siteId: '',
  name: '',
  level: 'city',
  baseUrl: '',
  region: '',
  superior: '',
  speaksFor: '',
};

export const draftOf = ({ siteId, name, level, baseUrl, region = '', superior = '', speaksFor }: Site): SiteDraft => ({
  siteId,
  name,
  level,
  baseUrl,
  region,
  superior,
  speaksFor: speaksFor.map((each) => `${each.region} ${each.name}`).join('\n'),
});

export const siteOf = ({ region, superior, speaksFor, ...draft }: SiteDraft): Site => ({
  ...draft,
  name: draft.name.trim(),
  baseUrl: draft.baseUrl.trim(),
  ...(region && { region }),
  ...(superior && { superior }),
  speaksFor: linesOf(speaksFor).map((line) => countyOf(line)!),
});

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

function countyOf(line: string): { region: string; name: string } | null {
  const [, region, name] = /^(\d{6})[\s,，、]+(.+)$/u.exec(line) ?? [];
  return region && name ? { region, name } : null;
}

const token = /^[A-Za-z0-9_-]{1,64}$/;

/** Everything that is missing, at once. */
export function problemsOf(draft: SiteDraft, taken: ReadonlySet<string>): FieldProblem[] {
  const found: FieldProblem[] = [];
  const need = (ok: boolean, problem: FieldProblem) => void (ok || found.push(problem));
  const { siteId, name, baseUrl, region, superior, speaksFor } = draft;
  need(name.trim() !== '', { field: 'name', word: 'rules.need.name' });
  need(token.test(siteId) && !taken.has(siteId), { field: 'siteId', word: 'rules.need.siteId' });
  need(/^https?:\/\/[^/]/i.test(baseUrl.trim()) && URL.canParse(baseUrl.trim()), {
    field: 'baseUrl',
    word: 'rules.need.baseUrl',
  });
  need(region === '' || isRegion(region), { field: 'region', word: 'rules.need.region' });
  need(superior === '' || isRegion(superior), { field: 'superior', word: 'rules.need.region' });
  const bad = linesOf(speaksFor).findIndex((line) => countyOf(line) === null);
  need(bad < 0, { field: 'speaksFor', word: 'sites.speaksForBad', values: { n: String(bad + 1) } });
  return found;
}
