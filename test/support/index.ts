export { startServers, type Servers } from './servers.ts';
export { specify } from './specify.ts';
export { until } from './until.ts';
export * from './samples.ts';
