import type { Change, ChangedRow } from './projection.ts';

/**
 * What one step did to the rows, as one message: which rows, and up to where the log tells of each; then each of them on a
 * line of its own. They are stored as JSON, which has no line breaks, and so nobody has to read them to pass them on.
 */
export function encodeChanges(changes: readonly ChangedRow[]): string {
  const head = JSON.stringify(changes.map(({ key, position }) => [key, position]));
  return [head, ...changes.map(({ json }) => json ?? '')].join('\n');
}

/** Everything is to be read again. */
export const encodeRebuilt = (position: number): string => JSON.stringify(position);

/** What a message tells, in its order. */
export function decodeChanges(message: string): Change[] {
  const [head = '', ...rows] = message.split('\n');
  const told = JSON.parse(head) as number | [key: string, position: number][];
  if (typeof told === 'number') return [{ rebuilt: true, position: told }];
  return told.map(([key, position], i) => ({ key, position, json: rows[i] || null }));
}
