import { LiveGauge } from '@tongsheng/telemetry';
import type { Models } from './models.ts';

const open = new LiveGauge({
  name: 'tongsheng_alarms_open',
  help: 'Alarms that are not closed: being called, unanswered by the whole ladder, acknowledged',
  labels: ['state'],
});

const oldest = new LiveGauge({
  name: 'tongsheng_alarm_oldest_raised_timestamp_seconds',
  help: 'When the oldest alarm of a state was raised',
  labels: ['state'],
});

const states = ['calling', 'unanswered', 'acknowledged'] as const;

/** Told from the read model, oldest first. */
export function tellAlarms({ alarms }: Pick<Models, 'alarms'>): void {
  open.tell(async () => {
    const rows = await alarms.reader.list('open:*');
    return states.map((state) => ({ labels: { state }, value: rows.filter((row) => row.state === state).length }));
  });
  oldest.tell(async () => {
    const rows = await alarms.reader.list('open:*');
    return states.flatMap((state) => {
      const first = rows.find((row) => row.state === state);
      return first ? [{ labels: { state }, value: Date.parse(first.raisedAt) / 1_000 }] : [];
    });
  });
}
