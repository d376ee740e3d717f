import { outsideSite, Refusal, whoMay, type Role } from '@tongsheng/contracts';
import { mustNotBeAuditor } from './reach.ts';
import type { Caller } from './sessions.ts';

/** @throws Refusal role_missing */
export function mustHaveRole(caller: Caller, roles: readonly Role[]): void {
  if (roles.some((role) => caller.roles.includes(role))) return;
  throw new Refusal('role_missing', `needs one of: ${roles.join(', ')}`, { roles: roles.join(',') });
}

/** @throws Refusal site_forbidden */
export function mustServeSite(caller: Caller, site: string): void {
  if (servesSite(caller, site)) return;
  throw new Refusal('site_forbidden', `${caller.personId} does not work for ${site}`, { site });
}

export const servesSite = (caller: Pick<Caller, 'sites'>, site: string) =>
  caller.sites.includes('*') || caller.sites.includes(site);

/** What people send as a name may be the name of something that every object has, such as `constructor`. */
export const own = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

type Asked = {
  type: string;
  site?: unknown;
  sites?: unknown;
  /** Whom the speaker stands for, where two sites speak to each other. */
  actingSite?: unknown;
  shift?: unknown;
  ladder?: unknown;
  means?: unknown;
  releaseChain?: unknown;
  leave?: unknown;
  checklist?: unknown;
};

/** @throws Refusal auditor_reads_only, role_missing or site_forbidden: deny by default. */
export function mustBeAllowed(caller: Caller, command: Asked): void {
  mustNotBeAuditor(caller, command.type);
  mustHaveRole(caller, own(whoMay, command.type) ?? []);
  // In a negotiation `site` is the one that offered; who answers speaks for another.
  const speaks = command.type.startsWith('submission.') ? { site: command.actingSite } : command;
  if (speaks.site === outsideSite) throw new Refusal('site_forbidden', 'an office outside speaks by its link alone');
  const { shift, ladder, means, releaseChain, leave, checklist } = command;
  const named = [speaks, shift, ladder, means, releaseChain, leave, checklist].filter(isObject).map(({ site }) => site);
  const { sites } = command;
  for (const site of [...named, ...(Array.isArray(sites) ? (sites as unknown[]) : [])])
    if (typeof site === 'string') mustServeSite(caller, site);
}

/** What is for all sites (`*`) is for those who work for all of them. */
const isObject = (value: unknown): value is { site?: unknown } => typeof value === 'object' && value !== null;
