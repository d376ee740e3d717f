import { gapsOf, reportFields, reportForm, type ReportCommand, type ReportEvent } from '@tongsheng/contracts';
import { noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report } from './report.ts';

const given = specify(report);
const key = { reportId: 'work-2026', site: 'province' };
const person = (id: string) => ({ kind: 'person' as const, id, name: id });
const head = (id = 'wang', at = noon) => ({ id: `c-${id}-${at}`, at, actor: person(id), ...key });
const said = (id = 'wang') => ({ by: id, byName: id });
const over = { from: '2025-12-31T16:00:00.000Z', to: '2026-01-01T00:00:00.000Z' };
const running = { ...over, to: '2099-12-31T16:00:00.000Z' };
const opened = (period = over): ReportEvent => ({
  type: 'report.opened',
  ...key,
  kind: 'work',
  period,
  template: 'work-2018',
  dueAt: '2027-01-31T16:00:00.000Z',
  ...said(),
  openedAt: noon,
});
const fields = reportFields(reportForm('work-2018'));
const filled = (id = 'wang'): ReportEvent => ({
  type: 'report.filled',
  ...key,
  entries: fields.map(({ id: field }) => ({ field, value: '1', note: '' })),
  ...said(id),
  filledAt: noon,
});
const computed = (value = '7'): ReportEvent => ({
  type: 'report.computed',
  ...key,
  figures: [{ field: 'reposts_due', value }],
  position: 12,
  ...said(),
  computedAt: noon,
});
const fill = (field: string, value: string, note = ''): ReportCommand => ({
  type: 'report.fill',
  ...head(),
  entries: [{ field, value, note }],
});
const submitted: ReportEvent = { type: 'report.submitted', ...key, revision: 2, ...said('li'), submittedAt: noon };
const approved: ReportEvent = { type: 'report.approved', ...key, revision: 2, ...said('sun'), approvedAt: noon };
const submit = (revision: number): ReportCommand => ({ type: 'report.submit', ...head('li'), revision });
const approve = (id: string, revision = 2): ReportCommand => ({ type: 'report.approve', ...head(id), revision });

describe('a report', () => {
  it('is opened once, in the newest edition of its form', () => {
    const open: ReportCommand = { type: 'report.open', ...head(), period: over, dueAt: '2027-01-31T16:00:00.000Z' };
    given().when(open).yields(opened());
    given(opened()).when(open).yields();
  });

  it('has no figure that is not in its form', () => {
    given(opened()).when(fill('made_up', '1')).isRefused('report_field_unknown');
  });

  it('takes no other figure than the log’s without a reason', () => {
    given(opened(), computed()).when(fill('reposts_due', '8')).isRefused('report_reason_missing');
    const entries = [{ field: 'reposts_due', value: '8', note: '含线下一条' }];
    given(opened(), computed())
      .when(fill('reposts_due', '8', '含线下一条'))
      .yields({ type: 'report.filled', ...key, entries, ...said(), filledAt: noon });
  });

  it('is counted again without an entry in the log where nothing moved', () => {
    const compute: ReportCommand = {
      type: 'report.compute',
      ...head(),
      figures: [{ field: 'reposts_due', value: '7' }],
      position: 12,
    };
    given(opened()).when(compute).yields(computed());
    given(opened(), computed()).when(compute).yields();
  });

  it('is not handed in before its period is over, with gaps, or as another than was read', () => {
    given(opened(running), filled()).when(submit(2)).isRefused('report_period_running');
    given(opened()).when(submit(1)).isRefused('report_incomplete');
    given(opened(), filled()).when(submit(1)).isRefused('report_changed');
    given(opened(), filled()).when(submit(2)).yields(submitted);
  });

  it('is approved by somebody who had no hand in it, as it was handed in', () => {
    given(opened(), filled(), submitted).when(approve('wang')).isRefused('report_same_person');
    given(opened(), filled(), submitted).when(approve('li')).isRefused('report_same_person');
    given(opened(), filled(), submitted).when(approve('sun', 1)).isRefused('report_changed');
    given(opened(), filled()).when(approve('sun')).isRefused('report_not_submitted');
    given(opened(), filled(), submitted).when(approve('sun')).yields(approved);
  });

  it('does not change while it is with its approver, nor ever after; then it is added to', () => {
    given(opened(), filled(), submitted).when(fill('visits', '2')).isRefused('report_locked');
    const done = [opened(), filled(), submitted, approved];
    given(...done)
      .when(fill('visits', '2'))
      .isRefused('report_locked');
    given(...done)
      .when({ type: 'report.return', ...head('sun'), reason: '访问量有误' })
      .isRefused('report_locked');
    given(...done)
      .when({ type: 'report.amend', ...head(), text: '访问总量应为 2' })
      .yields({ type: 'report.amended', ...key, text: '访问总量应为 2', ...said(), amendedAt: noon });
  });

  it('is spoken of once at each reminder, until it is approved', () => {
    const remind: ReportCommand = { type: 'report.remind', ...head(), actor: service, days: 7, fellDueAt: noon };
    const reminded: ReportEvent = { type: 'report.reminded', ...key, days: 7, fellDueAt: noon, remindedAt: noon };
    given(opened()).when(remind).yields(reminded);
    given(opened(), reminded).when(remind).yields();
    given(opened(), filled(), submitted, approved).when(remind).yields();
  });
});

