import { Refusal, sitesUnder, type Site } from '@tongsheng/contracts';
import type { Caller } from './sessions.ts';

type Reader = Pick<Caller, 'roles' | 'sites'>;

/** Whoever only reads: everything, and changes nothing. */
export const isAuditor = ({ roles }: Pick<Caller, 'roles'>): boolean => roles.includes('auditor');

/**
 * The sites that somebody may read of, beyond those they work for: a province reads of its cities, the nation of all, an
 * auditor of everything. What they may decide is not more for it.
 */
export function reachOf(reader: Reader, sites: readonly Site[]): readonly string[] {
  const isNational = sites.some(({ siteId, level }) => level === 'national' && reader.sites.includes(siteId));
  if (isAuditor(reader) || reader.sites.includes('*') || isNational) return ['*'];
  const under = reader.sites.flatMap((site) => sitesUnder(site, sites).map(({ siteId }) => siteId));
  return [...new Set([...reader.sites, ...under])];
}

/** The same person as a reader. */
export const asReader = <C extends Reader>(caller: C, sites: readonly Site[]): C => ({
  ...caller,
  sites: reachOf(caller, sites),
});

/** @throws Refusal auditor_reads_only, naming what was asked */
export function mustNotBeAuditor(caller: Pick<Caller, 'roles'>, what: string): void {
  if (isAuditor(caller)) throw new Refusal('auditor_reads_only', `an auditor does not ${what}`, { what });
}
