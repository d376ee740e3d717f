import { LiveGauge } from '@tongsheng/telemetry';

/** What sources tell whoever runs them. */

export const lookAge = new LiveGauge({
  name: 'tongsheng_source_look_age_seconds',
  help: 'Since a source that is looked at was last read well, or since the process began to watch it',
  labels: ['source'],
});

export const lookInterval = new LiveGauge({
  name: 'tongsheng_source_look_interval_seconds',
  help: 'How often a source is to be looked at when nothing speaks against it',
  labels: ['source'],
});

export const failures = new LiveGauge({
  name: 'tongsheng_source_failures',
  help: 'Looks at a source that failed one after the other; of several ways of reading it, the way that does best',
  labels: ['source'],
});
