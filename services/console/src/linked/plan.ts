import { speaksTogether, type LinkedPlan, type LinkedRow, type PartRole, type ReleaseRow } from '@tongsheng/contracts';
import { fromField, toField } from '../duty/month.ts';
import type { FieldProblem } from '../parts/problem-list.tsx';

/** A plan as its form holds it: the moment as people write it, in Beijing time. */
export type PlanDraft = Omit<LinkedPlan, 't0'> & { t0: string };

export const partRoles = ['policy', 'interpretation', 'qa', 'chart', 'news'] as const satisfies readonly PartRole[];

const roles: Record<ReleaseRow['kind'], PartRole> = {
  policy: 'policy',
  interpretation: 'interpretation',
  press: 'news',
  response: 'qa',
  rebuttal: 'news',
  notice: 'news',
};

/** What a release is to the others, by its kind; people may say otherwise. */
export const roleOf = ({ kind }: Pick<ReleaseRow, 'kind'>) => roles[kind];

export const blankPlan = (site: string, t0: number): PlanDraft => ({
  title: '',
  parts: [],
  sites: site ? [site] : [],
  channels: [],
  t0: toField(new Date(Math.ceil(t0 / 3_600_000) * 3_600_000).toISOString()),
});

export const planDraftOf = ({ title, parts, sites, channels, t0 }: LinkedRow): PlanDraft => ({
  title,
  parts,
  sites,
  channels,
  t0: toField(t0),
});

/** The plan that a form holds. Without a moment there is none. */
export function planOf({ t0, ...plan }: PlanDraft): LinkedPlan | null {
  const at = fromField(t0);
  return at === null ? null : { ...plan, title: plan.title.trim(), t0: at };
}

/** Everything that is missing, at once. `now` in ms since 1970. */
export function problemsOf(draft: PlanDraft, now: number): FieldProblem[] {
  const at = fromField(draft.t0);
  return [
    ...(draft.title.trim() === '' ? [{ field: 'title', word: 'linked.need.title' as const }] : []),
    ...(draft.sites.length === 0 ? [{ field: 'sites', word: 'linked.need.sites' as const }] : []),
    ...(at === null || Date.parse(at) <= now ? [{ field: 't0', word: 'linked.need.t0' as const }] : []),
  ];
}

/** Whether a policy among the parts stands without what explains it. */
export const lacksInterpretation = (plan: Pick<LinkedPlan, 'parts'>): boolean => !speaksTogether(plan, false);

/** What still stands between a plan and its moment, in the order in which it is done. */
export function openSteps(row: LinkedRow, parts: readonly ReleaseRow[]): ('explain' | 'write' | 'sign' | 'seal')[] {
  const written = new Set(parts.map(({ releaseId }) => releaseId));
  return [
    ...(lacksInterpretation(row) && row.waived === null ? (['explain'] as const) : []),
    ...(row.parts.length === 0 || row.parts.some(({ releaseId }) => !written.has(releaseId))
      ? (['write'] as const)
      : []),
    ...(row.parts.some(({ releaseId }) => !row.signed.includes(releaseId)) ? (['sign'] as const) : []),
    ...(row.sealedAt === null ? (['seal'] as const) : []),
  ];
}
