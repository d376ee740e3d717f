import { describe, expect, it } from 'vitest';
import { changesBetween } from './versions.ts';

describe('two versions of a registration', () => {
  it('differ in what was changed, and in nothing else', () => {
    const before = { type: 'policy.registered', policyId: 'p', name: '甲', limit: 'PT12H', sites: ['a'] };
    const after = { type: 'policy.registered', policyId: 'p', name: '甲', limit: 'PT8H', sites: ['a', 'b'] };
    expect(changesBetween(before, after)).toEqual([
      { field: 'limit', before: 'PT12H', after: 'PT8H' },
      { field: 'sites', before: ['a'], after: ['a', 'b'] },
    ]);
  });
  it('are alike when only the order of writing differs', () => {
    const one = { conditions: [{ field: 'title', op: 'is' }] };
    const other = { conditions: [{ op: 'is', field: 'title' }] };
    expect(changesBetween(one, other)).toEqual([]);
  });
  it('are alike when a default was not spelled out before', () => {
    expect(changesBetween({ name: '甲' }, { name: '甲', columns: [], superior: undefined })).toEqual([]);
  });
  it('tell what was taken away', () => {
    expect(changesBetween({ region: '370000' }, {})).toEqual([{ field: 'region', before: '370000', after: undefined }]);
  });
});
