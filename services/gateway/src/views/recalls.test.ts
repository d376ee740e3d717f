import { RecallRow, type RecallEvent, type RecallTarget } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import { expect, it } from 'vitest';
import { recalls } from './recalls.ts';

const key = { releaseId: 'release', site: 'province', round: 1 };
const place = (targetId: string, means: RecallTarget['means']): RecallTarget => ({
  targetId,
  name: targetId,
  channelId: null,
  channelKind: null,
  holding: 'has',
  has: 1,
  url: null,
  means,
  why: null,
});
const by = { by: 'signer', byName: '周签发' };
const decided: RecallEvent = {
  type: 'recall.decided',
  ...key,
  kind: 'withdraw',
  version: 2,
  title: '题',
  contentHash: hashA,
  reason: '有误',
  publicReason: null,
  targets: [place('page/province', 'delete'), place('channel/mail', 'notice'), place('channel/gone', 'nothing')],
  together: [],
  proposedBy: null,
  ...by,
  decidedAt: noon,
};
const settled = (targetId: string, at: string): RecallEvent => ({
  type: 'recall.target_settled',
  ...key,
  targetId,
  end: 'absent',
  detail: 'HTTP 410',
  evidence: null,
  by: null,
  byName: null,
  screenshot: null,
  settledAt: at,
});
const failed: RecallEvent = {
  type: 'recall.target_failed',
  ...key,
  targetId: 'channel/mail',
  detail: '550',
  failedAt: noon,
};
const fold = (...events: RecallEvent[]) =>
  RecallRow.parse(events.reduce<RecallRow | null>((row, event) => recalls.apply(row, event, {} as never), null));

it('a round is over when its last place is done with; what failed no longer counts then', () => {
  expect(fold(decided)).toMatchObject({ state: 'running', doneAt: null });
  expect(fold(decided, failed).targets[1]).toMatchObject({ failed: true, detail: '550' });
  const over = fold(decided, failed, settled('page/province', noon), settled('channel/mail', minutesLater(5)));
  expect(over).toMatchObject({ state: 'done', doneAt: minutesLater(5) });
  expect(over.targets.map(({ end, failed: is }) => [end, is])).toEqual([
    ['absent', false],
    ['absent', false],
    ['gone', false],
  ]);
});

it('what was proposed keeps who proposed it when it is decided', () => {
  const proposed: RecallEvent = {
    type: 'recall.proposed',
    ...key,
    title: '题',
    reason: '有误',
    publicReason: null,
    targets: [],
    by: 'comms',
    byName: '赵宣传',
    proposedAt: noon,
  };
  expect(fold(proposed)).toMatchObject({ state: 'proposed', version: null });
  expect(fold(proposed, decided)).toMatchObject({
    proposed: { byName: '赵宣传' },
    decided: { byName: '周签发' },
    state: 'running',
  });
});
