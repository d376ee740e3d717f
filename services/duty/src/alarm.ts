import { defineAggregate } from '@tongsheng/bus';
import {
  AlarmCommand,
  AlarmEvent,
  Refusal,
  type AlarmCall,
  type AlarmSubject,
  type LadderStep,
  type Reached,
} from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

type Raised = {
  about: AlarmSubject;
  steps: readonly LadderStep[];
  /** Everyone who was called so far, by which means. */
  called: readonly AlarmCall['people'][number][];
  /** Callings outside the console whose end is written down. */
  told: readonly string[];
  /** Tellings that were begun and can't be begun again. */
  begun: readonly string[];
};

export type Alarm =
  | { status: 'new' }
  | (Raised & { status: 'calling'; call: AlarmCall })
  /** The ladder has ended; whoever takes it now still may. */
  | (Raised & { status: 'unanswered' })
  | (Raised & { status: 'acknowledged'; by: string; byName: string; at: string })
  | { status: 'closed'; about: AlarmSubject; told: readonly string[]; begun: readonly string[] };

/** A calling's name: one person by one means. */
export const callingOf = ({ personId, by }: Pick<AlarmCall['people'][number], 'personId' | 'by'>): string =>
  `${personId}/${by}`;

/** One trouble, and how it climbs the ladder until somebody takes it or it is over. */
export const alarm = defineAggregate({
  name: 'alarm',
  commands: AlarmCommand,
  events: AlarmEvent,
  siteOf: ({ site }) => site ?? 'sources',
  idOf: ({ alarmId }) => alarmId,
  opens: ['alarm.raise'],
  initial: { status: 'new' } as Alarm,

  decide(command, alarm): AlarmEvent[] {
    const { alarmId, site, at } = command;
    const key = { alarmId, site };
    if (command.type === 'alarm.raise') {
      if (!isNewTrouble(command.about, alarm)) return [];
      const { about, steps, roster } = command;
      const { call, gaps } = nextCall({ steps, roster, from: 0, called: [], at });
      return [{ type: 'alarm.raised', ...key, about, steps, call, gaps, raisedAt: at }];
    }
    if (alarm.status === 'new') {
      // What was never raised is over without a word.
      if (command.type === 'alarm.close') return [];
      throw new Refusal('alarm_missing', `no alarm ${alarmId}`);
    }

    switch (command.type) {
      case 'alarm.begin_telling': {
        const { step, personId, by } = command;
        if (alarm.begun.includes(callingOf(command)) || alarm.told.includes(callingOf(command))) return [];
        return [{ type: 'alarm.telling', ...key, step, personId, by, tellingAt: at }];
      }
      case 'alarm.record_told': {
        const { step, personId, by, outcome, detail } = command;
        if (alarm.told.includes(callingOf(command))) return [];
        return [{ type: 'alarm.told', ...key, step, personId, by, outcome, detail, toldAt: at }];
      }
      case 'alarm.pass_on': {
        if (alarm.status !== 'calling' || alarm.call.step !== command.step) return [];
        if (at < alarm.call.answerBy) {
          throw new Refusal('alarm_not_due', `${alarmId} is waited for until ${alarm.call.answerBy}`);
        }
        const { steps, called } = alarm;
        const { call, gaps } = nextCall({ steps, roster: command.roster, from: command.step + 1, called, at });
        if (!call) return [{ type: 'alarm.unanswered', ...key, gaps, unansweredAt: at }];
        return [{ type: 'alarm.passed_on', ...key, call, gaps, passedOnAt: at }];
      }
      case 'alarm.acknowledge': {
        const { id: by, name: byName = by } = command.actor;
        if (alarm.status === 'closed') throw new Refusal('alarm_closed', `${alarmId} is over`);
        if (alarm.status !== 'acknowledged') {
          const taken = { type: 'alarm.acknowledged' as const, ...key, by, byName, acknowledgedAt: at };
          // Whoever takes an exercise has passed it: there is nothing to handle.
          if (alarm.about.kind !== 'drill') return [taken];
          return [taken, { type: 'alarm.closed', ...key, because: 'drilled', closedAt: at }];
        }
        if (alarm.by === by) return [];
        throw new Refusal('alarm_taken', `${alarm.byName} took it first`, { by: alarm.byName, at: alarm.at });
      }
      case 'alarm.close':
        if (alarm.status === 'closed') return [];
        return [{ type: 'alarm.closed', ...key, because: command.because, closedAt: at }];
    }
  },

  evolve(alarm, event): Alarm {
    if (event.type === 'alarm.raised') {
      const { about, steps, call } = event;
      const raised = { about, steps, called: call?.people ?? [], told: [], begun: [] };
      return call ? { ...raised, status: 'calling', call } : { ...raised, status: 'unanswered' };
    }
    if (alarm.status === 'new') return alarm;
    // A mail that was on its way when the alarm ended has been sent all the same.
    if (event.type === 'alarm.told') return { ...alarm, told: [...alarm.told, callingOf(event)] };
    if (event.type === 'alarm.telling') return { ...alarm, begun: [...alarm.begun, callingOf(event)] };
    if (alarm.status === 'closed') return alarm;
    const { about, steps, called, told, begun } = alarm;
    const raised = { about, steps, called, told, begun };
    switch (event.type) {
      case 'alarm.passed_on': {
        const { call } = event;
        return { ...raised, status: 'calling', called: [...called, ...call.people], call };
      }
      case 'alarm.unanswered':
        return { ...raised, status: 'unanswered' };
      case 'alarm.acknowledged': {
        const { by, byName, acknowledgedAt } = event;
        return { ...raised, status: 'acknowledged', by, byName, at: acknowledgedAt };
      }
      case 'alarm.closed':
        return { status: 'closed', about, told, begun };
    }
  },
});

