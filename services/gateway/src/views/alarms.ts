import type { AlarmCall, AlarmEvent, AlarmRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

type Event<T extends AlarmEvent['type']> = Extract<AlarmEvent, { type: T }>;

/** Each alarm from raised to closed: who was told when and by what, who is next, who took it. */
export const alarms = defineProjection({
  name: 'alarms',
  version: 1,
  follows: ['alarm'],
  /** A source serves many sites, so its alarms are for everyone. */
  keyOf: ({ site, alarmId }: AlarmEvent) => (site === null ? alarmId : `${site}/${alarmId}`),

  apply(row: AlarmRow | null, event): AlarmRow | null {
    if (event.type === 'alarm.raised') return raised(event);
    if (row === null) return null;
    switch (event.type) {
      case 'alarm.telling':
        return row;
      case 'alarm.told':
        return { ...row, told: told(row, event) };
      case 'alarm.passed_on': {
        const { call, gaps, passedOnAt: at } = event;
        return {
          ...row,
          ...waited(call),
          told: [...row.told, ...called(call, at)],
          gaps: [...row.gaps, ...gapsAt(gaps, at)],
        };
      }
      case 'alarm.unanswered': {
        const { gaps, unansweredAt: at } = event;
        return { ...row, state: 'unanswered', ...waited(null), gaps: [...row.gaps, ...gapsAt(gaps, at)] };
      }
      case 'alarm.acknowledged': {
        const { by, byName, acknowledgedAt: at } = event;
        return { ...row, state: 'acknowledged', ...waited(null), told: spared(row), acknowledged: { by, byName, at } };
      }
      case 'alarm.closed': {
        const closed = { because: event.because, at: event.closedAt };
        return { ...row, state: 'closed', ...waited(null), told: spared(row), closed };
      }
    }
  },

  sets(row): Record<string, number> {
    const { site, state, raisedAt } = row;
    const at = Date.parse(raisedAt);
    // What is for everyone stands beside each site's own.
    const of = site ?? 'sources';
    const all = { 'all:*': at, [`all:${of}`]: at };
    return state === 'closed' ? all : { ...all, 'open:*': at, [`open:${of}`]: at };
  },
});

function raised({ alarmId, site, about, steps, call, gaps, raisedAt: at }: Event<'alarm.raised'>): AlarmRow {
  return {
    alarmId,
    site,
    about,
    state: call ? 'calling' : 'unanswered',
    raisedAt: at,
    steps,
    ...waited(call),
    told: call ? called(call, at) : [],
    gaps: gapsAt(gaps, at),
    acknowledged: null,
    closed: null,
  };
}

const waited = (call: AlarmCall | null) => ({ step: call?.step ?? null, answerBy: call?.answerBy ?? null });
const gapsAt = (gaps: Event<'alarm.raised'>['gaps'], at: string) => gaps.map((gap) => ({ ...gap, at }));

const called = ({ step, people }: AlarmCall, at: string): AlarmRow['told'] =>
  people.map(({ personId, name, by }) => ({
    personId,
    name,
    step,
    by,
    at,
    outcome: by === 'console' ? 'shown' : 'sending',
    detail: '',
  }));

const told = ({ told: before }: AlarmRow, { personId, by, outcome, detail, toldAt: at }: Event<'alarm.told'>) =>
  before.map((each) => (each.personId === personId && each.by === by ? { ...each, outcome, detail, at } : each));

/** Nobody is written to any more once it is taken or over; a mail that was under way says so when it ends. */
const spared = ({ told: before }: AlarmRow) =>
  before.map((each) => (each.outcome === 'sending' ? { ...each, outcome: 'spared' as const } : each));
