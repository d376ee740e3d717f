import { defineAggregate } from '@tongsheng/bus';
import {
  gapsOf,
  newestForm,
  parseReportId,
  Refusal,
  reportFields,
  reportForm,
  ReportCommand,
  ReportEvent,
  type ReportPeriod,
} from '@tongsheng/contracts';

type Entry = { value: string; note: string };
type Form = {
  template: string;
  period: ReportPeriod;
  /** One more with each figure counted and each entry filled in: what is approved is this one. */
  revision: number;
  figures: Record<string, string>;
  entries: Record<string, Entry>;
  /** Who had a hand in it, and so cannot approve it. */
  by: string[];
  reminded: number[];
};
type Report =
  | { status: 'new' }
  | ({ status: 'open' | 'submitted' } & Form)
  | ({ status: 'approved'; amended: number; published: number } & Form);

/**
 * A form of a period: `open → submitted → approved`, and published from then on. Its figures come from the log; what the
 * log can't know a person fills in, or says why it can't be known. Whoever had a hand in it does not approve it, and once
 * approved it is only added to.
 */
export const report = defineAggregate({
  name: 'report',
  commands: ReportCommand,
  events: ReportEvent,
  siteOf: (command) => command.site,
  idOf: (command) => command.reportId,
  opens: ['report.open'],
  initial: { status: 'new' } as Report,

  decide(command, state): ReportEvent[] {
    const { reportId, site, at } = command;
    const head = { reportId, site };
    if (command.type === 'report.open') {
      if (state.status !== 'new') return [];
      const { period, dueAt } = command;
      const kind = parseReportId(reportId)?.kind;
      if (!kind || !period || dueAt === undefined)
        throw new Refusal('command_invalid', 'period, dueAt: the service says them, from the report’s name');
      const { template } = newestForm(kind);
      return [{ type: 'report.opened', ...head, kind, period, template, dueAt, ...said(command), openedAt: at }];
    }
    if (state.status === 'new') throw new Refusal('report_missing', `no report ${reportId}`);

    switch (command.type) {
      case 'report.compute': {
        const { figures, position } = command;
        if (!figures || position === undefined)
          throw new Refusal('command_invalid', 'figures, position: the service says them, from the log');
        mustBeOpen(state);
        mustHave(state, figures);
        if (figures.every(({ field, value }) => state.figures[field] === value)) return [];
        return [{ type: 'report.computed', ...head, figures, position, ...said(command), computedAt: at }];
      }
      case 'report.fill': {
        const { entries } = command;
        mustBeOpen(state);
        mustHave(state, entries);
        for (const { field, value, note } of entries) {
          const counted = state.figures[field];
          // A figure of the log is not silently another one.
          if (counted !== undefined && value !== counted && note === '')
            throw new Refusal('report_reason_missing', `${field} was counted as ${counted}`, { field });
        }
        const moved = entries.filter(({ field, value, note }) => {
          const { [field]: before } = state.entries;
          return before?.value !== value || before.note !== note;
        });
        if (moved.length === 0) return [];
        return [{ type: 'report.filled', ...head, entries: moved, ...said(command), filledAt: at }];
      }
      case 'report.submit': {
        mustBeOpen(state);
        mustBeAt(state, command.revision);
        if (at < state.period.to)
          throw new Refusal('report_period_running', `runs until ${state.period.to}`, { to: state.period.to });
        const gaps = gapsOf(state).map(({ id }) => id);
        if (gaps.length > 0)
          throw new Refusal('report_incomplete', gaps.join(', '), { count: gaps.length, fields: gaps.join(',') });
        const { revision } = command;
        return [{ type: 'report.submitted', ...head, revision, ...said(command), submittedAt: at }];
      }
      case 'report.return':
        if (state.status === 'open') return [];
        if (state.status === 'approved') throw locked(reportId);
        return [{ type: 'report.returned', ...head, reason: command.reason, ...said(command), returnedAt: at }];
      case 'report.approve': {
        const { revision, actor } = command;
        if (state.status === 'approved') return [];
        if (state.status !== 'submitted') throw new Refusal('report_not_submitted', `${reportId} is ${state.status}`);
        mustBeAt(state, revision);
        if (state.by.includes(actor.id))
          throw new Refusal('report_same_person', `${actor.id} had a hand in ${reportId}`);
        return [{ type: 'report.approved', ...head, revision, ...said(command), approvedAt: at }];
      }
      case 'report.record_published': {
        const { url, publicPosition, version } = command;
        if (state.status !== 'approved' || version <= state.published) return [];
        return [{ type: 'report.published', ...head, url, publicPosition, version, publishedAt: at }];
      }
      case 'report.amend':
        if (state.status !== 'approved') throw new Refusal('report_not_submitted', `${reportId} is ${state.status}`);
        return [{ type: 'report.amended', ...head, text: command.text, ...said(command), amendedAt: at }];
      case 'report.remind': {
        const { days, fellDueAt } = command;
        if (state.status === 'approved' || state.reminded.includes(days)) return [];
        return [{ type: 'report.reminded', ...head, days, fellDueAt, remindedAt: at }];
      }
    }
  },

  evolve(state, event): Report {
    if (event.type === 'report.opened') {
      const { template, period } = event;
      return { status: 'open', template, period, revision: 1, figures: {}, entries: {}, by: [], reminded: [] };
    }
    if (state.status === 'new') return state;
    switch (event.type) {
      case 'report.computed': {
        const figures = Object.fromEntries(event.figures.map(({ field, value }) => [field, value]));
        return { ...state, figures: { ...state.figures, ...figures }, revision: state.revision + 1 };
      }
      case 'report.filled': {
        const entries = Object.fromEntries(event.entries.map(({ field, value, note }) => [field, { value, note }]));
        const by = [...new Set([...state.by, event.by])];
        return { ...state, entries: { ...state.entries, ...entries }, by, revision: state.revision + 1 };
      }
      case 'report.submitted':
        return { ...state, status: 'submitted', by: [...new Set([...state.by, event.by])] };
      case 'report.returned':
        return { ...state, status: 'open' };
      case 'report.approved':
        return { ...state, status: 'approved', amended: 0, published: 0 };
      case 'report.published':
        return state.status === 'approved' ? { ...state, published: event.version } : state;
      case 'report.amended':
        return state.status === 'approved' ? { ...state, amended: state.amended + 1 } : state;
      case 'report.reminded':
        return { ...state, reminded: [...state.reminded, event.days] };
    }
  },
});

const said = ({ actor }: ReportCommand) => ({ by: actor.id, byName: actor.name ?? actor.id });

const locked = (reportId: string) => new Refusal('report_locked', `${reportId} is locked`);

type Known = Exclude<Report, { status: 'new' }>;

function mustBeOpen(state: Known): void {
  if (state.status !== 'open') throw locked(state.template);
}

function mustBeAt(state: Known, revision: number): void {
  if (state.revision !== revision)
    throw new Refusal('report_changed', `revision ${revision} was read, ${state.revision} is there`);
}

function mustHave(state: Known, given: readonly { field: string }[]): void {
  const known = new Set(reportFields(reportForm(state.template)).map(({ id }) => id));
  const unknown = given.find(({ field }) => !known.has(field));
  if (unknown) throw new Refusal('report_field_unknown', `no entry ${unknown.field}`, { field: unknown.field });
}