describe('whatever is said of a report, in whatever order', () => {
  const who = fc.constantFrom('wang', 'li', 'sun');
  const field = fc.constantFrom(...fields.map(({ id }) => id), 'made_up');
  const text = fc.constantFrom('', '1', '2');
  const commands = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('fill' as const), who, field, value: text, note: text }),
      fc.record({ type: fc.constant('compute' as const), who, field, value: text }),
      fc.record({ type: fc.constant('all' as const), who }),
      fc.record({ type: fc.constantFrom('submit' as const, 'approve' as const, 'return' as const), who }),
    ),
    { maxLength: 30 },
  );

  it('is approved by no one of its hands, complete, and never changed after', () => {
    fc.assert(
      fc.property(commands, (said) => {
        let events: ReportEvent[] = [opened()];
        const state = () => events.reduce((before, event) => report.evolve(before, event), report.initial);
        const say = (command: ReportCommand) => {
          try {
            events = [...events, ...report.decide(command, state())];
          } catch (error) {
            expect(error).toHaveProperty('code');
          }
        };
        for (const each of said) {
          const now = state();
          const revision = now.status === 'new' ? 1 : now.revision;
          const by = head(each.who);
          if (each.type === 'fill') say({ type: 'report.fill', ...by, entries: [each] as never });
          if (each.type === 'all')
            say({
              type: 'report.fill',
              ...by,
              entries: fields.map(({ id }) => ({ field: id, value: '1', note: '1' })),
            });
          if (each.type === 'compute')
            say({ type: 'report.compute', ...by, figures: [{ field: each.field, value: each.value }], position: 1 });
          if (each.type === 'submit') say({ type: 'report.submit', ...by, revision });
          if (each.type === 'approve') say({ type: 'report.approve', ...by, revision });
          if (each.type === 'return') say({ type: 'report.return', ...by, reason: '重填' });
        }
        const end = events.findIndex(({ type }) => type === 'report.approved');
        if (end === -1) return;
        const approval = events[end]!;
        expect(events.slice(end + 1)).toEqual([]);
        const hands = events.filter(({ type }) => type === 'report.filled' || type === 'report.submitted');
        expect(hands.map((event) => 'by' in event && event.by)).not.toContain('by' in approval && approval.by);
        const last = state();
        expect(last.status !== 'new' && gapsOf(last)).toEqual([]);
      }),
    );
  });
});
