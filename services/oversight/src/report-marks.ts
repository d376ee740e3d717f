import type { Entry } from '@tongsheng/bus';
import type { AnyEvent, PartRole, ReleaseKind, ReportPeriod } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What a matter counts for in the forms from one moment on. */
type Mark = { at: string; counts: Partial<Record<CountedFigure, number>> };

/** A release, a delivery, a report of a netizen and the like: what it counts for, and what that will depend on. */
export type Matter = {
  site: string;
  /** Of its first entry in the log, which names its lines. */
  position: number;
  /** When something was last said of it. */
  saidAt: string;
  marks: Mark[];
  facts: Facts;
};
type Facts = {
  signed?: { kind: ReleaseKind; format: string };
  roles?: PartRole[];
  isWaived?: boolean;
  /** Until when a rumor is to be rebutted, or a netizen answered; absent once nothing is owed. */
  dueAt?: string;
  channelKind?: string;
  population?: number;
  chosen?: string[];
};

/** Its figures, by the part of the log that they come from. */
export const countedFrom = {
  release: ['published_own', 'interpretations', 'interpretations_material', 'interpretations_product', 'responses'],
  linked: ['with_policy', 'waivers'],
  rumor: ['rumors', 'rebuttals', 'rebuttals_on_time'],
  submission: ['submissions', 'submissions_adopted'],
  delivery: ['wechat_posts', 'weibo_posts', 'other_posts'],
  correction: ['corrections_received', 'corrections_answered', 'corrections_on_time'],
  incident: ['incidents', 'fake_sites', 'fake_sites_referred'],
  inspection: ['inspections', 'inspected', 'inspected_share', 'inspected_failed', 'interviews_held'],
} as const;
type Counted = keyof typeof countedFrom;
type CountedFigure = (typeof countedFrom)[Counted][number];
/** In this order they are written by their places: a change of it is a new version of the model. */
const figures: readonly CountedFigure[] = Object.values(countedFrom).flat();

const dayMs = 86_400_000;
/** Few events come later than this after the one before; for one that does, the past of its matter is read again. */
const keptDays = 31;

/** The sheet of a site's month, in UTC: a line has its moment, so that a period may begin at any. */
const sheetOf = (site: string, at: string) => `${site}|${at.slice(0, 7)}`;

/** Whether a sheet may hold something of a period. */
export const mayHold = (sheet: string, { from, to }: ReportPeriod, isOurs: (site: string) => boolean): boolean => {
  const [site = '', month = ''] = sheet.split('|');
  return month >= from.slice(0, 7) && month <= to.slice(0, 7) && isOurs(site);
};

/**
 * Every figure of a form that is no obligation to repost, counted when it happens: a line of some twenty bytes on the sheet
 * of its site's month, for ever. What began before a period and ended in it counts as it ended.
 */
export const reportMarks = defineProjection({
  name: 'report-marks',
  version: 1,
  follows: Object.keys(countedFrom) as Counted[],
  keyOf: (event: AnyEvent, { aggregate, site, id }: Entry) => (isCounted(event) ? `${aggregate}/${site}/${id}` : null),
  apply(row: Matter | null, event, entry): Matter | null {
    if (!isCounted(event)) return row;
    const saidAt = entry.envelope.time;
    const before = row ?? { site: entry.site, position: entry.position, saidAt, marks: [], facts: {} };
    const next = told(before, event);
    return next === before ? row : { ...next, saidAt };
  },
  leaves: { at: ({ saidAt }) => Date.parse(saidAt) + keptDays * dayMs, begins },

  sheets({ site, position, marks }) {
    const sheets: Record<string, Record<string, string>> = {};
    for (const [i, mark] of marks.entries()) {
      const line = i === 0 ? position.toString(36) : `${position.toString(36)}.${i}`;
      (sheets[sheetOf(site, mark.at)] ??= {})[line] = writeMark(mark);
    }
    return sheets;
  },
});

/** Adds up marks of a period. */
export class Tally {
  readonly #from: number;
  readonly #to: number;
  readonly #counts = figures.map(() => 0);
  #lowestShare = Infinity;

  constructor({ from, to }: ReportPeriod) {
    this.#from = Date.parse(from);
    this.#to = Date.parse(to);
  }

