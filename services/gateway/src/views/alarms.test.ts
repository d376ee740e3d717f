import { AlarmRow, type AlarmEvent } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import type { Entry } from '@tongsheng/bus';
import { describe, expect, it } from 'vitest';
import { alarms } from './alarms.ts';

const key = { alarmId: 'alarm', site: 'province' };
const feng = { personId: 'feng', name: '冯值班' };
const raised: AlarmEvent = {
  type: 'alarm.raised',
  ...key,
  about: {
    kind: 'task',
    taskId: 'task',
    share: 90,
    title: '公告',
    sourceName: '国家税务总局网站',
    startsAt: noon,
    dueAt: minutesLater(60),
  },
  steps: [
    { whom: 'duty', by: ['console', 'email'], within: 'PT5M' },
    { whom: 'managers', by: ['console'], within: 'PT5M' },
  ],
  call: {
    step: 0,
    people: [
      { ...feng, by: 'console' },
      { ...feng, by: 'email' },
    ],
    answerBy: minutesLater(5),
  },
  gaps: [],
  raisedAt: noon,
};
const told: AlarmEvent = {
  type: 'alarm.told',
  ...key,
  step: 0,
  personId: 'feng',
  by: 'email',
  outcome: 'confirmed',
  detail: '250 OK',
  toldAt: minutesLater(1),
};
const taken: AlarmEvent = {
  type: 'alarm.acknowledged',
  ...key,
  by: 'feng',
  byName: '冯值班',
  acknowledgedAt: minutesLater(2),
};
const after = (...events: AlarmEvent[]) =>
  AlarmRow.parse(events.reduce<AlarmRow | null>((row, event) => alarms.apply(row, event, {} as Entry), null));
const outcomes = (row: AlarmRow) => row.told.map(({ by, outcome }) => `${by} ${outcome}`);

describe('an alarm on the board', () => {
  it('says who was told by what, and until when it waits', () => {
    expect(after(raised)).toMatchObject({ state: 'calling', step: 0, answerBy: minutesLater(5) });
    expect(outcomes(after(raised))).toEqual(['console shown', 'email sending']);
    expect(outcomes(after(raised, told))).toEqual(['console shown', 'email confirmed']);
  });
  it('waits for nobody once it is taken; a mail not yet sent is spared, one under way says so', () => {
    expect(after(raised, taken)).toMatchObject({ state: 'acknowledged', answerBy: null, acknowledged: { by: 'feng' } });
    expect(outcomes(after(raised, taken))).toEqual(['console shown', 'email spared']);
    expect(outcomes(after(raised, taken, told))).toEqual(['console shown', 'email confirmed']);
  });
  it('is in the lists of its site while it is open; one without a site is everyone’s', () => {
    const closed: AlarmEvent = { type: 'alarm.closed', ...key, because: 'published', closedAt: minutesLater(9) };
    const at = Date.parse(noon);
    expect(alarms.sets!(after(raised), '')).toEqual({
      'all:*': at,
      'all:province': at,
      'open:*': at,
      'open:province': at,
    });
    expect(alarms.sets!(after(raised, closed), '')).toEqual({ 'all:*': at, 'all:province': at });
    expect(alarms.keyOf({ ...raised, site: null }, {} as Entry)).toBe('alarm');
    expect(alarms.sets!({ ...after(raised), site: null }, '')).toHaveProperty('open:sources');
  });
});
