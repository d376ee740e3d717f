import { reportFields, reportForm, type ReportField } from './report-forms.ts';
import type { ReportEvent, ReportRow } from './report.ts';

/** A report as it is shown and printed. Pure: the same fold for the list, for the page and for paper. */
export function foldReport(row: ReportRow | null, event: ReportEvent): ReportRow | null {
  if (event.type === 'report.opened') {
    const { reportId, site, kind, period, template, dueAt, byName, openedAt } = event;
    return {
      reportId,
      site,
      kind,
      period,
      template,
      dueAt,
      state: 'open',
      revision: 1,
      figures: {},
      moved: {},
      entries: {},
      by: [],
      position: 0,
      computedAt: null,
      openedByName: byName,
      openedAt,
      submittedByName: null,
      submittedAt: null,
      returned: null,
      approvedByName: null,
      approvedAt: null,
      amendments: [],
      url: null,
      publishedAt: null,
    };
  }
  if (row === null) return null;
  const withHand = (by: string) => [...new Set([...row.by, by])];
  switch (event.type) {
    case 'report.computed': {
      const figures = Object.fromEntries(event.figures.map(({ field, value }) => [field, value]));
      const moved = event.figures.flatMap(({ field, value }) => {
        const { [field]: before } = row.figures;
        return before === undefined || before === value ? [] : [[field, before] as const];
      });
      const { position, computedAt } = event;
      const all = { ...row.figures, ...figures };
      return {
        ...row,
        figures: all,
        moved: Object.fromEntries(moved),
        position,
        computedAt,
        revision: row.revision + 1,
      };
    }
    case 'report.filled': {
      const { byName, filledAt: at } = event;
      const entries = Object.fromEntries(
        event.entries.map(({ field, value, note }) => [field, { value, note, byName, at }]),
      );
      const by = withHand(event.by);
      return { ...row, entries: { ...row.entries, ...entries }, by, revision: row.revision + 1 };
    }
    case 'report.submitted': {
      const { byName: submittedByName, submittedAt } = event;
      return { ...row, state: 'submitted', by: withHand(event.by), submittedByName, submittedAt, returned: null };
    }
    case 'report.returned': {
      const { reason, byName, returnedAt: at } = event;
      return { ...row, state: 'open', returned: { reason, byName, at } };
    }
    case 'report.approved':
      return { ...row, state: 'approved', approvedByName: event.byName, approvedAt: event.approvedAt };
    case 'report.published':
      return { ...row, state: 'published', url: event.url, publishedAt: row.publishedAt ?? event.publishedAt };
    case 'report.amended': {
      const { text, byName, amendedAt: at } = event;
      return { ...row, amendments: [...row.amendments, { text, byName, at }] };
    }
    case 'report.reminded':
      return row;
  }
}

type Filled = { figures: Record<string, string>; entries: Record<string, { value: string; note: string }> };

/** What an entry says: what a person filled in, else what was counted; empty when nobody knows. */
export const entryOf = ({ figures, entries }: Filled, field: string): { value: string; note: string } => ({
  value: entries[field]?.value ?? figures[field] ?? '',
  note: entries[field]?.note ?? '',
});

/** Entries that have neither a value nor a word on why. */
export const gapsOf = (row: Filled & { template: string }): ReportField[] =>
  reportFields(reportForm(row.template)).filter(({ id }) => {
    const { value, note } = entryOf(row, id);
    return value.trim() === '' && note.trim() === '';
  });
