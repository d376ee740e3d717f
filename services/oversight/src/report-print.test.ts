import { chromiumAt, printPdf } from '@tongsheng/browser';
import { foldReport, reportFields, reportForm, type ReportRow } from '@tongsheng/contracts';
import { startSite } from '@tongsheng/test/support';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { paperOf, rowsOf, sheetOf, tableOf } from './report-paper.ts';

const executable = chromiumAt(undefined);
const zone = 'Asia/Shanghai';
const hostile = '=HYPERLINK("http://evil.example","看")<script>alert(1)</script>';
const row: ReportRow = {
  ...foldReport(null, {
    type: 'report.opened',
    reportId: 'work-2026',
    site: 'province',
    kind: 'work',
    period: { from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' },
    template: 'work-2018',
    dueAt: '2027-01-31T16:00:00.000Z',
    by: 'wang',
    byName: '王宣传',
    openedAt: '2027-01-02T00:00:00.000Z',
  })!,
  figures: { reposts_due: '1500' },
  entries: { visits: { value: hostile, note: '', byName: '王宣传', at: '2027-01-02T00:00:00.000Z' } },
};

describe('a report on paper', () => {
  it('has every entry of its form, and says what is not known', () => {
    const rows = rowsOf(row);
    expect(rows).toHaveLength(reportFields(reportForm('work-2018')).length);
    expect(rows.find(({ name }) => name === '应转载')).toMatchObject({ value: '1500', unit: '条' });
    expect(rows.find(({ name }) => name === 'ICP备案号')).toMatchObject({ value: '（无）' });
  });

  it('holds what people typed as text, whatever it is', async () => {
    const table = tableOf(row).text;
    expect(table).not.toContain('<script>');
    expect(table).toContain('&lt;script&gt;');
    const files = unzipSync(await sheetOf(row, '某省税务局', zone));
    const all = Object.entries(files).filter(([name]) => name.endsWith('.xml'));
    const sheets = all.filter(([name]) => name.startsWith('xl/worksheets')).map(([, bytes]) => strFromU8(bytes));
    // No formula cell, and the text is there as text.
    for (const sheet of sheets) expect(sheet).not.toMatch(/<f[ >]/);
    expect(all.map(([, bytes]) => strFromU8(bytes)).join('')).toContain('=HYPERLINK(');
  });

  it('says that it is a draft until it is handed in', () => {
    expect(paperOf(row, '某省税务局', zone)).toContain('草稿，尚未送审');
    expect(paperOf({ ...row, state: 'published' }, '某省税务局', zone)).not.toContain('草稿');
  });
});

describe.skipIf(executable === null)('a document of a page', () => {
  it('is a PDF that the page alone is made of', async () => {
    await using inside = await startSite();
    inside.put('/secret', '内部');
    const page = `<!doctype html><meta charset="utf-8"><h1>报表</h1><img src="${inside.url}/secret">`;
    const pdf = await printPdf(executable!, page);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.subarray(-6).toString()).toContain('%%EOF');
    expect(inside.asked).toEqual([]);
  }, 120_000);
});