/** A task's share is gone once. A source may fail again, later than before, and so may a login. */
function isNewTrouble(about: AlarmSubject, alarm: Alarm): boolean {
  if (alarm.status === 'new') return true;
  if (alarm.status !== 'closed') return false;
  const before = alarm.about;
  if (about.kind === 'credential') return before.kind === 'credential' && about.failedAt > before.failedAt;
  return about.kind === 'source' && before.kind === 'source' && about.failingSince > before.failingSince;
}

/**
 * The next step that reaches someone who was not reached by the same means before. Steps that mean nobody are gaps,
 * and the one above is told at once; steps whose people all know already are merely passed.
 */
export function nextCall({
  steps,
  roster,
  from,
  called,
  at,
}: {
  steps: readonly LadderStep[];
  roster: readonly (readonly Reached[])[];
  from: number;
  called: readonly { personId: string; by: string }[];
  at: string;
}): { call: AlarmCall | null; gaps: { step: number; whom: LadderStep['whom'] }[] } {
  const known = new Set(called.map(({ personId, by }) => `${personId}/${by}`));
  const gaps: { step: number; whom: LadderStep['whom'] }[] = [];
  for (const [step, { whom, by, within }] of steps.entries()) {
    if (step < from) continue;
    const meant = roster[step] ?? [];
    if (meant.length === 0) gaps.push({ step, whom });
    const people = meant
      .flatMap(({ personId, name }) => by.map((means) => ({ personId, name, by: means })))
      .filter((each, i, all) => all.findIndex((other) => callingOf(other) === callingOf(each)) === i)
      .filter((each) => !known.has(callingOf(each)));
    if (people.length === 0) continue;
    const answerBy = DateTime.fromISO(at, { zone: 'utc' }).plus(Duration.fromISO(within)).toISO();
    if (answerBy === null) throw new TypeError(`${at} plus ${within} is no instant`);
    return { call: { step, people, answerBy }, gaps };
  }
  return { call: null, gaps };
}
