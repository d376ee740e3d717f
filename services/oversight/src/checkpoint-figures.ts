import { LiveGauge } from '@tongsheng/telemetry';

export const signedAt = new LiveGauge({
  name: 'tongsheng_checkpoint_timestamp_seconds',
  help: 'When the newest checkpoint was signed or read by this process; none where checkpoints are not signed',
  labels: [],
});

export const uncovered = new LiveGauge({
  name: 'tongsheng_checkpoint_uncovered_entries',
  help: 'Entries of the log that no checkpoint covers yet',
  labels: [],
});
