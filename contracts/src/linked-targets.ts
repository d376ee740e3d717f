import type { LinkedEvent } from './linked.ts';

/** A part of a linked release at one of its channels, as it was signed; `time` counts how often that was wanted anew. */
export type WantedTarget = {
  target: string;
  site: string;
  releaseId: string;
  channelId: string;
  contentHash: string;
  time: number;
};

type Past = readonly { position: number; events: readonly LinkedEvent[] }[];
type Plan = Extract<LinkedEvent, { type: 'linked.planned' }>;

export type LinkedTargets = {
  t0: string;
  isCommitted: boolean;
  wanted: WantedTarget[];
  /** What was wanted once and is so no longer, since which entry of the log, and why. */
  dropped: (WantedTarget & { position: number; reason: string })[];
  /** Every target of the plan, also of parts that nobody signed yet. */
  planned: string[];
};

/** What a linked release wants at its channels: from its past alone, so that everybody names it alike. */
export function linkedTargets(past: Past): LinkedTargets {
  let plan = null as Plan | null;
  let signed: Record<string, string> = {};
  let [isCommitted, isOver] = [false, false];
  const wanted = new Map<string, WantedTarget>();
  const times = new Map<string, number>();
  const dropped: LinkedTargets['dropped'] = [];

  const settle = (position: number, reason: string): void => {
    const next = new Map(plan === null || isOver ? [] : targetsOf(plan, signed).map((each) => [each.target, each]));
    for (const [target, before] of wanted) {
      if (next.get(target)?.contentHash === before.contentHash) continue;
      wanted.delete(target);
      dropped.push({ ...before, position, reason });
    }
    for (const [target, each] of next) {
      if (wanted.has(target)) continue;
      const time = (times.get(target) ?? 0) + 1;
      times.set(target, time);
      wanted.set(target, { ...each, time });
    }
  };

  for (const { position, events } of past) {
    for (const event of events) {
      if (isCommitted) break;
      switch (event.type) {
        case 'linked.planned': {
          const parts = new Set(event.parts.map(({ releaseId }) => releaseId));
          plan = event;
          signed = Object.fromEntries(Object.entries(signed).filter(([releaseId]) => parts.has(releaseId)));
          settle(position, '已移出联动发布方案');
          break;
        }
        case 'linked.part_signed':
          signed = { ...signed, [event.releaseId]: event.contentHash };
          settle(position, '稿件改后重签');
          break;
        case 'linked.part_pulled': {
          const { [event.releaseId]: _pulled, ...rest } = signed;
          signed = rest;
          settle(position, event.reason);
          break;
        }
        case 'linked.cancelled':
          isOver = true;
          settle(position, event.reason);
          break;
        case 'linked.committed':
          isCommitted = true;
          break;
        case 'linked.waived':
        case 'linked.sealed':
        case 'linked.reminded':
        case 'linked.rehearsed':
        case 'linked.press_told':
        case 'linked.stopped':
        case 'linked.opened':
      }
    }
  }
  const planned = plan?.parts.flatMap(({ releaseId }) =>
    plan.channels.map(({ channelId }) => `channel/${releaseId}/${channelId}`),
  );
  return { t0: plan?.t0 ?? '', isCommitted, wanted: [...wanted.values()], dropped, planned: planned ?? [] };
}

const targetsOf = ({ parts, channels }: Plan, signed: Readonly<Record<string, string>>) =>
  parts.flatMap(({ releaseId, site }) => {
    const contentHash = signed[releaseId];
    if (contentHash === undefined) return [];
    return channels.map(({ channelId }) => {
      const target = `channel/${releaseId}/${channelId}`;
      return { target, site, releaseId, channelId, contentHash };
    });
  });
