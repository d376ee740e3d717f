import { Counter, Histogram } from '@tongsheng/telemetry';

export const lateness = new Histogram({
  name: 'tongsheng_clock_lateness_seconds',
  help: 'From the moment of a deadline to its being known; what fell due while everything was down is late by that long',
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3_600],
});

export const firings = new Counter({
  name: 'tongsheng_clock_firings_total',
  help: 'Moments of deadlines: told, or not heard by the service that keeps the matter (tried again after a second)',
  labelNames: ['outcome'],
});
