import type { ComplianceTask } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../csv.ts';
import { complianceColumns } from './compliance.ts';

const task = (more: Partial<ComplianceTask> = {}): ComplianceTask => ({
  taskId: 'task',
  site: 'province',
  sourceId: 'national-policy',
  sourceName: '国家税务总局网站',
  title: '公告',
  column: '通知公告',
  kind: 'notice',
  startsAt: noon,
  dueAt: noon,
  publishedAt: null,
  outcome: 'open',
  duty: 'repost',
  byName: null,
  exemption: null,
  ...more,
});

/** Reads CSV back by RFC 4180. */
function readCsv(csv: string): string[][] {
  const cells = csv.replace(/^\uFEFF/, '').matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g);
  const rows: string[][] = [[]];
  for (const [, cell, end] of cells) {
    rows.at(-1)!.push(cell!.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('the CSV of a figure', () => {
  it('opens in a Chinese Excel', () => {
    const csv = toCsv(complianceColumns, [task({ title: '含“引号"与,逗号\n换行' })]);
    expect(csv.startsWith('\uFEFF"站点"')).toBe(true);
    expect(readCsv(csv)[1]).toEqual([
      'province',
      '国家税务总局网站',
      '含“引号"与,逗号\n换行',
      '通知公告',
      noon,
      noon,
      '',
      'open',
      'repost',
      '',
      '',
      'task',
    ]);
  });
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    `=HYPERLINK("http://evil.example")`,
  ])('has no cell that a spreadsheet would run: %j', (title) => {
    expect(readCsv(toCsv(complianceColumns, [task({ title })]))[1]![2]).toBe(`'${title}`);
  });
  it('says whatever a title says, in its own cell', () => {
    const titles = fc.array(fc.string({ unit: fc.constantFrom(...'",\n\r=+-@ 税', 'a') }), { maxLength: 5 });
    fc.assert(
      fc.property(titles, (said) => {
        const rows = readCsv(
          toCsv(
            complianceColumns,
            said.map((title) => task({ title })),
          ),
        );
        expect(rows.slice(1).map((row) => row[2]!.replace(/^'/, ''))).toEqual(said);
        for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });
});
