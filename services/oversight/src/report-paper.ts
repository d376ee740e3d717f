import { entryOf, reportForm, type ReportRow } from '@tongsheng/contracts';
import { html, type Html } from '@tongsheng/pages';
import { DateTime } from 'luxon';
import writeSheet from 'write-excel-file/node';

const day = (instant: string, zone: string) => DateTime.fromISO(instant, { zone }).toFormat('yyyy年M月d日');

/** The years, months or days that it is about, in words; `to` of a period is the first instant after it. */
export function periodInWords({ period, kind }: Pick<ReportRow, 'period' | 'kind'>, zone: string): string {
  const from = DateTime.fromISO(period.from, { zone });
  if (kind === 'monthly') return from.toFormat('yyyy年M月');
  if (kind === 'quarterly') return `${from.year}年第${from.quarter}季度`;
  return `${from.year}年度`;
}

/** What stands on the form, row by row: its sections as heads. */
export function rowsOf(row: ReportRow): { section: string; name: string; unit: string; value: string; note: string }[] {
  return reportForm(row.template).sections.flatMap(({ name: section, fields }) =>
    fields.map(({ id, name, unit }) => {
      const { value, note } = entryOf(row, id);
      return { section, name, unit, value: value || '（无）', note };
    }),
  );
}

/** The form as a part of a public page, and of the printed one. */
export function tableOf(row: ReportRow): Html {
  const rows = rowsOf(row);
  const spans = new Map<string, number>();
  for (const { section } of rows) spans.set(section, (spans.get(section) ?? 0) + 1);
  const shown = new Set<string>();
  return html`<table>
      <thead>
        <tr>
          <th>类别</th>
          <th>项目</th>
          <th>内容</th>
          <th>单位</th>
          <th>说明</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ section, name, value, unit, note }) => {
          const head =
            !shown.has(section) && html`<th scope="rowgroup" rowspan="${spans.get(section)!}">${section}</th>`;
          shown.add(section);
          return html`<tr>
            ${head}
            <th scope="row">${name}</th>
            <td>${value}</td>
            <td>${unit}</td>
            <td>${note}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${row.amendments.map(({ text, at }) => html`<p>补充说明（${at.slice(0, 10)}）：${text}</p>`)}`;
}

/** A page that prints by itself on A4, for the browser to make a PDF of. */
export function paperOf(row: ReportRow, siteName: string, zone: string): string {
  const { title, basis } = reportForm(row.template);
  const signed = row.approvedAt !== null && `审批：${row.approvedByName}　${day(row.approvedAt, zone)}`;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <style>
          body {
            font:
              10.5pt/1.5 'Noto Serif CJK SC',
              'Noto Sans CJK SC',
              'WenQuanYi Zen Hei',
              serif;
            margin: 0 14mm;
          }
          h1 {
            font-size: 16pt;
            text-align: center;
            margin: 0 0 2mm;
          }
          p {
            margin: 2mm 0;
          }
          .under {
            text-align: center;
          }
          table {
            width: 100%;
            border-collapse: collapse;
          }
          th,
          td {
            border: 0.5pt solid #333;
            padding: 1.2mm 2mm;
            text-align: left;
            vertical-align: top;
            font-weight: normal;
            overflow-wrap: anywhere;
          }
          thead th {
            text-align: center;
            font-weight: bold;
          }
          thead {
            display: table-header-group;
          }
          tr {
            break-inside: avoid;
          }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p class="under">（${periodInWords(row, zone)}）</p>
        <p>填报单位：${siteName}　　依据：${basis}</p>
        ${row.state === 'open' && html`<p><strong>草稿，尚未送审</strong></p>`}
        ${row.state === 'submitted' && html`<p><strong>待审批</strong></p>`} ${tableOf(row)}
        <p>
          ${signed || '尚未审批'}　　数据截至日志第 ${row.position}
          条（${row.computedAt === null ? '未统计' : day(row.computedAt, zone)}）
        </p>
      </body>
    </html>`.text;
}

/** The form as a workbook. Every cell is text: nothing in it is ever run as a formula. */
export async function sheetOf(row: ReportRow, siteName: string, zone: string): Promise<Buffer> {
  const { title, basis } = reportForm(row.template);
  const bold = (value: string) => ({ value, type: String, fontWeight: 'bold' as const });
  const text = (value: string) => ({ value, type: String, wrap: true });
  const head = [
    [{ ...bold(`${title}（${periodInWords(row, zone)}）`), columnSpan: 5 }],
    [{ ...text(`填报单位：${siteName}　依据：${basis}`), columnSpan: 5 }],
    ['类别', '项目', '内容', '单位', '说明'].map(bold),
  ];
  const body = rowsOf(row).map(({ section, name, value, unit, note }) => [section, name, value, unit, note].map(text));
  const added = row.amendments.map((each) => [
    { ...text(`补充说明（${each.at.slice(0, 10)}）：${each.text}`), columnSpan: 5 },
  ]);
  const columns = [{ width: 16 }, { width: 28 }, { width: 24 }, { width: 8 }, { width: 40 }];
  return writeSheet([...head, ...body, ...added], { columns }).toBuffer();
}
