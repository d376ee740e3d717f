export { renderCompose } from './compose.ts';
export { renderKubernetes, type Cluster } from './kubernetes.ts';
export { linksConf } from './nats.ts';
export { metricsIn, queriesOf, renderMonitoring, type Files } from './monitoring.ts';
export { renderSystemd, type Machine } from './systemd.ts';