  add(text: string): void {
    const [at = '', ...counts] = text.split(' ');
    const ms = Number.parseInt(at, 36);
    if (ms < this.#from || ms >= this.#to) return;
    for (const each of counts) {
      const [place = '', count = '1'] = each.split('=');
      const i = Number.parseInt(place, 36);
      if (figures[i] === 'inspected_share') this.#lowestShare = Math.min(this.#lowestShare, Number(count));
      else this.#counts[i]! += Number(count);
    }
  }

  /** Every figure that it knows, 0 where nothing happened. */
  figures(): Record<string, string> {
    const counts = figures.map((name, i) => [name, String(this.#counts[i])] as const);
    const lowest = this.#lowestShare === Infinity ? '没有办结的抽查' : this.#lowestShare.toFixed(2);
    return { ...Object.fromEntries(counts), inspected_share: lowest };
  }
}

/** `<ms> <figure> <figure>=<count>`, numbers in base 36 but for counts. */
function writeMark({ at, counts }: Mark): string {
  const each = Object.entries(counts).map(([name, count]) => {
    const place = figures.indexOf(name as CountedFigure).toString(36);
    return count === 1 ? place : `${place}=${count}`;
  });
  return [Date.parse(at).toString(36), ...each].join(' ');
}

/** What follows of an event; the same matter where nothing does. */
function told(matter: Matter, event: CountedEvent): Matter {
  const { facts, marks } = matter;
  switch (event.type) {
    case 'release.signed':
      return marks.length > 0 ? matter : { ...matter, facts: { signed: { kind: event.kind, format: event.format } } };
    case 'release.published':
      // A correction is no second release.
      return facts.signed
        ? { ...matter, facts: {}, marks: [{ at: event.publishedAt, counts: ofRelease(facts.signed) }] }
        : matter;
    case 'linked.planned':
      return { ...matter, facts: { ...facts, roles: event.parts.map(({ role }) => role) } };
    case 'linked.waived':
      return facts.roles ? { ...matter, facts: { ...facts, isWaived: true } } : matter;
    case 'linked.opened':
      return marked(matter, event.openedAt, ofLinked(facts));
    case 'rumor.reported':
      return { ...matter, facts: { dueAt: event.dueAt }, marks: [{ at: event.reportedAt, counts: { rumors: 1 } }] };
    case 'rumor.assessed':
      return facts.dueAt === undefined || event.dueAt === undefined
        ? matter
        : { ...matter, facts: { dueAt: event.dueAt } };
    case 'rumor.rebutted': {
      if (facts.dueAt === undefined) return matter;
      const { rebuttedAt } = event;
      return marked(matter, rebuttedAt, { rebuttals: 1, ...(rebuttedAt <= facts.dueAt && { rebuttals_on_time: 1 }) });
    }
    case 'submission.offered':
      return { ...matter, marks: [{ at: event.offeredAt, counts: { submissions: 1 } }] };
    case 'submission.adopted':
      // Of what was offered in the period, whenever it was adopted.
      return counting(matter, { submissions_adopted: 1 });
    case 'delivery.requested':
      return { ...matter, facts: { channelKind: event.channelKind } };
    case 'delivery.answered':
      return event.outcome === 'confirmed' ? seen(matter, event.answeredAt) : matter;
    case 'delivery.probed':
      return event.finding === 'present' ? seen(matter, event.probedAt) : matter;
    case 'delivery.resolved':
      return event.resolution === 'arrived' ? seen(matter, event.resolvedAt) : matter;
    case 'delivery.reported':
      return seen(matter, event.reportedAt);
    case 'correction.received':
    case 'correction.spam_lifted':
      return {
        ...matter,
        facts: { dueAt: event.dueAt },
        marks: [{ at: event.receivedAt, counts: { corrections_received: 1 } }],
      };
    case 'correction.deadline_moved':
      return facts.dueAt === undefined ? matter : { ...matter, facts: { dueAt: event.dueAt } };
    case 'correction.folded':
    case 'correction.spam_marked':
      // What reports nothing of its own is no report.
      return facts.dueAt === undefined ? matter : { ...matter, facts: {}, marks: [] };
    case 'correction.answered': {
      // The first answer counts; a later one puts it right.
      if (facts.dueAt === undefined) return matter;
      const inTime = event.answeredAt <= facts.dueAt && { corrections_on_time: 1 };
      return counting({ ...matter, facts: {} }, { corrections_answered: 1, ...inTime });
    }
    case 'incident.opened':
      return marked(matter, event.openedAt, { incidents: 1, ...(event.kind === 'fake_site' && { fake_sites: 1 }) });
    case 'incident.referred':
      return marks[0]?.counts.fake_sites ? counting(matter, { fake_sites_referred: 1 }) : matter;
    case 'inspection.opened':
      return { ...matter, facts: { population: event.population.length, chosen: [] } };
    case 'inspection.drawn':
      return drawn(matter, event.chosen);
    case 'inspection.enlarged':
      return drawn(matter, event.added);
    case 'inspection.concluded':
      return event.result === 'failed' ? marked(matter, event.concludedAt, { inspected_failed: 1 }) : matter;
    case 'inspection.interviewed':
      return marked(matter, event.interviewedAt, { interviews_held: 1 });
    case 'inspection.published': {
      const { population, chosen = [] } = facts;
      if (event.stage !== 'results' || event.version > 1 || population === undefined) return matter;
      const share = (chosen.length * 100) / population;
      return marked(matter, event.publishedAt, { inspections: 1, inspected: chosen.length, inspected_share: share });
    }
  }
}

const marked = (matter: Matter, at: string, counts: Mark['counts']): Matter =>
  Object.keys(counts).length === 0 ? matter : { ...matter, marks: [...matter.marks, { at, counts }] };

/** Counts for more at the moment that it already counts at; nothing is counted twice. */
function counting(matter: Matter, counts: Mark['counts']): Matter {
  const [first, ...others] = matter.marks;
  const isNew = first && Object.keys(counts).some((name) => !(name in first.counts));
  return isNew ? { ...matter, marks: [{ ...first, counts: { ...first.counts, ...counts } }, ...others] } : matter;
}

/** Once for each delivery: when it was first known to be there. */
function seen(matter: Matter, at: string): Matter {
  const kind = matter.facts.channelKind;
  if (kind === undefined) return matter;
  const figure = kind.startsWith('wechat') ? 'wechat_posts' : kind.startsWith('weibo') ? 'weibo_posts' : 'other_posts';
  return { ...matter, facts: {}, marks: [{ at, counts: { [figure]: 1 } }] };
}

const drawn = (matter: Matter, sites: readonly string[]): Matter =>
  matter.facts.chosen === undefined
    ? matter
    : { ...matter, facts: { ...matter.facts, chosen: [...new Set([...matter.facts.chosen, ...sites])] } };

function ofRelease({ kind, format }: NonNullable<Facts['signed']>): Mark['counts'] {
  if (kind === 'response' || kind === 'rebuttal') return { published_own: 1, responses: 1 };
  if (kind !== 'interpretation') return { published_own: 1 };
  const form = format === 'text' ? 'interpretations_material' : 'interpretations_product';
  return { published_own: 1, interpretations: 1, [form]: 1 };
}

function ofLinked({ roles = [], isWaived = false }: Facts): Mark['counts'] {
  if (!roles.includes('policy')) return {};
  if (roles.includes('interpretation') || roles.includes('chart')) return { with_policy: 1 };
  return isWaived ? { waivers: 1 } : {};
}

/** What figures are made of. */
const counted = [
  'release.signed',
  'release.published',
  'linked.planned',
  'linked.waived',
  'linked.opened',
  'rumor.reported',
  'rumor.assessed',
  'rumor.rebutted',
  'submission.offered',
  'submission.adopted',
  'delivery.requested',
  'delivery.answered',
  'delivery.probed',
  'delivery.resolved',
  'delivery.reported',
  'correction.received',
  'correction.deadline_moved',
  'correction.folded',
  'correction.spam_marked',
  'correction.spam_lifted',
  'correction.answered',
  'incident.opened',
  'incident.referred',
  'inspection.opened',
  'inspection.drawn',
  'inspection.enlarged',
  'inspection.concluded',
  'inspection.interviewed',
  'inspection.published',
] as const;
type CountedEvent = Extract<AnyEvent, { type: (typeof counted)[number] }>;
const countedTypes: ReadonlySet<string> = new Set(counted);
const isCounted = (event: AnyEvent): event is CountedEvent => countedTypes.has(event.type);

/** What is said of a matter first. */
const first: ReadonlySet<string> = new Set<CountedEvent['type']>([
  'rumor.reported',
  'submission.offered',
  'delivery.requested',
  'correction.received',
  'incident.opened',
  'inspection.opened',
]);

/** Nothing that counts was said of the matter before. */
function begins(event: AnyEvent): boolean {
  if (event.type === 'release.signed') return (event.version ?? 1) === 1;
  if (event.type === 'linked.planned') return event.revision === 1;
  return first.has(event.type);
}
