import type { AlarmEvent, LadderStep } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** An alarm whose present step is waited for. */
export type Wait = {
  alarmId: string;
  site: string | null;
  steps: readonly LadderStep[];
  step: number;
  answerBy: string;
};

/**
 * Every alarm that somebody is waited for, in a sorted set by when the next person is due. A read model like any
 * other: when Redis loses it, it is built again from the log, and what fell due meanwhile is the first in the set.
 */
export const waits = defineProjection({
  name: 'alarm-waits',
  version: 1,
  follows: ['alarm'],
  keyOf: ({ alarmId }: AlarmEvent) => alarmId,

  apply(row: Wait | null, event): Wait | null {
    switch (event.type) {
      case 'alarm.raised': {
        const { alarmId, site, steps, call } = event;
        return call && { alarmId, site, steps, step: call.step, answerBy: call.answerBy };
      }
      case 'alarm.passed_on':
        return row && { ...row, step: event.call.step, answerBy: event.call.answerBy };
      case 'alarm.telling':
      case 'alarm.told':
        return row;
      case 'alarm.unanswered':
      case 'alarm.acknowledged':
      case 'alarm.closed':
        return null;
    }
  },

  sets: ({ answerBy }) => ({ due: Date.parse(answerBy) }),
});
