/** What the console knows of the server's clock: what to add to its own. Set by every heartbeat. */
let offsetMs = 0;

export const serverNow = (): number => Date.now() + offsetMs;

export function setServerTime(instant: string): void {
  const found = Date.parse(instant) - Date.now();
  // Smaller differences are the way that the message took.
  if (Math.abs(found - offsetMs) > 200) offsetMs = found;
}

const beijing = 'Asia/Shanghai';
const shape = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: beijing, hourCycle: 'h23', ...options });
const dayShape = shape({ year: 'numeric', month: '2-digit', day: '2-digit' });
const minuteShape = shape({ hour: '2-digit', minute: '2-digit' });
const secondShape = shape({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** All times are Beijing time. `2026-11-23` */
export const day = (instant: string | number): string => dayShape.format(new Date(instant));
/** `17:03:12` */
export const timeOfDay = (instant: string | number): string => secondShape.format(new Date(instant));
/** `2026-11-23 17:03` */
export const minute = (instant: string | number): string => `${day(instant)} ${minuteShape.format(new Date(instant))}`;
/** `11-23 17:03`, or just `17:03` today: for rows. */
export function short(instant: string | number): string {
  const date = day(instant);
  const time = minuteShape.format(new Date(instant));
  return date === day(serverNow()) ? time : `${date.slice(5)} ${time}`;
}
/** `11-23 17:03:12` */
export const precise = (instant: string | number): string => `${day(instant).slice(5)} ${timeOfDay(instant)}`;

export type ClockState = 'normal' | 'near' | 'urgent' | 'overdue';

/** A third and a twelfth of the limit are where the words change (12 h: 4 h and 1 h). */
export function clockState(startsAt: number, dueAt: number, now: number): ClockState {
  const left = dueAt - now;
  const limit = dueAt - startsAt;
  if (left <= 0) return 'overdue';
  if (left <= limit / 12) return 'urgent';
  return left <= limit / 3 ? 'near' : 'normal';
}

/** `03:41:09` of a span, whichever way it lies; hours may pass 99. */
export function span(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
