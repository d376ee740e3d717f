/** What the console knows of the server's clock: what to add to its own, in ms. Null: it has not heard yet. */
let offsetMs: number | null = null;

export const serverNow = (): number => Date.now() + (offsetMs ?? 0);

/** How the server's time was asked for: sent and received by our own clock, and how long it took by one that nobody sets. In ms. */
export type Asking = { sentAt: number; receivedAt: number; took: number };

const longestMs = 3_000;
const jumpMs = 500;

/** What to add to our clock; null where the answer says nothing: the machine slept while it was on its way, or its clock was set. */
export function offsetAsked({ sentAt, receivedAt, took }: Asking, serverTime: number): number | null {
  if (took > longestMs || Math.abs(receivedAt - sentAt - took) > jumpMs) return null;
  return serverTime - (sentAt + receivedAt) / 2;
}

/**
 * What a message tells that says the server's time: it may have waited on its way, as in a machine that slept, and never
 * comes early. So it can only show that our clock is behind; that it seems ahead is a reason to ask.
 */
export function offsetHeard(known: number | null, heard: number): { offset: number; isDoubtful: boolean } {
  if (known === null) return { offset: heard, isDoubtful: true };
  return { offset: Math.max(known, heard), isDoubtful: Math.abs(heard - known) > 2 * jumpMs };
}

/** A moment by the clock of the machine, and by one that nobody sets. In ms. */
export type Moment = { wall: number; steady: number };

/** Whether between two ticks the machine slept or somebody set its clock, so that what is known of the server's may be wrong. */
export const hasJumped = (before: Moment, now: Moment): boolean =>
  now.wall - before.wall > longestMs || Math.abs(now.wall - before.wall - (now.steady - before.steady)) > jumpMs;

/** A message says the server's time. Whether to ask for it. */
export function hearServerTime(instant: string): boolean {
  const { offset, isDoubtful } = offsetHeard(offsetMs, Date.parse(instant) - Date.now());
  offsetMs = offset;
  return isDoubtful;
}

/** The server was asked for its time. Whether the answer is good for something. */
export function setServerTime(asking: Asking, instant: string): boolean {
  const offset = offsetAsked(asking, Date.parse(instant));
  if (offset !== null) offsetMs = offset;
  return offset !== null;
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
/** To the millisecond, where moments are compared: `10:00:00.123`. */
export const millis = (instant: string | number): string => {
  const at = new Date(instant);
  return `${timeOfDay(at.getTime())}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
};
export const minute = (instant: string | number): string => `${day(instant)} ${minuteShape.format(new Date(instant))}`;
/** `11-23 17:03`, or just `17:03` today: for rows. */
export function short(instant: string | number): string {
  const date = day(instant);
  const time = minuteShape.format(new Date(instant));
  return date === day(serverNow()) ? time : `${date.slice(5)} ${time}`;
}
/** `11-23 17:03:12` */
export const precise = (instant: string | number): string => `${day(instant).slice(5)} ${timeOfDay(instant)}`;

export { clockStateOf as clockState } from '@tongsheng/contracts';

/** `03:41:09` of a span, whichever way it lies; hours may pass 99. */
export function span(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
