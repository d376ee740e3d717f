import type { RecallKind, RecallTarget } from '@tongsheng/contracts';

export type PlanFacts = {
  kind: RecallKind;
  /** Its pages, its own site's first. */
  pages: { site: string; name: string; url: string }[];
  /** The newest version that was signed. */
  version: number;
  /** What every channel that any version was meant for has, and can do. */
  channels: RecallTarget[];
  /** The channels that the new version was signed for. */
  wanted: readonly string[];
};

/**
 * Every place that has, or may have, any version, and what is done about it there. Who surely never got anything is told
 * nothing; the new version goes to them only when it was signed for them.
 */
export function recallTargets({ kind, pages, version, channels, wanted }: PlanFacts): RecallTarget[] {
  const means = kind === 'correct' ? 'edit' : 'delete';
  const onPages = pages.map(({ site, name, url }): RecallTarget => {
    const place = { targetId: `page/${site}`, name, channelId: null, channelKind: null };
    return { ...place, holding: 'has', has: version, url, means, why: null };
  });
  const seen = new Set<string>();
  const inChannels = channels.flatMap((target): RecallTarget[] => {
    if (seen.has(target.targetId)) return [];
    seen.add(target.targetId);
    const isWanted = target.channelId !== null && wanted.includes(target.channelId);
    switch (target.holding) {
      case 'has':
      case 'may_have':
        return [target];
      case 'gone':
        return [{ ...target, means: 'nothing' }];
      case 'under_way':
        return [kind === 'correct' && target.why !== 'channel_gone' ? { ...target, means: 'send', why: null } : target];
      case 'never':
        if (kind !== 'correct' || !isWanted || target.why === 'channel_gone') return [];
        return [{ ...target, means: 'send', why: null }];
    }
  });
  return [...onPages, ...inChannels];
}
