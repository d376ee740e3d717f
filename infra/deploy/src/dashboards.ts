/** One query of a panel, and what its lines are called. */
type Line = { query: string; name?: string };
type Unit = 's' | 'short' | 'bytes' | 'percentunit' | 'reqps' | 'dateTimeFromNow';
type Panel = { title: string; unit: Unit; lines: Line[]; kind?: 'timeseries' | 'stat' };
export type Dashboard = { id: string; title: string; panels: Panel[] };

const rate = (metric: string, by: string) => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;
const quantile = (q: number, metric: string, by = '', only = '') =>
  `histogram_quantile(${q}, sum by (${[by, 'le'].filter(Boolean).join(', ')}) (rate(${metric}_bucket${only}[$__rate_interval])))`;
const left = (name: string, title: string) => ({
  query: `max(tongsheng_tasks_open{left="${name}"})`,
  name: title,
});

/** What is looked at every day, and when an alert has spoken. Few: a figure that nobody acts on is not here. */
export const dashboards: readonly Dashboard[] = [
  {
    id: 'tongsheng-overview',
    title: '同声 · 总览 Overview',
    panels: [
      { title: '超过时限 Overdue', unit: 'short', kind: 'stat', lines: [left('overdue', '件')] },
      {
        title: '下一件到期 Next due',
        unit: 'dateTimeFromNow',
        kind: 'stat',
        lines: [{ query: 'min(tongsheng_task_next_due_timestamp_seconds) * 1000' }],
      },
      {
        title: '没人接的告警 Alarms unanswered',
        unit: 'short',
        kind: 'stat',
        lines: [{ query: 'max(tongsheng_alarms_open{state="unanswered"})' }],
      },
      {
        title: '死信 Dead letters',
        unit: 'short',
        kind: 'stat',
        lines: [{ query: 'max(tongsheng_stream_messages{stream="DEAD"})' }],
      },
      {
        title: '待办任务，按剩余时间 Tasks by time left',
        unit: 'short',
        lines: [{ query: 'max by (left) (tongsheng_tasks_open)', name: '{{left}}' }],
      },
      {
        title: '决定 Decisions',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_log_appends_total', 'aggregate'), name: '{{aggregate}}' }],
      },
      {
        title: '控制台与门户应答 p95 HTTP',
        unit: 's',
        lines: [{ query: quantile(0.95, 'tongsheng_http_request_seconds', 'service'), name: '{{service}}' }],
      },
      {
        title: '在线控制台 Consoles listening',
        unit: 'short',
        lines: [{ query: 'sum(tongsheng_consoles_listening)' }],
      },
      {
        title: '内存 Memory',
        unit: 'bytes',
        lines: [{ query: 'process_resident_memory_bytes', name: '{{service}}' }],
      },
      {
        title: 'CPU',
        unit: 'percentunit',
        lines: [{ query: 'rate(process_cpu_seconds_total[$__rate_interval])', name: '{{service}}' }],
      },
      {
        title: '事件循环延迟 p99 Event loop',
        unit: 's',
        lines: [{ query: 'nodejs_eventloop_lag_p99_seconds', name: '{{service}}' }],
      },
    ],
  },
  {
    id: 'tongsheng-delivery',
    title: '同声 · 投递 Delivery',
    panels: [
      {
        title: '最久的等待 Longest wait',
        unit: 's',
        lines: [{ query: 'max by (urgency) (tongsheng_delivery_oldest_due_seconds)', name: '{{urgency}}' }],
      },
      {
        title: '未完成的投递 Open deliveries',
        unit: 'short',
        lines: [{ query: 'max by (urgency, status) (tongsheng_deliveries_open)', name: '{{urgency}} {{status}}' }],
      },
      {
        title: '结果 Outcomes',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_delivery_attempts_total', 'outcome'), name: '{{outcome}}' }],
      },
      {
        title: '渠道应答 p95 Answers of channels',
        unit: 's',
        lines: [{ query: quantile(0.95, 'tongsheng_delivery_attempt_seconds', 'kind'), name: '{{kind}}' }],
      },
      {
        title: '停了的渠道 Channels stopped',
        unit: 'short',
        lines: [{ query: 'max by (channel) (tongsheng_channel_stopped) > 0', name: '{{channel}}' }],
      },
    ],
  },
  {
    id: 'tongsheng-sources',
    title: '同声 · 来源与时限 Sources and deadlines',
    panels: [
      {
        title: '最久没读成的来源 Sources unread longest',
        unit: 's',
        lines: [{ query: 'topk(10, max by (source) (tongsheng_source_look_age_seconds))', name: '{{source}}' }],
      },
      {
        title: '连续失败 Failures in a row',
        unit: 'short',
        lines: [{ query: 'topk(10, max by (source) (tongsheng_source_failures)) > 0', name: '{{source}}' }],
      },
      {
        title: '到期提醒迟到 p99 Clock lateness',
        unit: 's',
        lines: [{ query: quantile(0.99, 'tongsheng_clock_lateness_seconds') }],
      },
      {
        title: '到期提醒 Firings',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_clock_firings_total', 'outcome'), name: '{{outcome}}' }],
      },
      {
        title: '告警 Alarms open',
        unit: 'short',
        lines: [{ query: 'max by (state) (tongsheng_alarms_open)', name: '{{state}}' }],
      },
      {
        title: '最早的未接告警 Oldest alarm',
        unit: 'dateTimeFromNow',
        kind: 'stat',
        lines: [{ query: 'min(tongsheng_alarm_oldest_raised_timestamp_seconds{state!="acknowledged"}) * 1000' }],
      },
    ],
  },
  {
    id: 'tongsheng-bus',
    title: '同声 · 总线 Bus',
    panels: [
      {
        title: '写日志 p50 / p99 Append',
        unit: 's',
        lines: [
          { query: quantile(0.5, 'tongsheng_log_append_seconds'), name: 'p50' },
          { query: quantile(0.99, 'tongsheng_log_append_seconds'), name: 'p99' },
        ],
      },
      {
        title: '没写进去的决定 Appends that failed or were stale',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_log_appends_total{outcome!="stored"}', 'outcome'), name: '{{outcome}}' }],
      },
      {
        title: '命令与查询 Requests',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_requests_total', 'service, outcome'), name: '{{service}} {{outcome}}' }],
      },
      {
        title: '命令与查询 p99',
        unit: 's',
        lines: [{ query: quantile(0.99, 'tongsheng_request_seconds', 'service'), name: '{{service}}' }],
      },
      {
        title: '反应 p99 From event to effect',
        unit: 's',
        lines: [{ query: quantile(0.99, 'tongsheng_reaction_delay_seconds', 'service'), name: '{{service}}' }],
      },
      {
        title: '反应的结果 Reactions',
        unit: 'reqps',
        lines: [{ query: rate('tongsheng_reactions_total', 'outcome'), name: '{{outcome}}' }],
      },
      {
        title: '落后最多 Followers behind',
        unit: 'short',
        lines: [
          {
            query: 'topk(10, max by (service, follower) (tongsheng_follower_pending_entries)) > 0',
            name: '{{service}} {{follower}}',
          },
        ],
      },
      {
        title: '读模型落后 Read models behind',
        unit: 'short',
        lines: [
          { query: 'max by (projection) (tongsheng_projection_behind_entries) > 0', name: '{{projection}}' },
          { query: 'max by (projection) (tongsheng_projection_rebuilding) > 0', name: '{{projection}} 重建' },
        ],
      },
      {
        title: '流的大小 Streams',
        unit: 'bytes',
        lines: [{ query: 'max by (stream) (tongsheng_stream_bytes)', name: '{{stream}}' }],
      },
      {
        title: '检查点没有覆盖的记录 Uncovered by a checkpoint',
        unit: 'short',
        lines: [{ query: 'min(tongsheng_checkpoint_uncovered_entries)' }],
      },
    ],
  },
];

const columns = 2;
const width = 24 / columns;
const height = 8;

/** As Grafana imports it; the data source is chosen at the import. */
export function renderDashboard({ id, title, panels }: Dashboard): object {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    uid: id,
    title,
    schemaVersion: 39,
    tags: ['tongsheng'],
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(({ title: of, unit, lines, kind = 'timeseries' }, i) => ({
      id: i + 1,
      title: of,
      type: kind,
      datasource,
      gridPos: { x: (i % columns) * width, y: Math.floor(i / columns) * height, w: width, h: height },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: lines.map(({ query, name = '' }, n) => ({
        refId: String.fromCodePoint('A'.codePointAt(0)! + n),
        datasource,
        expr: query,
        legendFormat: name,
      })),
    })),
  };
}
