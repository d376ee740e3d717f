import type { SourceRow } from '@tongsheng/contracts';

/** How a source is, at a glance; the gravest comes first. */
export const healths = ['escalated', 'failed', 'disagrees', 'quiet', 'good', 'paused'] as const;
export type Health = (typeof healths)[number];

export function healthOf({ paused, troubles, disagreements, quiet }: SourceRow): Health {
  if (paused) return 'paused';
  if (troubles.some(({ escalatedHours }) => escalatedHours > 0)) return 'escalated';
  if (troubles.length > 0) return 'failed';
  if (disagreements.length > 0) return 'disagrees';
  return quiet ? 'quiet' : 'good';
}

/** Someone should look at it. */
export const needsCare = (row: SourceRow): boolean => !['good', 'paused'].includes(healthOf(row));
