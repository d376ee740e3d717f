/** Whole hours of a limit as chains have it: `PT24H`, `P1DT12H`. */
export function hoursIn(limit: string): number {
  const [, days = '0', hours = '0'] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(limit) ?? [];
  return Number(days) * 24 + Number(hours);
}
