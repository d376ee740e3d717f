import type { Draft } from '@tongsheng/contracts';
import { ApiError, decide } from '../api/client.ts';
import { readLinked } from '../api/views.ts';
import { planDraftOf, planOf, roleOf } from './plan.ts';

/** Puts a release that was written for a linked release among its parts; two that are written at once both get in. */
export async function joinPlan(
  { site: leads, linkedId }: NonNullable<Draft['linked']>,
  { site, releaseId, kind }: { site: string; releaseId: string; kind: Draft['kind'] },
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { row } = await readLinked(leads, linkedId);
    if (row.parts.some((part) => part.releaseId === releaseId)) return;
    const plan = planOf(planDraftOf(row))!;
    const parts = [...plan.parts, { releaseId, site, role: roleOf({ kind }) }];
    try {
      await decide({
        type: 'linked.plan',
        site: leads,
        linkedId,
        plan: { ...plan, parts },
        baseRevision: row.revision,
      });
      return;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'linked_changed') || tries === 5) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * tries));
    }
  }
}
