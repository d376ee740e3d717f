import { LiveGauge } from '@tongsheng/telemetry';

/** What read models tell whoever runs them. */

export const position = new LiveGauge({
  name: 'tongsheng_projection_position',
  help: 'Log position that a read model has applied',
  labels: ['service', 'projection'],
});

export const behind = new LiveGauge({
  name: 'tongsheng_projection_behind_entries',
  help: 'Entries that were handed to a read model and are not applied yet',
  labels: ['service', 'projection'],
});

export const building = new LiveGauge({
  name: 'tongsheng_projection_rebuilding',
  help: '1 while a read model is built from the log',
  labels: ['service', 'projection'],
});

export const parked = new LiveGauge({
  name: 'tongsheng_projection_parked_entries',
  help: 'Entries that this process could not read, of a newer release or broken, since it was started',
  labels: ['service', 'projection'],
});
