import { presetHours, type Figures, type PresetLimit } from '@tongsheng/contracts';
import { buckets, quantile } from './histogram.ts';

/** What an obligation counts as; a `withdrawn` one is in no figure, and on no list of these. */
export const countedOutcomes = ['on_time', 'late', 'open', 'exempted'] as const;

/**
 * Where a count stands; the outcomes come first. `spentIn`: out within the first, second or third preset, and no earlier
 * one. `overdue` is of what is open, at the moment that was asked about: by each task's own limit, then by each preset.
 */
const slot = { spentIn: 4, overdue: 7, spent: 11 } as const;
const slots = slot.spent + buckets;
const hourMs = 3_600_000;

/** Counts of obligations, and a histogram of how long those took that are out. */
export type Counts = Int32Array;
export const noCounts = (): Counts => new Int32Array(slots);
/** Counts without the histogram, for what there is very much of: what lies beyond its end is not written. */
export const noSum = (): Counts => new Int32Array(slot.spent);

/** An obligation's outcome (a place in the list above) and how long it took, in one number: what a tally asks of it. */
export type Code = number;
const noBucket = 255;

export function codeOf(outcome: number, spentMs: number | null, bucket: number): Code {
  const preset = spentMs === null ? -1 : presetHours.findIndex((hours) => spentMs <= hours * hourMs);
  return outcome | ((preset < 0 ? 3 : preset) << 2) | ((spentMs === null ? noBucket : bucket) << 4);
}

/** Counts an obligation, or with -1 takes it back. */
export function count(counts: Counts, code: Code, sign: 1 | -1): void {
  counts[code & 3]! += sign;
  const bucket = (code >> 4) & 255;
  if (bucket === noBucket) return;
  const preset = (code >> 2) & 3;
  if (preset < 3) counts[slot.spentIn + preset]! += sign;
  counts[slot.spent + bucket]! += sign;
}

export const isOpenCode = (code: Code): boolean => (code & 3) === 2;

/** Says of something open by which limits it is overdue at a moment: bit 0 its own, then the presets. */
export function overdueAt(dueMs: number, limitMs: number, atMs: number): number {
  let bits = dueMs < atMs ? 1 : 0;
  for (let i = 0; i < presetHours.length; i++) if (dueMs - limitMs + presetHours[i]! * hourMs < atMs) bits |= 2 << i;
  return bits;
}

export function countOverdue(counts: Counts, bits: number): void {
  for (let i = 0; i < 4; i++) counts[slot.overdue + i]! += (bits >> i) & 1;
}

/** Whether it was out within the limit that is asked about; its own where none is. */
export function isWithin(code: Code, limit: PresetLimit | undefined): boolean {
  if (limit === undefined) return (code & 3) === 0;
  return ((code >> 4) & 255) !== noBucket && ((code >> 2) & 3) <= presetHours.indexOf(limit);
}

export function addAll(to: Counts, from: Counts): void {
  for (let i = 0; i < slots; i++) to[i]! += from[i]!;
}

/** Counts as a person reads them, by each task's own limit or by one for all. */
export function outcomesOf(counts: Counts, limit?: PresetLimit) {
  // By their places: to take an array of numbers apart costs more than to count.
  const ownOnTime = counts[0]!;
  const ownLate = counts[1]!;
  const open = counts[2]!;
  const exempted = counts[3]!;
  const preset = limit === undefined ? -1 : presetHours.indexOf(limit);
  let onTime = ownOnTime;
  if (preset >= 0) {
    onTime = 0;
    for (let i = 0; i <= preset; i++) onTime += counts[slot.spentIn + i]!;
  }
  return {
    due: ownOnTime + ownLate + open + exempted,
    onTime,
    late: ownOnTime + ownLate - onTime,
    overdue: counts[slot.overdue + 1 + preset]!,
    open,
    exempted,
  };
}

/** The same with how long it took. */
export function figuresOf(counts: Counts, limit?: PresetLimit): Figures {
  const spent = counts.subarray(slot.spent);
  return {
    ...outcomesOf(counts, limit),
    medianSeconds: quantile(spent, 0.5),
    p95Seconds: quantile(spent, 0.95),
  };
}

/** Of what has been decided or has run out; null: nothing has. */
export const rateOf = ({ onTime, late, overdue }: Figures): number | null =>
  onTime + late + overdue === 0 ? null : onTime / (onTime + late + overdue);

const stageSlots = 5 * buckets;

/** Counts of obligations by everything that a page is broken down by. Index: the number of the name in the book. */
export type Tally = {
  total: Counts;
  bySite: Counts[];
  bySource: Counts[];
  byColumn: Counts[];
  byKind: Counts[];
  byPerson: Counts[];
  byDay: Counts[];
  updates: Counts;
  retracts: Counts;
  /** A histogram for each stage, one behind the other. */
  stages: Int32Array;
};

export const noTally = (): Tally => ({
  total: noCounts(),
  bySite: [],
  bySource: [],
  byColumn: [],
  byKind: [],
  byPerson: [],
  byDay: [],
  updates: noCounts(),
  retracts: noCounts(),
  stages: new Int32Array(stageSlots),
});

export function mergeTally(to: Tally, from: Readonly<Tally>): void {
  for (const name of ['total', 'updates', 'retracts'] as const) addAll(to[name], from[name]);
  for (let i = 0; i < stageSlots; i++) to.stages[i]! += from.stages[i]!;
  for (const group of ['bySite', 'bySource', 'byColumn', 'byKind', 'byPerson', 'byDay'] as const) {
    const into = to[group];
    // Passes over the holes.
    from[group].forEach((counts, i) => addAll((into[i] ??= noCounts()), counts));
  }
}
