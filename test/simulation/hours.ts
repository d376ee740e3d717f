const hourMs = 3_600_000;
/** Beijing has had one offset since 1991. */
const beijingMs = 8 * hourMs;

/** The hour of the day in Beijing, with its fraction, and whether it is Saturday or Sunday. */
export function beijing(now: number): { hour: number; weekend: boolean; day: number } {
  const there = now + beijingMs;
  const day = Math.floor(there / (24 * hourMs));
  // 1 January 1970 was a Thursday.
  const weekday = (day + 4) % 7;
  return { hour: (there % (24 * hourMs)) / hourMs, weekend: weekday === 0 || weekday === 6, day };
}

/** How busy an hour is for who publishes, as a share of the busiest. */
export function publishingShare(now: number): number {
  const { hour, weekend } = beijing(now);
  const share =
    hour < 7 ? 0.02 : hour < 9 ? 0.3 : hour < 12 ? 1 : hour < 14 ? 0.3 : hour < 18 ? 1 : hour < 22 ? 0.15 : 0.04;
  return weekend ? share * 0.15 : share;
}

/** Sum of the shares over a working day, in hours. */
export const publishingHours = 7 * 0.02 + 2 * 0.3 + 3 + 2 * 0.3 + 4 + 4 * 0.15 + 2 * 0.04;
