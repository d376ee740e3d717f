import type {
  ComplianceQuery,
  ComplianceTask,
  ComplianceView,
  DutyKind,
  Figures,
  StageTime,
} from '@tongsheng/contracts';
import type { ProjectionReader } from '@tongsheng/projections';
import { cell, type Compliance } from './compliance.ts';
import { stageTimes } from './stages.ts';

export type Cell = { site: string; sourceId: string; sourceName: string };
type Reader = ProjectionReader<'repost', Compliance>;

const none: Figures = { due: 0, onTime: 0, late: 0, overdue: 0, open: 0, exempted: 0 };
const sum = (all: Figures[]): Figures =>
  all.reduce(
    (a, b) => ({
      due: a.due + b.due,
      onTime: a.onTime + b.onTime,
      late: a.late + b.late,
      overdue: a.overdue + b.overdue,
      open: a.open + b.open,
      exempted: a.exempted + b.exempted,
    }),
    none,
  );

const wanted =
  ({ sites, sourceId }: ComplianceQuery) =>
  (each: Cell) =>
    (!sites || sites.includes(each.site)) && (!sourceId || sourceId === each.sourceId);

/** Every figure of the page, by site, by source and by both. */
export async function figuresOf(
  reader: Reader,
  query: ComplianceQuery,
  cells: readonly Cell[],
): Promise<ComplianceView> {
  const period = { min: Date.parse(query.from), max: Date.parse(query.to) };
  const pastDue = { ...period, max: Math.min(period.max, Date.parse(query.asOf) - 1) };
  const count = (duty: DutyKind) =>
    Promise.all(
      cells.filter(wanted(query)).map(async ({ site, sourceId, sourceName }) => {
        const set = (outcome: ComplianceTask['outcome']) => cell(site, sourceId, outcome, duty);
        const [[onTime = 0, late = 0, open = 0, exempted = 0], [overdue = 0]] = await Promise.all([
          reader.count([set('on_time'), set('late'), set('open'), set('exempted')], period),
          reader.count([set('open')], pastDue),
        ]);
        return {
          site,
          sourceId,
          sourceName,
          due: onTime + late + open + exempted,
          onTime,
          late,
          overdue,
          open,
          exempted,
        };
      }),
    );
  const [counted, updates, retracts] = await Promise.all([count('repost'), count('update'), count('retract')]);
  const busy = counted.filter(({ due }) => due > 0);
  const sites = [...new Set(busy.map(({ site }) => site))];
  const sources = new Map(busy.map(({ sourceId, sourceName }) => [sourceId, sourceName]));
  return {
    asOf: query.asOf,
    from: query.from,
    to: query.to,
    total: sum(busy),
    bySite: sites.map((site) => ({ site, ...sum(busy.filter((each) => each.site === site)) })),
    bySource: [...sources].map(([sourceId, sourceName]) => ({
      sourceId,
      sourceName,
      ...sum(busy.filter((each) => each.sourceId === sourceId)),
    })),
    cells: busy.map(({ sourceName: _name, ...each }) => each),
    updates: sum(updates),
    retracts: sum(retracts),
    stages: await stagesOf(reader, query, cells),
    position: await reader.position(),
  };
}

/** Of each cell so many of the newest tasks that are out; a year of a nation is not read for a median. */
const newestOut = 500;

async function stagesOf(reader: Reader, query: ComplianceQuery, cells: readonly Cell[]): Promise<StageTime[]> {
  const range = { min: Date.parse(query.from), max: Date.parse(query.to), reverse: true, limit: newestOut };
  const lists = await Promise.all(
    cells
      .filter(wanted(query))
      .flatMap(({ site, sourceId }) => (['on_time', 'late'] as const).map((each) => cell(site, sourceId, each)))
      .map((set) => reader.list(set, range)),
  );
  const rows = new Map(lists.flat().map((row) => [`${row.site}/${row.taskId}`, row]));
  return stageTimes([...rows.values()].map(({ moments, publishedAt }) => ({ ...moments, publishedAt })));
}

/** Everything that the public does not have yet, whenever it is due. */
export async function openTasks(reader: Reader, cells: readonly Cell[]): Promise<ComplianceTask[]> {
  const lists = await Promise.all(
    cells.map(async ({ site, sourceId }) => {
      const rows = await reader.list(cell(site, sourceId, 'open'), { limit: 10_000 });
      return rows.flatMap((row) => taskOf(row, sourceId, 'open', 'repost') ?? []);
    }),
  );
  // A task that is owed for several sources is one piece of work, and its earliest limit counts.
  const tasks = new Map<string, ComplianceTask>();
  for (const task of lists.flat()) {
    const known = tasks.get(`${task.site}/${task.taskId}`);
    if (!known || task.dueAt < known.dueAt) tasks.set(`${task.site}/${task.taskId}`, task);
  }
  return [...tasks.values()];
}

const outcomes = {
  due: ['on_time', 'late', 'open', 'exempted'],
  on_time: ['on_time'],
  late: ['late'],
  open: ['open'],
  overdue: ['open'],
  exempted: ['exempted'],
} as const;

/** The tasks behind one figure: the same sets and the same range that were counted. */
export async function tasksBehind(
  reader: Reader,
  query: ComplianceQuery,
  cells: readonly Cell[],
): Promise<ComplianceTask[]> {
  const { outcome = 'due', duty = 'repost' } = query;
  const to = Date.parse(query.to);
  const max = outcome === 'overdue' ? Math.min(to, Date.parse(query.asOf) - 1) : to;
  const lists = await Promise.all(
    cells
      .filter(wanted(query))
      .flatMap(({ site, sourceId }) => outcomes[outcome].map((wanted) => ({ site, sourceId, outcome: wanted })))
      .map(async ({ site, sourceId, outcome: wanted }) => {
        const range = { min: Date.parse(query.from), max, limit: 10_000 };
        const rows = await reader.list(cell(site, sourceId, wanted, duty), range);
        return rows.flatMap((row) => taskOf(row, sourceId, wanted, duty) ?? []);
      }),
  );
  return lists.flat().sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
}

/** The obligation of a task that was counted in a cell. */
function taskOf(
  { taskId, site, publishedAt, counted }: Compliance,
  sourceId: string,
  outcome: ComplianceTask['outcome'],
  duty: DutyKind,
): ComplianceTask | null {
  const behind = counted.findLast(
    (each) => each.sourceId === sourceId && each.outcome === outcome && each.duty === duty,
  );
  if (!behind) return null;
  const { itemId: _item, ...facts } = behind;
  return { taskId, site, publishedAt, ...facts };
}
