import { describe, expect, it } from 'vitest';
import { compare, fold, type Line } from './diff.ts';

const sideOf = (lines: Line[], other: 'added' | 'removed') =>
  lines
    .map((line) =>
      line.kind === 'same'
        ? line.text
        : line.pieces
            .filter(({ kind }) => kind !== other)
            .map(({ text }) => text)
            .join(''),
    )
    .filter(Boolean)
    .join('\n');
const shown = (lines: Line[]) =>
  lines.map((line) =>
    line.kind === 'same'
      ? line.text
      : line.pieces.map(({ kind, text }) => ({ same: text, added: `+${text}+`, removed: `-${text}-` })[kind]).join(''),
  );

describe('what became of a text', () => {
  it('is told by words, as Chinese has them', () => {
    expect(shown(compare('自2023年1月1日起施行。', '自2024年1月1日起施行。'))).toEqual([
      '自-2023-+2024+年1月1日起施行。',
    ]);
    expect(shown(compare('减按百分之一征收增值税', '减按百分之三征收增值税'))[0]).toMatch(
      /^减按百分之?-.*-\+.*\+征收增值税$/,
    );
  });
  it('is told by lines, where a line came or went', () => {
    expect(shown(compare('一\n二\n三', '一\n三\n四'))).toEqual(['一', '-二-', '三', '+四+']);
  });
  it('never mixes two lines that have nothing in common', () => {
    expect(shown(compare('关于小规模纳税人的规定', '附件：申报表'))).toEqual([
      '-关于小规模纳税人的规定-',
      '+附件：申报表+',
    ]);
  });
  it('loses nothing of either version', () => {
    const texts = [
      '',
      '一\n二',
      '公告\n一、自2023年起\n二、解释权\n三、施行',
      '公告\n一、自2024年起施行\n三、废止\n四、附则',
      '全新的文字',
    ];
    for (const before of texts)
      for (const after of texts) {
        const lines = compare(before, after);
        expect(sideOf(lines, 'added')).toBe(before);
        expect(sideOf(lines, 'removed')).toBe(after);
      }
  });
});

describe('a fold', () => {
  const before = Array.from({ length: 30 }, (_, i) => `第${i}段`).join('\n');
  it('hides what is far from every change, and nothing else', () => {
    const lines = compare(before, before.replace('第15段', '第15段改了'));
    const stretches = fold(lines);
    expect(stretches.map(({ folded, lines: { length } }) => [folded, length])).toEqual([
      [true, 13],
      [false, 5],
      [true, 12],
    ]);
    expect(stretches.flatMap((stretch) => stretch.lines)).toEqual(lines);
  });
  it('hides everything when nothing changed', () => {
    expect(fold(compare(before, before))).toEqual([{ folded: true, lines: compare(before, before) }]);
  });
  it('is not made for a line or two', () => {
    expect(fold(compare('一\n二\n三\n四\n改', '一\n二\n三\n四\n换')).map(({ folded }) => folded)).not.toContain(true);
  });
});
