import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fidelityOf } from './fidelity.ts';

const source = '国家税务总局关于优化纳税服务的公告\n现将有关事项公告如下：\n一、自2026年12月1日起施行。\n特此公告。';
/** Few characters, so that much is alike by chance; some beyond the basic plane. */
const words = fc.string({ unit: fc.constantFrom('税', '务', '总', '局', '。', '𠮷', '1'), maxLength: 12 });
const texts = fc.array(words, { maxLength: 8 }).map((lines) => lines.join('\n'));
const lengthOf = (text: string) => Array.from(text.replace(/\s/gu, '')).length;

describe('how faithful a text is to its source', () => {
  it('is a share of what both have', () => {
    expect(fidelityOf('一二三四五六七八九十', '一二三四五六七八九')).toBe(0.9);
    expect(fidelityOf('一二三四', '一二三四五')).toBe(0.8);
    expect(fidelityOf('一二三四', '五六七八')).toBe(0);
    expect(fidelityOf('', '加')).toBe(0);
    expect(fidelityOf('', '')).toBe(1);
  });
  it('hardly suffers from a word that was put right, and much from a paragraph that is not there', () => {
    expect(fidelityOf(source, source.replace('纳税', '办税'))).toBeGreaterThan(0.95);
    expect(fidelityOf(source, source.replace('一、自2026年12月1日起施行。\n', ''))).toBeLessThan(0.75);
  });
  it('does not know spaces and line ends', () => {
    fc.assert(
      fc.property(texts, fc.nat(40), fc.constantFrom(' ', '\u3000', '\n', '\u00a0'), (text, at, space) => {
        const points = Array.from(text);
        const spaced = [...points.slice(0, at), space, ...points.slice(at)].join('');
        expect(fidelityOf(text, spaced)).toBe(1);
      }),
      { numRuns: 2_000 },
    );
  });
  it('is between 0 and 1, and 1 only for the same words', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const score = fidelityOf(one, other);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(score === 1).toBe(one.replace(/\s/gu, '') === other.replace(/\s/gu, ''));
      }),
    );
  });
  it('falls by exactly what was left out at the end', () => {
    fc.assert(
      fc.property(texts, fc.nat(100), (text, kept) => {
        const points = Array.from(text.replace(/\s/gu, ''));
        const part = points.slice(0, kept).join('');
        const share = points.length === 0 ? 1 : lengthOf(part) / points.length;
        expect(fidelityOf(points.join(''), part)).toBeCloseTo(share, 3);
      }),
    );
  });
  it('never counts more as kept than the shorter of the two has', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const [a, b] = [lengthOf(one), lengthOf(other)];
        if (Math.max(a, b) > 0) expect(fidelityOf(one, other)).toBeLessThanOrEqual(Math.min(a, b) / Math.max(a, b));
      }),
    );
  });
  it('is said of a long document as well, and of one that has nothing of it', () => {
    const line = (i: number) => `第${i}条　纳税人应当依照规定办理申报，税务机关应当及时处理，并将结果告知纳税人。`;
    const long = Array.from({ length: 3_000 }, (_, i) => line(i)).join('\n');
    expect(fidelityOf(long, long.replace('第2500条', '第二千五百条'))).toBeGreaterThan(0.999);
    expect(fidelityOf(long, Array.from(long).reverse().join(''))).toBeLessThan(0.8);
  });
});
