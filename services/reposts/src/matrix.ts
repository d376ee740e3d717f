import type { Binding, ItemKind, Override, Policy, Site, Source, Target } from '@tongsheng/contracts';
import { Duration } from 'luxon';
import { related } from './regions.ts';

/** What a site owes for one source, and why. Columns and kinds narrow it to some of the source's items. */
export type Owed = Pick<Binding, 'policy' | 'because' | 'target' | 'limit'> & Pick<Policy, 'columns' | 'kinds'>;

/** What an item must be for a policy that speaks only of some columns or kinds. */
export type Sort = { columns: readonly string[]; kind: ItemKind };

type Configured = { policies: readonly Policy[]; overrides: readonly Override[] };

/**
 * One cell of the obligation matrix: all that binds a site to a source. It follows from the hierarchy, and people may
 * say otherwise, with a reason.
 */
export function owedBy(site: Site, source: Source, { policies, overrides }: Configured): Owed[] {
  const said = overrides.find(({ site: siteId, sourceId }) => siteId === site.siteId && sourceId === source.sourceId);
  if (said?.effect === 'free') return [];
  const owed = policies.flatMap((policy): Owed[] => {
    const { policyId, name, basis, target, limit, columns, kinds } = policy;
    const relation = speaksOf(policy, site, source) ? related(site, source.publisher, policy.publisher) : null;
    if (relation === null) return [];
    const because = `来源“${source.name}”：${relation}`;
    return [{ policy: { policyId, name, basis }, because, target, limit, columns, kinds }];
  });
  if (said?.effect !== 'bound') return owed;
  const because = `单独指定：${said.reason}`;
  return [{ policy: null, because, target: 'site', limit: said.limit, columns: [], kinds: [] }, ...owed];
}

/** Who owes an item of this source: for each site and target the strictest of what binds it, alike ones together. */
export function bindingsOf(source: Source, sort: Sort, sites: readonly Site[], configured: Configured): Binding[] {
  const bindings = new Map<string, Binding>();
  for (const site of sites) {
    for (const owed of strictest(owedBy(site, source, configured).filter((each) => isOf(each, sort)))) {
      const { policy, because, target, limit } = owed;
      const alike = JSON.stringify([policy?.policyId, because, target, limit]);
      const binding = bindings.get(alike) ?? { policy, because, target, limit, sites: [] };
      binding.sites.push(site.siteId);
      bindings.set(alike, binding);
    }
  }
  return [...bindings.values()];
}

export const isOf = ({ columns, kinds }: Pick<Owed, 'columns' | 'kinds'>, sort: Sort): boolean =>
  (columns.length === 0 || columns.some((each) => sort.columns.includes(each))) &&
  (kinds.length === 0 || kinds.includes(sort.kind));

/** Of what binds one site, the shortest limit for each target; of equal ones, the first. */
function strictest(owed: readonly Owed[]): Owed[] {
  const byTarget = new Map<Target, Owed>();
  for (const each of owed) {
    const known = byTarget.get(each.target);
    if (!known || lengthOf(each.limit) < lengthOf(known.limit)) byTarget.set(each.target, each);
  }
  return [...byTarget.values()];
}

/** In ms, so that `P1D` and `PT24H` compare. */
export const lengthOf = (limit: string): number => Duration.fromISO(limit).toMillis();

function speaksOf({ enabled, sources, levels, sites }: Policy, site: Site, source: Source): boolean {
  return (
    enabled &&
    (sources.length === 0 || sources.includes(source.sourceId)) &&
    (levels.length === 0 || levels.includes(site.level)) &&
    (sites.length === 0 || sites.includes(site.siteId))
  );
}
