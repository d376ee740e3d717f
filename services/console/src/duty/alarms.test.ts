import type { AlarmRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { byUrgency, concerns } from './alarms.ts';

const row = (alarmId: string, more: Partial<AlarmRow> = {}): AlarmRow => ({
  alarmId,
  site: 'province',
  about: {
    kind: 'task',
    taskId: alarmId,
    share: 90,
    title: '公告',
    sourceName: '来源',
    startsAt: '2026-11-23T00:00:00.000Z',
    dueAt: `2026-11-23T${alarmId}:00:00.000Z`,
  },
  state: 'calling',
  raisedAt: '2026-11-23T03:00:00.000Z',
  steps: [],
  step: 0,
  answerBy: null,
  told: [{ personId: 'feng', name: '冯值班', step: 0, by: 'console', at: '', outcome: 'shown', detail: '' }],
  gaps: [],
  acknowledged: null,
  closed: null,
  ...more,
});

it('what nobody took stands first, then what is due soonest', () => {
  const all = [row('12'), row('09'), row('15', { state: 'unanswered' })];
  expect(all.sort(byUrgency).map(({ alarmId }) => alarmId)).toEqual(['15', '09', '12']);
});

describe('an alarm concerns', () => {
  it('who was told, and who is on duty for its site', () => {
    expect(concerns(row('09'), { personId: 'feng' }, [])).toBe(true);
    expect(concerns(row('09'), { personId: 'chu' }, [])).toBe(false);
    expect(concerns(row('09'), { personId: 'chu' }, ['province'])).toBe(true);
    expect(concerns(row('09'), { personId: 'chu' }, ['city'])).toBe(false);
  });
  it('everyone on duty when it is of a source that serves many', () => {
    expect(concerns(row('09', { site: null }), { personId: 'chu' }, ['city'])).toBe(true);
  });
});
