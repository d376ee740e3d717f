import type { Figures, TrendUnit } from '@tongsheng/contracts';
import type { Asked, AskedTasks } from '../api/compliance.ts';
import { daysOf, isDay, presetDays } from './period.ts';

export const outcomes = ['due', 'on_time', 'late', 'overdue', 'open', 'exempted'] as const;
export type Outcome = (typeof outcomes)[number];
export const countOf: Record<Outcome, keyof Figures> = {
  due: 'due',
  on_time: 'onTime',
  late: 'late',
  overdue: 'overdue',
  open: 'open',
  exempted: 'exempted',
};
export const isOutcome = (text: string | undefined): text is Outcome => outcomes.some((each) => each === text);

/** By what the figures are broken down, and what of an address narrows them to one of these. */
export const dimensions = ['site', 'level', 'source', 'column', 'kind', 'person'] as const;
export type Dimension = (typeof dimensions)[number];
export const isDimension = (text: string | undefined): text is Dimension => dimensions.some((each) => each === text);

export const units = ['day', 'month', 'quarter', 'year'] as const;
export const isUnit = (text: string | undefined): text is TrendUnit => units.some((each) => each === text);

export type Search = {
  [Name in Dimension | 'from' | 'to' | 'asOf' | 'neighbour' | 'unit' | 'outcome' | 'of' | 'part' | 'duty']?: string;
} & {
  limit?: 8 | 12 | 24;
};

/** Which rows a figure is about, as an address says it: `site:province`. */
export const ofRow = (dimension: Dimension | 'limit', value: string | number): string => `${dimension}:${value}`;

const parameter = { site: 'sites', source: 'sourceId' } as const;
const named = (dimension: string, value: string) => ({
  [parameter[dimension as keyof typeof parameter] ?? dimension]: value,
});

export function periodOf(search: Search): { from: string; to: string } {
  const preset = presetDays('week');
  const from = isDay(search.from) ? search.from : preset.from;
  const to = isDay(search.to) ? search.to : preset.to;
  return from <= to ? { from, to } : { from: to, to: from };
}

/** What an address asks of the figures. */
export function askedBy(search: Search): Asked {
  const filters = dimensions.flatMap((each) => (search[each] === undefined ? [] : [named(each, search[each])]));
  return {
    ...periodOf(search),
    ...Object.assign({}, ...filters),
    // The past of a neighbour stands in its own log.
    ...(search.neighbour ? { neighbour: search.neighbour } : search.asOf && { asOf: search.asOf }),
    ...(search.limit && { limit: String(search.limit) }),
    ...(isUnit(search.unit) && { unit: search.unit }),
  } as Asked;
}

/** The figure that an address has open; null: none. */
export function figureBy(search: Search): AskedTasks | null {
  if (!isOutcome(search.outcome)) return null;
  const { unit: _unit, ...asked } = askedBy(search);
  const [, dimension, value] = /^(\w+):(.*)$/s.exec(search.of ?? '') ?? [];
  const isAfter = search.duty === 'update' || search.duty === 'retract';
  return {
    ...asked,
    ...daysOf(search.part, periodOf(search)),
    ...(dimension && value && (isDimension(dimension) || dimension === 'limit') && named(dimension, value)),
    ...(isAfter && { duty: search.duty }),
    outcome: search.outcome,
  };
}
