import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threeWay, type ThreeWay } from './three-way.ts';

const column = (rows: ThreeWay[], side: 'before' | 'now' | 'ours') =>
  rows
    .map((row) => row[side])
    .filter((line) => line !== null)
    .join('\n');
const shown = (rows: ThreeWay[]) => rows.map(({ before, now, ours }) => [before, now, ours]);

describe('three texts beside each other', () => {
  it('are one line where all have it, and beside each other where one was edited', () => {
    expect(
      shown(
        threeWay(
          '公告\n自2023年1月1日起施行。',
          '公告\n自2024年1月1日起施行。',
          '公告\n自2024年1月1日起施行（本站注）。',
        ),
      ),
    ).toEqual([
      ['公告', '公告', '公告'],
      ['自2023年1月1日起施行。', '自2024年1月1日起施行。', '自2024年1月1日起施行（本站注）。'],
    ]);
  });

  it('show what the source added and our page lacks, and what only our page has', () => {
    expect(shown(threeWay('一', '一\n附件：申报表', '一\n本站说明'))).toEqual([
      ['一', '一', '一'],
      [null, '附件：申报表', null],
      [null, null, '本站说明'],
    ]);
  });

  it('show in one line what the source dropped and our page still has', () => {
    expect(shown(threeWay('一\n过渡期安排\n三', '一\n三', '一\n过渡期安排\n三'))).toEqual([
      ['一', '一', '一'],
      ['过渡期安排', null, '过渡期安排'],
      ['三', '三', '三'],
    ]);
  });

  it('lose nothing and turn nothing round, whatever became of them', () => {
    const line = fc.constantFrom(
      '公告',
      '一、自2023年起施行',
      '一、自2024年起施行',
      '附件：申报表',
      '解释权',
      '本站说明',
    );
    const text = fc.array(line, { maxLength: 7 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, text, (before, now, ours) => {
        const rows = threeWay(before, now, ours);
        expect([column(rows, 'before'), column(rows, 'now'), column(rows, 'ours')]).toEqual([before, now, ours]);
        for (const row of rows) expect(row.kind === 'same').toBe(row.before === row.now && row.now === row.ours);
      }),
    );
  });
});
