import { LiveGauge } from '@tongsheng/telemetry';

export const uneven = new LiveGauge({
  name: 'tongsheng_balance_uneven_posts',
  help: 'What was taken in and is not where it must be, or is there twice, at the last look over all accounts',
  labels: ['kind'],
});

export const checkedAt = new LiveGauge({
  name: 'tongsheng_balance_checked_timestamp_seconds',
  help: 'When all accounts were looked at last',
  labels: [],
});
