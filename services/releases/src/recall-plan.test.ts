import type { Holding, RecallKind, RecallTarget } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recallTargets } from './recall-plan.ts';

const channel = (name: string, holding: Holding, more: Partial<RecallTarget> = {}): RecallTarget => ({
  targetId: `channel/${name}`,
  name,
  channelId: name,
  channelKind: 'email',
  holding,
  has: holding === 'never' ? 0 : 1,
  url: null,
  means: 'notice',
  why: null,
  ...more,
});
const pages = [{ site: 'province', name: '省税务局', url: 'https://province.example/province/press/r' }];
const plan = (kind: RecallKind, channels: RecallTarget[], wanted: string[] = []) =>
  recallTargets({ kind, pages, version: 1, channels, wanted }).map(({ targetId, means }) => `${targetId} ${means}`);

describe('a plan', () => {
  it('of a correction changes the page, tells who has it, and sends it to who was to get it', () => {
    const channels = [channel('has', 'has'), channel('maybe', 'may_have'), channel('soon', 'under_way')];
    expect(plan('correct', [...channels, channel('gone', 'gone'), channel('never', 'never')], ['never'])).toEqual([
      'page/province edit',
      'channel/has notice',
      'channel/maybe notice',
      'channel/soon send',
      'channel/gone nothing',
      'channel/never send',
    ]);
  });
  it('of a withdrawal tells nobody who never had it', () => {
    expect(plan('kill', [channel('has', 'has', { means: 'delete' }), channel('never', 'never')], ['never'])).toEqual([
      'page/province delete',
      'channel/has delete',
    ]);
  });
});

describe('whatever channels have', () => {
  const holding = fc.constantFrom<Holding>('has', 'may_have', 'under_way', 'gone', 'never');
  const channels = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), holding).map((each) => channel(...each)));
  const kind = fc.constantFrom<RecallKind>('correct', 'withdraw', 'kill');

  it('every place that ever got a version, or may have, is in the plan, and none twice', () => {
    fc.assert(
      fc.property(kind, channels, fc.subarray(['a', 'b', 'c', 'd']), (what, given, wanted) => {
        const targets = recallTargets({ kind: what, pages, version: 1, channels: given, wanted });
        const ids = targets.map(({ targetId }) => targetId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toContain('page/province');
        const first = new Map<string, Holding>();
        for (const each of given) if (!first.has(each.targetId)) first.set(each.targetId, each.holding);
        for (const [id, has] of first) if (has !== 'never') expect(ids).toContain(id);
        for (const { holding: has, means } of targets) if (has === 'gone') expect(means).toBe('nothing');
      }),
    );
  });
});
