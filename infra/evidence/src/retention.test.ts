import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastDays, mustBeOver } from './retention.ts';

const archivedAt = '2026-01-01T00:00:00.000Z';
const after = (days: number) => new Date(Date.parse(archivedAt) + days * 86_400_000).toISOString();

describe('an archived log', () => {
  it('may not be deleted within six months, by name', () => {
    expect(() => mustBeOver(archivedAt, after(leastDays - 1), leastDays)).toThrow(
      expect.objectContaining({ code: 'retention_not_over' }),
    );
    expect(() => mustBeOver(archivedAt, after(leastDays), leastDays)).not.toThrow();
  });

  it('nor before the house has it so, which can’t be sooner than the law', () => {
    expect(() => mustBeOver(archivedAt, after(1_000), 1_095)).toThrow(/kept until/);
    expect(() => mustBeOver(archivedAt, after(1_000), 30)).toThrow('at least 184 days, not 30');
  });

  it('is never deleted young, whatever is set', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: leastDays - 1 }), fc.integer(), (age, keepDays) => {
        expect(() => mustBeOver(archivedAt, after(age), keepDays)).toThrow();
      }),
    );
  });
});
