export { metricsIn, queriesOf, renderMonitoring, type Files } from './monitoring.ts';
