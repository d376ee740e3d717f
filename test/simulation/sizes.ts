import type { Plan } from './year.ts';

type Size = Omit<Plan, 'seed'>;

/** A week of a small country, in which everything fails far more often than it does anywhere. */
export const week: Size = {
  days: 7,
  quietDays: 3,
  platforms: 4,
  volume: { national: 3, stateCouncil: 1, province: 2, portal: 3 },
  deathEveryHours: 8,
  awayMinutes: 4,
  rechecks: ['PT1H', 'PT24H'],
};

/** Two working days, dense enough for a bug to show itself. */
export const days: Size = {
  ...week,
  days: 2,
  quietDays: 1.5,
  volume: { national: 8, stateCouncil: 2, province: 2, portal: 8 },
  deathEveryHours: 3,
  rechecks: ['PT1H'],
};

/**
 * A year of twenty platforms. Each is one provincial or municipal site that owes about thirteen items on a working day,
 * and each process dies every third day.
 */
export const year: Size = {
  days: 365,
  quietDays: 32,
  platforms: 20,
  volume: { national: 5, stateCouncil: 1, province: 2, portal: 7 },
  deathEveryHours: 72,
  awayMinutes: 6,
  rechecks: ['PT1H', 'PT24H', 'P7D', 'P30D'],
};
