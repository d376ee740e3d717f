import type { TimelineEntry } from '@tongsheng/contracts';
import type { Caller } from './sessions.ts';

type Doors = {
  audit: {
    reader: { list(set: string, range: { reverse: true; limit: number; max?: number }): Promise<TimelineEntry[]> };
  };
  /** Whoever may come in, and the sites they work for. */
  people: { get(id: string): { sites: readonly string[] } | undefined };
  tokens: { get(id: string): { sites: readonly string[] } | undefined };
};

/** Read at once while the few that concern somebody are looked for. */
const atOnce = 1_000;

/**
 * What happened at the door, the newest first: all of it for those who serve all sites; for others what people of their own
 * sites did. A name that nobody has concerns those who serve all.
 */
export async function auditFor(
  { audit, people, tokens }: Doors,
  { personId, sites }: Pick<Caller, 'personId' | 'sites'>,
  limit: number,
): Promise<TimelineEntry[]> {
  const { reader } = audit;
  if (sites.includes('*')) return reader.list('all', { reverse: true, limit });
  const concerns = ({ facts }: TimelineEntry) => {
    const who = String(facts['personId']);
    const served = (people.get(who) ?? tokens.get(who))?.sites ?? [];
    return who === personId || served.some((site) => sites.includes(site));
  };
  const found: TimelineEntry[] = [];
  for (let max: number | undefined; found.length < limit;) {
    const page = await reader.list('all', { reverse: true, limit: atOnce, ...(max !== undefined && { max }) });
    found.push(...page.filter(concerns));
    if (page.length < atOnce) break;
    max = page.at(-1)!.position - 1;
  }
  return found.slice(0, limit);
}
