import {
  complianceOutcome,
  dutyKind,
  itemKind,
  stageNames,
  type ComplianceOutcome,
  type DutyKind,
  type ItemKind,
  type Moments,
  stageSpans,
} from '@tongsheng/contracts';
import { bucketOf } from './histogram.ts';

/** One obligation as it stands on its sheet: all that a figure asks of it. */
export type Line = {
  outcome: ComplianceOutcome;
  duty: DutyKind;
  kind: ItemKind;
  sourceId: string;
  column: string;
  /** Who approved it, or signed its exemption; empty: nobody yet. */
  person: string;
  dueMs: number;
  limitMs: number;
  /** From when it was owed until the public had it; null: it does not. */
  spentMs: number | null;
  /** The histogram bucket of each stage that was passed; null of what is not out. */
  stages: (number | null)[];
  /** How far in the log its task's last entry is from the first; 0 while something is owed, since more will come. */
  span: number;
};

const outcomes = complianceOutcome.options;
const duties = dutyKind.options;
const kinds = itemKind.options;

/** Less than a hundred bytes, so that Redis holds a sheet in one piece. */
export function writeLine(line: Line): string {
  const { outcome, duty, kind, sourceId, column, person, dueMs, limitMs, spentMs, stages, span } = line;
  const head = `${outcomes.indexOf(outcome)}${duties.indexOf(duty)}${kinds.indexOf(kind)}`;
  const spans = stages.map((bucket) => (bucket === null ? '--' : bucket.toString(36).padStart(2, '0'))).join('');
  const numbers = [dueMs, limitMs, spentMs].map((value) => (value === null ? '' : value.toString(36)));
  return [head, sourceId, column, person, ...numbers, spans, span.toString(36)].join('\t');
}

export function readLine(text: string): Line {
  const [head = '', sourceId = '', column = '', person = '', due = '', limit = '', spent = '', spans = '', span = ''] =
    text.split('\t');
  return {
    outcome: outcomes[Number(head[0])]!,
    duty: duties[Number(head[1])]!,
    kind: kinds[Number(head[2])]!,
    sourceId,
    column,
    person,
    dueMs: Number.parseInt(due, 36),
    limitMs: Number.parseInt(limit, 36),
    spentMs: spent === '' ? null : Number.parseInt(spent, 36),
    stages: stageNames.map((_, i) => {
      const bucket = spans.slice(i * 2, i * 2 + 2);
      return bucket === '' || bucket === '--' ? null : Number.parseInt(bucket, 36);
    }),
    span: Number.parseInt(span, 36),
  };
}

export function stageBuckets(moments: Moments): (number | null)[] {
  const spans = stageSpans(moments);
  return stageNames.map((name) => (spans[name] === undefined ? null : bucketOf(spans[name])));
}
