import type { AlarmRow, AlarmSubject } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { dutyBook } from './duty-book.ts';
import { dutyFiguresCsv } from './duty-figures-csv.ts';
import { dutyFigures } from './duty-figures.ts';

const period = { from: minutesLater(-60), to: minutesLater(600) };
const task: AlarmSubject = {
  kind: 'task',
  taskId: 'task',
  share: 90,
  title: '公告',
  sourceName: '总局',
  startsAt: noon,
  dueAt: minutesLater(60),
};
const drill: AlarmSubject = {
  kind: 'drill',
  drillId: 'drill',
  on: 'page',
  scenario: '夜间网页被换',
  by: 'wu',
  byName: '吴主任',
  startedAt: noon,
};
const row = (alarmId: string, about: AlarmSubject, takenAfter: number | null): AlarmRow => ({
  alarmId,
  site: 'province',
  about,
  state: takenAfter === null ? 'unanswered' : 'closed',
  raisedAt: noon,
  steps: [],
  step: null,
  answerBy: null,
  told: [{ personId: 'feng', name: '冯值班', step: 0, by: 'console', at: noon, outcome: 'shown', detail: '' }],
  gaps: [],
  acknowledged: takenAfter === null ? null : { by: 'feng', byName: '冯值班', at: minutesLater(takenAfter) },
  closed: takenAfter === null ? null : { because: 'published', at: minutesLater(takenAfter + 10) },
});
const alarms = [row('a', task, 2), row('b', task, 4), row('c', task, 30), row('d', task, null), row('e', drill, 1)];

describe('figures of duty', () => {
  const figures = dutyFigures({ alarms, incidents: [], handovers: [] }, period);
  it('say how long it took, in the middle and of nine of ten, and what nobody took', () => {
    expect(figures.alarms).toMatchObject({
      raised: 4,
      unanswered: 1,
      taken: { n: 3, medianMs: 4 * 60_000, p90Ms: 30 * 60_000 },
      closed: { n: 3, medianMs: 14 * 60_000 },
    });
    expect(figures.byPerson).toMatchObject([{ name: '冯值班', n: 3 }]);
  });
  it('count no drill, and list it by itself with the time it took', () => {
    expect(figures.byKind.map(({ kind }) => kind)).toEqual(['task']);
    expect(figures.drills).toMatchObject([{ scenario: '夜间网页被换', takenBy: '冯值班', tookMs: 60_000, called: 1 }]);
  });
});

it('the duty book tells what happened in its order, and never calls a drill an alarm', () => {
  const record = { shifts: [], handovers: [], incidents: [], alarms: [row('a', task, 2), row('e', drill, 1)] };
  expect(dutyBook(record, period).map(({ what }) => what)).toEqual([
    'alarm_raised',
    'drill_begun',
    'drill_taken',
    'alarm_taken',
    'alarm_closed',
  ]);
  expect(dutyBook(record, { from: minutesLater(2), to: minutesLater(5) }).map(({ what }) => what)).toEqual([
    'alarm_taken',
  ]);
});

it('go on as a table, a figure a line, times in minutes', () => {
  const csv = dutyFiguresCsv(dutyFigures({ alarms, incidents: [], handovers: [] }, period));
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('\uFEFF"分组","项目","次数","用时中位数（分钟）","九成不超过（分钟）"');
  expect(lines).toContain('"告警","接手","3","4.0","30.0"');
  expect(lines).toContain('"告警","无人接手","1","",""');
  expect(lines).toContain('"按接手人","冯值班","3","4.0","30.0"');
  expect(lines).toContain('"按类别接手","转载临期","3","4.0","30.0"');
  expect(lines).toContain('"演练","夜间网页被换（冯值班）","1","1.0","1.0"');
});
