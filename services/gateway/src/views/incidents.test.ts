import type { Entry } from '@tongsheng/bus';
import { IncidentRow, type IncidentEvent } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { incidents } from './incidents.ts';

const key = { incidentId: 'fake', site: 'province' };
const feng = { by: 'feng', byName: '冯值班' };
const opened: IncidentEvent = {
  type: 'incident.opened',
  ...key,
  kind: 'fake_site',
  severity: 'ordinary',
  title: '假冒省局网站',
  noticed: '群众来电',
  noticedAt: minutesLater(-10),
  url: '',
  evidence: [],
  origin: { from: 'person' },
  limit: 'PT1H',
  dueAt: minutesLater(60),
  ...feng,
  openedAt: noon,
};
const reported: IncidentEvent = {
  type: 'incident.reported',
  ...key,
  to: '总局值班室',
  text: '口头报告',
  reportedAt: minutesLater(5),
  ...feng,
  notedAt: minutesLater(9),
};
const after = (...events: IncidentEvent[]) =>
  IncidentRow.parse(events.reduce<IncidentRow | null>((row, event) => incidents.apply(row, event, {} as Entry), null));

describe('an incident on its page', () => {
  it('begins with what was noticed, when that was', () => {
    expect(after(opened).entries).toMatchObject([{ entry: 'opened', text: '群众来电', happenedAt: minutesLater(-10) }]);
  });
  it('was reported when it was, not when that was written down, and the first time counts', () => {
    const again = { ...reported, reportedAt: minutesLater(30), notedAt: minutesLater(31) };
    expect(after(opened, reported, again).reportedAt).toBe(minutesLater(5));
  });
  it('keeps what was corrected beside its correction', () => {
    const note = { type: 'incident.noted' as const, ...key, text: '', happenedAt: noon, evidence: [], ...feng };
    const row = after(
      opened,
      { ...note, entryId: 'a', entry: 'done', corrects: null, text: '10 点关闭入口', notedAt: noon },
      { ...note, entryId: 'b', entry: 'correction', corrects: 'a', text: '9 点关闭入口', notedAt: noon },
    );
    expect(row.entries.map(({ text }) => text)).toEqual(['群众来电', '10 点关闭入口', '9 点关闭入口']);
    expect(row.entries[2]).toMatchObject({ corrects: 'a' });
  });
  it('is open until it is closed, what is to be reported first', () => {
    const at = (row: IncidentRow) => incidents.sets!(row, '')['open:*'];
    const closed: IncidentEvent = {
      type: 'incident.closed',
      ...key,
      outcome: 'handled',
      cause: '仿冒',
      impact: '',
      measures: '停止解析',
      prevention: '',
      ...feng,
      closedAt: minutesLater(90),
    };
    expect(at(after(opened))).toBeLessThan(at(after(opened, reported))!);
    expect(at(after(opened, reported, closed))).toBeUndefined();
    const reopened = {
      type: 'incident.reopened' as const,
      ...key,
      reason: '又出现',
      ...feng,
      reopenedAt: minutesLater(95),
    };
    expect(after(opened, reported, closed, reopened)).toMatchObject({ state: 'open', closed: null });
  });
});
