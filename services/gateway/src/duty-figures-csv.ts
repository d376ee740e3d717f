import type { AlarmSubject, DutyFigures } from '@tongsheng/contracts';
import { toCsv, type Columns } from './csv.ts';

type Times = { n: number; medianMs: number | null; p90Ms: number | null };
type Line = { group: string; name: string; count: number | null; times: Times | null };

/** The figures of duty as a table that a spreadsheet can go on with: a figure a line, times in minutes. */
export function dutyFiguresCsv({ alarms, byPerson, byKind, incidents, handovers, drills }: DutyFigures): string {
  const count = (group: string, name: string, n: number): Line => ({ group, name, count: n, times: null });
  const timed = (group: string, name: string, times: Times): Line => ({ group, name, count: times.n, times });
  const lines = [
    count('告警', '发出', alarms.raised),
    count('告警', '无人接手', alarms.unanswered),
    count('告警', '原因自行消除', alarms.endedAlone),
    timed('告警', '接手', alarms.taken),
    timed('告警', '解除', alarms.closed),
    ...byPerson.map(({ name, ...times }) => timed('按接手人', name, times)),
    ...byKind.map(({ kind, raised: _raised, ...times }) => timed('按类别接手', wordsOf(kind), times)),
    count('事件', '登记', incidents.opened),
    count('事件', '按时首报', incidents.reportedInTime),
    count('事件', '超时首报', incidents.reportedLate),
    count('事件', '尚未上报', incidents.unreported),
    timed('事件', '首报', incidents.reported),
    timed('事件', '办结', incidents.closed),
    count('交接班', '已接班', handovers.accepted),
    count('交接班', '超时', handovers.overdue),
    count('交接班', '待接班', handovers.waiting),
    ...drills.map(({ scenario, takenBy, tookMs }) => {
      const times = { n: takenBy === null ? 0 : 1, medianMs: tookMs, p90Ms: tookMs };
      return timed('演练', `${scenario}（${takenBy ?? '无人接手'}）`, times);
    }),
  ];
  return toCsv(columns, lines);
}

const minutes = (ms: number | null | undefined) => (typeof ms === 'number' ? (ms / 60_000).toFixed(1) : null);

const columns: Columns<Line> = [
  ['分组', ({ group }) => group],
  ['项目', ({ name }) => name],
  ['次数', ({ count }) => (count === null ? null : String(count))],
  ['用时中位数（分钟）', ({ times }) => minutes(times?.medianMs)],
  ['九成不超过（分钟）', ({ times }) => minutes(times?.p90Ms)],
];

const kindWords: Record<AlarmSubject['kind'], string> = {
  task: '转载临期',
  source: '来源失联',
  delivery: '渠道投递',
  rumor: '谣言时限',
  submission: '报送时限',
  review_debt: '补审时限',
  assignment: '人工渠道',
  credential: '渠道登录',
  page: '网页被换或复现',
  recall: '更正撤回',
  linked: '联动发布',
  incident: '事件',
  correction: '网民纠错时限',
  stoppage: '渠道停滞',
  calendar: '放假安排',
  inspection: '季度抽查时限',
  report: '年报时限',
  handover: '交接班',
  balance: '账实不符',
  drill: '演练',
};
const wordsOf = (kind: string): string => (kind in kindWords ? kindWords[kind as AlarmSubject['kind']] : kind);
