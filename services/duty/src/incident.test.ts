import type { IncidentCommand, IncidentEvent } from '@tongsheng/contracts';
import { minutesLater, noon, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incident } from './incident.ts';

const given = specify(incident);
const key = { incidentId: 'fake', site: 'province' };
const feng = { by: 'feng', byName: '冯值班' };
let told = 0;
const head = (at = noon) => ({ id: `c${told++}`, at, actor: { kind: 'person' as const, id: 'feng', name: '冯值班' } });
const facts = {
  kind: 'fake_site' as const,
  severity: 'ordinary' as const,
  title: '假冒省局网站',
  noticed: '群众来电',
  noticedAt: noon,
  url: 'https://fake.example/',
  evidence: [],
};
const limit = { limit: 'PT1H', dueAt: minutesLater(60) };
const open: IncidentCommand = { type: 'incident.open', ...head(), ...key, facts, origin: { from: 'person' }, ...limit };
const opened: IncidentEvent = {
  type: 'incident.opened',
  ...key,
  ...facts,
  origin: { from: 'person' },
  ...limit,
  ...feng,
  openedAt: noon,
};
const note = (entryId: string, corrects: string | null = null, happenedAt = noon): IncidentCommand => ({
  type: 'incident.note',
  ...head(),
  ...key,
  entryId,
  entry: corrects ? 'correction' : 'done',
  corrects,
  text: '已关闭入口',
  happenedAt,
  evidence: [],
});
const report: IncidentCommand = {
  type: 'incident.report',
  ...head(),
  ...key,
  to: '总局值班室',
  text: '口头报告',
  reportedAt: noon,
};
const refer = (referralId: string): IncidentCommand => ({
  type: 'incident.refer',
  ...head(),
  ...key,
  referralId,
  referral: {
    authority: 'police',
    office: '网安总队',
    number: '',
    contact: '',
    text: '',
    referredAt: noon,
    evidence: [],
  },
});
const answer = (referralId: string): IncidentCommand => ({
  type: 'incident.record_answer',
  ...head(),
  ...key,
  referralId,
  number: '12号',
  text: '已受理',
  answeredAt: noon,
});
const warn = (share: 50 | 75 | 90 | 100): IncidentCommand => ({
  type: 'incident.warn',
  ...head(),
  ...key,
  share,
  fellDueAt: noon,
});
const close = (outcome: 'handled' | 'false_alarm'): IncidentCommand => ({
  type: 'incident.close',
  ...head(),
  ...key,
  report: { outcome, cause: '仿冒', impact: '', measures: '已停止解析', prevention: '' },
});
const reopen: IncidentCommand = { type: 'incident.reopen', ...head(), ...key, reason: '又出现' };
/** What follows from commands that nobody refused. */
function play(commands: readonly IncidentCommand[]) {
  const events: IncidentEvent[] = [];
  let state = incident.initial;
  for (const command of commands) {
    let decided: IncidentEvent[] = [];
    try {
      decided = incident.decide(command, state);
    } catch {
      continue;
    }
    events.push(...decided);
    state = decided.reduce(incident.evolve, state);
  }
  return { events, state };
}
const after = (...commands: IncidentCommand[]) => given(...play(commands).events);

describe('an incident', () => {
  it('is opened once, with its limit from the service', () => {
    given().when(open).yields(opened);
    given(opened).when(open).yields();
    given()
      .when({ ...open, limit: undefined, dueAt: undefined } as unknown as IncidentCommand)
      .isRefused('command_invalid');
  });
  it('knows nothing that is still to come', () => {
    given(opened)
      .when(note('a', null, minutesLater(5)))
      .isRefused('incident_future');
  });
  it('is corrected by one more entry that names the one it corrects, and never otherwise', () => {
    after(open, note('a'), note('b', 'a')).when(note('c', 'nowhere')).isRefused('incident_entry_missing');
    expect(play([open, note('a'), note('b', 'a')]).events).toHaveLength(3);
    given(opened)
      .when(note('x', 'opened'))
      .yields(expect.objectContaining({ corrects: 'opened' }) as IncidentEvent);
  });
  it('warns until it was reported', () => {
    given(opened)
      .when(warn(50))
      .yields({ type: 'incident.warned', ...key, share: 50, fellDueAt: noon, warnedAt: noon });
    after(open, warn(50)).when(warn(50)).yields();
    after(open, report).when(warn(75)).yields();
    after(open, close('false_alarm')).when(warn(75)).yields();
  });
  it('is closed as handled only after it was reported; as a false alarm at any time', () => {
    given(opened).when(close('handled')).isRefused('incident_unreported');
    expect(play([open, close('false_alarm')]).state).toMatchObject({ status: 'closed' });
    expect(play([open, report, close('handled')]).state).toMatchObject({ status: 'closed' });
  });
  it('takes nothing more when it is closed but the answer of an office, until it is opened again', () => {
    after(open, refer('r'), close('false_alarm')).when(note('late')).isRefused('incident_closed');
    expect(play([open, refer('r'), close('false_alarm'), answer('r')]).events.at(-1)).toMatchObject({
      type: 'incident.answered',
    });
    expect(play([open, close('false_alarm'), reopen, note('more')]).events.at(-1)).toMatchObject({ entryId: 'more' });
  });
  it('has answers only of whom it was handed on to', () => {
    given(opened).when(answer('r')).isRefused('incident_referral_missing');
  });
});

describe('whatever is said, in any order', () => {
  const any = fc.constantFrom(
    open,
    note('a'),
    note('b', 'a'),
    note('c', 'b'),
    report,
    refer('r'),
    answer('r'),
    warn(50),
    warn(100),
    close('handled'),
    close('false_alarm'),
    reopen,
  );
  it('no entry is lost or doubled, corrections name what is there, a share is told once and none after the report', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (commands) => {
        const { events } = play(commands);
        const entries = ['opened'];
        const shares: number[] = [];
        let isReported = false;
        for (const event of events) {
          if (event.type === 'incident.noted') {
            expect(entries).not.toContain(event.entryId);
            if (event.corrects) expect(entries).toContain(event.corrects);
            entries.push(event.entryId);
          }
          if (event.type === 'incident.reported') isReported = true;
          if (event.type !== 'incident.warned') continue;
          expect(isReported).toBe(false);
          expect(shares).not.toContain(event.share);
          shares.push(event.share);
        }
        expect(events.filter(({ type }) => type === 'incident.opened').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
