import { LiveGauge } from '@tongsheng/telemetry';

export const linkUp = new LiveGauge({
  name: 'tongsheng_link_up',
  help: 'Whether a neighbouring deployment answers over its link',
  labels: ['neighbour'],
});

export const linkBehind = new LiveGauge({
  name: 'tongsheng_link_behind',
  help: 'Messages that a neighbour put out for us and that are not here yet, as it last said',
  labels: ['neighbour', 'what'],
});
