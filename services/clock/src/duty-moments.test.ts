import type { HandoverEvent, IncidentEvent, ShiftRegistered } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import type { Appointment } from './appointments.ts';
import { dutyMoments } from './duty-moments.ts';

const by = { by: 'duty', byName: '冯值班' };
const fold = (...events: (HandoverEvent | IncidentEvent | ShiftRegistered)[]) =>
  events.reduce<Appointment | null>((row, event) => dutyMoments.apply(row, event, {} as never), null);

describe('an incident', () => {
  const key = { incidentId: 'fake', site: 'province' };
  const opened: IncidentEvent = {
    type: 'incident.opened',
    ...key,
    kind: 'fake_site',
    severity: 'ordinary',
    title: '假冒省局网站',
    noticed: '群众来电',
    noticedAt: noon,
    url: '',
    evidence: [],
    origin: { from: 'person' },
    limit: 'PT1H',
    dueAt: minutesLater(60),
    ...by,
    openedAt: noon,
  };
  const reported: IncidentEvent = {
    type: 'incident.reported',
    ...key,
    to: '总局',
    text: '口头',
    reportedAt: noon,
    ...by,
    notedAt: noon,
  };
  it('is spoken of by shares of the time to its first report, until it is reported', () => {
    const row = fold(opened)!;
    expect(row.moments.map(({ tell }) => tell)).toEqual([50, 75, 90, 100]);
    expect(row.moments[3]).toEqual({ tell: 100, at: Date.parse(minutesLater(60)) });
    expect(fold(opened, reported)).toBeNull();
  });
});

describe('the end of a shift', () => {
  const times = { from: minutesLater(-720), to: noon };
  const shift: ShiftRegistered = {
    type: 'shift.registered',
    shiftId: 'day',
    site: '*',
    personId: 'duty',
    substituteId: null,
    ...times,
    cancelled: false,
  };
  const key = { handoverId: 'day', site: '*' as const };
  const given: HandoverEvent = {
    type: 'handover.given',
    ...key,
    shift: { personId: 'duty', name: '冯值班', substituteId: null, ...times },
    notes: '',
    alarms: [],
    incidents: [],
    next: null,
    acceptBy: minutesLater(20),
    ...by,
    givenAt: noon,
  };
  const accepted: HandoverEvent = { type: 'handover.accepted', ...key, remark: '', ...by, acceptedAt: noon };
  it('is looked at when it should have been handed over, then when it should have been taken over, then no more', () => {
    expect(fold(shift)!.moments).toEqual([{ tell: 0, at: Date.parse(minutesLater(15)) }]);
    expect(fold(shift, given)!.moments).toEqual([{ tell: 1, at: Date.parse(minutesLater(20)) }]);
    expect(fold(shift, given, accepted)!.moments).toEqual([]);
    expect(fold(shift, given, accepted, shift)!.moments).toEqual([]);
    expect(fold(shift, { ...shift, cancelled: true })).toBeNull();
  });
});
