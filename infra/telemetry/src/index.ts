export { Counter, Gauge, Histogram } from 'prom-client';
export { upToMinute } from './buckets.ts';
export { openOperations, type OperationsDoor } from './door.ts';
export { answered } from './http.ts';
export { activeStep, isTracing, startTracing, step } from './traces.ts';
export { LiveGauge } from './live-gauge.ts';
