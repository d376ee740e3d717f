import type { RepostDetail, RepostRow, Role } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { range, whyNotGreen, whyNotShown } from './batch.ts';

const green = {
  site: 'province',
  kind: 'policy',
  state: 'queued',
  itemId: 'item',
  contentHash: 'one',
  chain: null,
  reviews: [],
  exemption: null,
  update: null,
  drift: null,
  voided: null,
  returned: null,
  edit: null,
  claim: null,
} as Partial<RepostRow> as RepostRow;
const li = { personId: 'li', roles: ['editor'] as Role[] };
const why = (more: Partial<RepostRow>, who = li) => whyNotGreen({ ...green, ...more }, [], who);
const at = { byName: '王', at: '' };

describe('a task is decided with others only', () => {
  it('when nothing about it is out of the ordinary', () => {
    expect(why({})).toBeNull();
    expect(why({ state: 'approved' })).toBe('batch.notOpen');
    expect(why({ update: { startsAt: '', dueAt: '', fromVersion: 1 } })).toBe('batch.update');
    expect(why({ voided: { because: 'source_changed', ...at } })).toBe('batch.voided');
    expect(why({ returned: { reason: '缺页', ...at } })).toBe('batch.returned');
    expect(why({ exemption: { reason: '', by: 'wang', byName: '王', requestedAt: '' } })).toBe('batch.exemption');
    expect(why({ drift: { reason: '', snapshot: null, at: '' } })).toBe('batch.drift');
    const edit = { itemId: 'item', basedOn: 'old', contentHash: 'ours', fidelity: 1, ...at };
    expect(why({ edit })).toBe('batch.editOld');
    expect(why({ edit: { ...edit, basedOn: 'one' } })).toBeNull();
  });
  it('by whose turn it is, and whom nobody was before', () => {
    expect(why({}, { personId: 'sun', roles: ['reviewer'] })).toBe('batch.notTurn');
    expect(why({ claim: { by: 'wang', ...at } })).toBe('batch.claimed');
    expect(why({ claim: { by: 'li', ...at } })).toBeNull();
  });
  it('in the version that the server has rendered', () => {
    const detail = {
      row: green,
      original: { itemId: 'item', contentHash: 'one' },
      presence: 'present',
      previewHtml: '<p>',
    } as Partial<RepostDetail> as RepostDetail;
    expect(whyNotShown(green, detail)).toBeNull();
    expect(whyNotShown({ ...green, contentHash: 'two' }, detail)).toBe('batch.changed');
    expect(whyNotShown(green, { ...detail, presence: 'withdrawn' })).toBe('batch.presence');
    expect(whyNotShown(green, { ...detail, previewHtml: '' })).toBe('batch.noPreview');
    const edit = { itemId: 'item', basedOn: 'one', contentHash: 'ours', fidelity: 1, ...at };
    expect(whyNotShown({ ...green, edit }, detail)).toBe('batch.changed');
  });
});

it('a range goes from the one marked last to the one that is marked now', () => {
  const order = ['a', 'b', 'c', 'd'];
  expect(range(order, 'b', 'd')).toEqual(['b', 'c', 'd']);
  expect(range(order, 'd', 'b')).toEqual(['b', 'c', 'd']);
  expect(range(order, null, 'c')).toEqual(['c']);
  expect(range(order, 'gone', 'c')).toEqual(['c']);
  expect(range(order, 'a', 'gone')).toEqual([]);
});
