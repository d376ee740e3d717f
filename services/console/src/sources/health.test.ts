import type { SourceRow } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { healthOf, needsCare } from './health.ts';

const well = { paused: false, troubles: [], disagreements: [], quiet: null } as unknown as SourceRow;
const trouble = (escalatedHours: number) => ({ escalatedHours }) as SourceRow['troubles'][number];
const quiet = { lastAt: '', usualSeconds: 0, since: '' };
const disagreements = [{ detector: '', missing: [], since: '' }];

it('a source shows the gravest that is wrong with it, and nothing while it is paused', () => {
  const all = { ...well, troubles: [trouble(0), trouble(3)], disagreements, quiet };
  expect(healthOf(all)).toBe('escalated');
  expect(healthOf({ ...all, troubles: [trouble(0)] })).toBe('failed');
  expect(healthOf({ ...all, troubles: [] })).toBe('disagrees');
  expect(healthOf({ ...well, quiet })).toBe('quiet');
  expect(healthOf(well)).toBe('good');
  expect(healthOf({ ...all, paused: true })).toBe('paused');
  expect([well, { ...well, quiet }, { ...all, paused: true }].map(needsCare)).toEqual([false, true, false]);
});
