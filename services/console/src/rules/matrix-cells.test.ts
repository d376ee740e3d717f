import { describe, expect, it } from 'vitest';
import { csvOf, faceOf, step, type Cell } from './matrix-cells.ts';

const owes = (limit: string, columns: string[] = []): Cell['owed'][number] => ({
  policy: { policyId: 'p', name: '规定', basis: '84号' },
  because: '上级税务网站',
  target: 'site',
  limit,
  columns,
  kinds: [],
});
const cell = (owed: Cell['owed'], effect?: 'bound' | 'free' | 'none'): Cell => ({
  site: 's',
  sourceId: 'x',
  owed,
  override: effect ? { site: 's', sourceId: 'x', effect, limit: 'PT12H', reason: '理由' } : null,
});

describe('a cell of the matrix', () => {
  it('shows the shortest of its limits', () => {
    expect(faceOf(cell([owes('PT24H'), owes('PT8H')]))).toEqual({ limit: 'PT8H', narrowed: false, said: null });
  });
  it('says when it is only for some columns, but not when something binds all of them', () => {
    expect(faceOf(cell([owes('PT8H', ['公告'])])).narrowed).toBe(true);
    expect(faceOf(cell([owes('PT8H', ['公告']), owes('PT24H')])).narrowed).toBe(false);
  });
  it('says what a person said, until it was taken back', () => {
    expect(faceOf(cell([], 'free')).said).toBe('free');
    expect(faceOf(cell([owes('PT12H')], 'none')).said).toBeNull();
  });
  it('is empty where nothing binds', () => {
    expect(faceOf(undefined)).toEqual({ limit: null, narrowed: false, said: null });
  });
});

it('arrow keys stay inside the grid', () => {
  expect(step('ArrowUp', [0, 1], [3, 4])).toEqual([0, 1]);
  expect(step('ArrowRight', [0, 1], [3, 4])).toEqual([0, 2]);
  expect(step('End', [2, 0], [3, 4])).toEqual([2, 3]);
  expect(step('x', [0, 0], [3, 4])).toBeNull();
});

it('a spreadsheet runs nothing of what it is given', () => {
  expect(csvOf([['=1+1', '说“好”', 'a"b']])).toBe('\uFEFF"\'=1+1","说“好”","a""b"\r\n');
});
