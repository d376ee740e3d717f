import type { ClusterCommand, ClusterEvent, ClusterKeyCommand, Member } from '@tongsheng/contracts';
import { editor, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterKey } from './cluster-key.ts';
import { cluster } from './cluster.ts';

const given = specify(cluster);
const clusterId = 'policy';
const member = (itemId: string): Member => ({
  itemId,
  sourceId: 'national',
  sourceName: '总局',
  title: '关于示例的公告',
  link: null,
  documentNumber: null,
  issuer: null,
  kind: 'policy',
  firstSeenAt: noon,
  print: null,
});
const head = { id: 'c', at: noon, actor: service, clusterId };
const person = { ...head, actor: editor('li') };
const opened: ClusterEvent = { type: 'cluster.opened', clusterId, member: member('a'), openedAt: noon };
const because = [{ signal: 'document_number' as const, detail: '税总发〔2026〕84号' }];
const join = (itemId: string): ClusterCommand => ({ type: 'cluster.join', ...head, member: member(itemId), because });
const joined = (itemId: string): ClusterEvent => ({
  type: 'cluster.joined',
  clusterId,
  member: member(itemId),
  because,
  by: null,
  byName: null,
  joinedAt: noon,
});
const split = (itemId: string): ClusterCommand => ({
  type: 'cluster.split',
  ...person,
  itemId,
  to: 'own',
  reason: '另一文件',
});
const merge: ClusterCommand = { type: 'cluster.merge', ...person, into: 'other', reason: '同一文件' };
const merged: ClusterEvent = {
  type: 'cluster.merged',
  clusterId,
  into: 'other',
  reason: '同一文件',
  by: 'li',
  byName: '编辑li',
  mergedAt: noon,
};

describe('a policy cluster', () => {
  it('is opened by its first item, and joined by others with a reason', () => {
    given()
      .when({ type: 'cluster.open', ...head, member: member('a') })
      .yields(opened);
    given(opened)
      .when({ type: 'cluster.open', ...head, member: member('a') })
      .yields();
    given(opened).when(join('b')).yields(joined('b'));
    given(opened, joined('b')).when(join('b')).yields();
    given().when(join('b')).isRefused('cluster_missing');
  });
  it('is split by a person, who says why; the last item stays', () => {
    given(opened, joined('b')).when(split('b')).yields({
      type: 'cluster.split',
      clusterId,
      itemId: 'b',
      to: 'own',
      reason: '另一文件',
      by: 'li',
      byName: '编辑li',
      splitAt: noon,
    });
    given(opened).when(split('a')).isRefused('cluster_alone');
    given(opened).when(split('stranger')).yields();
  });
  it('says where it went when it was merged', () => {
    given(opened).when(merge).yields(merged);
    given(opened, merged).when(merge).yields();
    given(opened, merged).when(join('b')).isRefused('cluster_merged');
  });
  it('is paired with what explains it, once', () => {
    const pair: ClusterCommand = {
      type: 'cluster.pair',
      ...head,
      with: 'x',
      as: 'interpretation',
      title: '解读',
      because: '标题',
    };
    const paired: ClusterEvent = {
      type: 'cluster.paired',
      clusterId,
      with: 'x',
      as: 'interpretation',
      title: '解读',
      because: '标题',
      pairedAt: noon,
    };
    given(opened).when(pair).yields(paired);
    given(opened, paired).when(pair).yields();
  });
  it('never loses its last item, and has none twice', () => {
    const any = fc.oneof(fc.constantFrom('a', 'b', 'c').map(join), fc.constantFrom('a', 'b', 'c').map(split));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (commands) => {
        let state = cluster.evolve(cluster.initial, opened);
        for (const command of commands) {
          try {
            state = cluster.decide(command, state).reduce(cluster.evolve, state);
          } catch {
            continue;
          }
          const ids = state.status === 'open' ? state.members.map(({ itemId }) => itemId) : [];
          expect(ids.length).toBeGreaterThan(0);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
    );
  });
});

describe('a key', () => {
  const claim = (by: string, from: string = minutesLater(-60), at = noon): ClusterKeyCommand => ({
    type: 'cluster_key.claim',
    id: 'k',
    at,
    actor: service,
    clusterId: by,
    keyId: 'k',
    key: 'number:84',
    from: from as 'anyone',
  });
  const claimed = { type: 'cluster.key_claimed' as const, key: 'number:84', clusterId: 'a', claimedAt: noon };
  it('belongs to whoever claims it first, for as long as it is asked to count', () => {
    const of = specify(clusterKey);
    of().when(claim('a')).yields(claimed);
    of(claimed).when(claim('b')).yields();
    of(claimed).when(claim('a')).yields();
    of(claimed)
      .when(claim('b', minutesLater(1), minutesLater(2)))
      .yields({ ...claimed, clusterId: 'b', claimedAt: minutesLater(2) });
    of(claimed)
      .when(claim('b', 'anyone'))
      .yields({ ...claimed, clusterId: 'b' });
  });
});
