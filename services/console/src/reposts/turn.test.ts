import type { Chain, RepostRow, Role, Signature } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { mayReturn, toSign, turnOf } from './turn.ts';

const two: Chain = {
  chainId: 'two',
  name: '两人',
  sites: ['province'],
  kinds: [],
  acts: [
    { steps: ['first'], roles: ['editor'] },
    { steps: ['second', 'confidentiality'], roles: ['editor', 'reviewer'] },
  ],
  enabled: true,
};
const signed = (by: string): Signature => ({ steps: ['first'], role: 'editor', by, byName: by, at: '' });
const row = (more: Partial<RepostRow> = {}) =>
  ({ site: 'province', kind: 'policy', state: 'queued', chain: null, reviews: [], edit: null, ...more }) as RepostRow;
const person = (personId: string, ...roles: Role[]) => ({ personId, roles });

describe('whose turn it is', () => {
  it('is one editor’s where nothing is registered, and the last act at once', () => {
    expect(turnOf(row(), [], person('li', 'editor'))).toMatchObject({ isMine: true, isLast: true });
    expect(turnOf(row(), [], person('sun', 'reviewer'))).toMatchObject({ isMine: false });
  });
  it('is another’s than who signed, though the role would fit', () => {
    const under = row({ chain: two, reviews: [signed('li')] });
    expect(turnOf(under, [], person('li', 'editor'))).toMatchObject({ isMine: false, hasSigned: true });
    expect(turnOf(under, [], person('wang', 'editor'))).toMatchObject({ isMine: true, isLast: true });
  });
  it('is by the chain of the first act, not by the rule book of today', () => {
    const later = [{ ...two, acts: [{ steps: ['first', 'confidentiality'], roles: ['manager'] }] }] as Chain[];
    const under = row({ chain: two, reviews: [signed('li')] });
    expect(turnOf(under, later, person('sun', 'reviewer'))).toMatchObject({ isMine: true });
    expect(turnOf(row(), later, person('li', 'editor'))).toMatchObject({ isMine: false });
  });
  it('is nobody’s once it was decided', () => {
    const done = row({ state: 'approved', chain: two, reviews: [signed('li'), signed('sun')] });
    expect(turnOf(done, [], person('wang', 'editor'))).toMatchObject({ act: null, isMine: false });
  });
  it('is for returning as well, and for who signed', () => {
    const under = row({ chain: two, reviews: [signed('li')] });
    const may = (each: RepostRow, who: ReturnType<typeof person>) => mayReturn(each, turnOf(each, [], who));
    expect(may(under, person('sun', 'reviewer'))).toBe(true);
    expect(may(under, person('li', 'editor'))).toBe(true);
    expect(may(under, person('zhou', 'signer'))).toBe(false);
    expect(may(row(), person('li', 'editor'))).toBe(false);
  });
});

describe('what is signed', () => {
  const item = { itemId: 'item', contentHash: 'new' };
  const edit = { itemId: 'item', basedOn: 'new', contentHash: 'ours', fidelity: 1, byName: '', at: '' };
  it('is our own text of this item, where there is one', () => {
    expect(toSign({ edit: null }, item)).toMatchObject({ hash: 'new', edit: null, isOld: false });
    expect(toSign({ edit }, item)).toMatchObject({ hash: 'ours', isOld: false });
    expect(toSign({ edit }, { ...item, itemId: 'other' })).toMatchObject({ hash: 'new', edit: null });
  });
  it('is to be made anew when the source has changed since', () => {
    expect(toSign({ edit: { ...edit, basedOn: 'old' } }, item)).toMatchObject({ isOld: true });
  });
});
