import { assert, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { likeness } from './likeness.ts';

it('what is said again in other words is nearer than what is something else', () => {
  const said = '2025年起银行存款利息要缴20%个人所得税';
  const again = likeness(said, '网传2026年起银行存款要缴20%的个人所得税');
  expect(again).toBeGreaterThan(0.6);
  expect(likeness(said, '退税要先交手续费')).toBeLessThan(0.2);
});
it('is one with itself, the same from both sides, and between nothing and one', () => {
  expect(likeness('存款要缴税', '存款，要缴税！')).toBe(1);
  expect(likeness('', '')).toBe(0);
  assert(
    property(string(), string(), (one, other) => {
      const found = likeness(one, other);
      expect(found).toBe(likeness(other, one));
      expect(found).toBeGreaterThanOrEqual(0);
      expect(found).toBeLessThanOrEqual(1);
    }),
  );
});
