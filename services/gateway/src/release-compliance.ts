import { groupOf, type DeliveryRow, type LinkedRow, type ReleaseCompliance, type RumorRow } from '@tongsheng/contracts';

/** Policies that went out, the newest first, and whether their interpretations went with them (税总发〔2017〕84号 二(三)2). */
export function policiesOf(rows: readonly LinkedRow[]): ReleaseCompliance['policies'] {
  return rows
    .flatMap(({ site, linkedId, title, parts, committedAt: at, late, waived }) => {
      const has = (role: string) => parts.some((part) => part.role === role);
      if (at === null || !has('policy')) return [];
      const isWaived = !has('interpretation');
      const outcome = isWaived ? ('waived' as const) : late.length > 0 ? ('late' as const) : ('together' as const);
      const why = isWaived && waived ? { byName: waived.byName, reason: waived.reason } : null;
      return [{ site, linkedId, title, at, outcome, waived: why }];
    })
    .sort((one, other) => (one.at > other.at ? -1 : 1));
}

/** Rumors, the newest first, and whether they were answered within their limits. */
export function rumorsOf(rows: readonly RumorRow[], now: string): ReleaseCompliance['rumors'] {
  const outcomeOf = ({ state, rebuttedAt, dueAt }: RumorRow) => {
    if (rebuttedAt !== null) return rebuttedAt <= dueAt ? ('in_time' as const) : ('late' as const);
    if (state === 'watched' || state === 'closed') return 'closed' as const;
    return dueAt < now ? ('overdue' as const) : ('open' as const);
  };
  return rows
    .map((row) => {
      const { site, rumorCaseId, claim, reportedAt, dueAt, rebuttedAt } = row;
      return { site, rumorCaseId, claim, reportedAt, dueAt, rebuttedAt, outcome: outcomeOf(row) };
    })
    .sort((one, other) => (one.reportedAt > other.reportedAt ? -1 : 1));
}

/** How long it took from clue to rebuttal. */
export function rebuttalTimes(rumors: ReleaseCompliance['rumors']): ReleaseCompliance['rebuttal'] {
  const seconds = rumors
    .flatMap(({ reportedAt, rebuttedAt }) =>
      rebuttedAt === null ? [] : [(Date.parse(rebuttedAt) - Date.parse(reportedAt)) / 1_000],
    )
    .sort((one, other) => one - other);
  const at = (share: number) => seconds[Math.ceil(seconds.length * share) - 1] ?? null;
  return { medianSeconds: at(0.5), p95Seconds: at(0.95) };
}

type Reach = ReleaseCompliance['channels'][number];

function placeOf(state: DeliveryRow['state']): 'confirmed' | 'pending' | 'failed' | 'unknown' | 'waiting' {
  if (state === 'pending') return 'pending';
  const group = groupOf[state];
  return group === 'confirmed' || group === 'failed' || group === 'unknown' ? group : 'waiting';
}

/** How far each channel was reached, the worst first; what was called off was not asked. */
export function reachOf(rows: readonly DeliveryRow[]): Reach[] {
  const channels = new Map<string, Reach>();
  for (const { channelId, channelName, site, state } of rows) {
    if (groupOf[state] === 'cancelled') continue;
    const none = {
      channelId,
      channelName,
      site,
      asked: 0,
      confirmed: 0,
      pending: 0,
      failed: 0,
      unknown: 0,
      waiting: 0,
    };
    const reach = channels.get(channelId) ?? none;
    const place = placeOf(state);
    channels.set(channelId, { ...reach, asked: reach.asked + 1, [place]: reach[place] + 1 });
  }
  const share = ({ confirmed, asked }: Reach) => confirmed / asked;
  return [...channels.values()].sort((one, other) => share(one) - share(other) || other.asked - one.asked);
}
