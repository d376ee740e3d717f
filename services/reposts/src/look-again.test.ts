import type { CheckName } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { faultOf } from './look-again.ts';
import type { Look } from './looks.ts';

const snapshot = 'a'.repeat(64);
const evidence = (...wrong: CheckName[]) => ({
  status: 200,
  pageHash: snapshot,
  bytes: 10,
  snapshot,
  checks: wrong.map((name) => ({ name, ok: false })),
});
const wrong = (kind: Extract<Look, { is: 'wrong' }>['kind'], ...names: CheckName[]): Look => ({
  is: 'wrong',
  reason: 'the page differs',
  kind,
  changes: [],
  evidence: evidence(...names),
});

describe('one more look at a repost', () => {
  it('tells a lost label from another text, and another date from both', () => {
    expect(faultOf(wrong('edited', 'source'))).toMatchObject({ fault: 'unlabelled', snapshot });
    expect(faultOf(wrong('edited', 'source', 'text')).fault).toBe('altered');
    expect(faultOf(wrong('edited', 'text', 'published_date')).fault).toBe('date');
    expect(faultOf(wrong('gone')).fault).toBe('missing');
    expect(faultOf({ is: 'right', evidence: evidence() })).toEqual({ fault: null, detail: '', snapshot });
  });
  it('says nothing of the page where nobody answered', () => {
    const silent: Look = { is: 'wrong', reason: 'timeout', kind: 'gone', changes: [], evidence: null };
    expect(faultOf(silent).fault).toBe('unchecked');
    expect(faultOf({ is: 'unsure', reason: 'timeout' }).fault).toBe('unchecked');
  });
});
