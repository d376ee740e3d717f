const shape = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+(?:\.\d+)?S)?)?$/;

/** Minutes of an ISO 8601 duration such as `PT12H` or `P1D`; limits have neither months nor seconds. */
export function minutesOf(limit: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0] = (shape.exec(limit) ?? []).map((part) => Number(part ?? 0));
  return ((weeks * 7 + days) * 24 + hours) * 60 + minutes;
}

/** Hours as they are typed, as a limit. */
export function limitOf(hours: number): string {
  const minutes = Math.round(hours * 60);
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

export const hoursOf = (limit: string): number => minutesOf(limit) / 60;

/** The shortest of them. */
export const shortest = (limits: readonly string[]): string | null =>
  limits.reduce<string | null>((a, b) => (a === null || minutesOf(b) < minutesOf(a) ? b : a), null);
