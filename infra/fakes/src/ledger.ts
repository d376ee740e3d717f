import { createHash } from 'node:crypto';

/** Something that took effect, whatever the caller was told. */
export type Entry = {
  at: number;
  /** The route or event that did it: `draft.add`, `publish`. */
  action: string;
  /** The same for the same content, however often it is handed in. */
  key: string;
  title: string;
  /** Readers see it; what was merely prepared they do not. */
  public: boolean;
};

export const keyOf = (...content: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);

/** Everything that took effect, in order: what a test asks whether something was posted exactly once. */
export class Ledger {
  constructor(readonly entries: Entry[] = []) {}

  record(entry: Entry): void {
    this.entries.push(entry);
  }

  /** How often something of this title became public; of anything, when none is named. */
  posted(title?: string): number {
    return this.entries.filter((entry) => entry.public && (title === undefined || entry.title === title)).length;
  }

  /** How often an action took effect. */
  times(action: string): number {
    return this.entries.filter((entry) => entry.action === action).length;
  }

  /** What readers saw more than once: titles, with how often. */
  repeated(): { title: string; key: string; times: number }[] {
    const found = new Map<string, { title: string; key: string; times: number }>();
    for (const { key, title, public: seen } of this.entries) {
      if (!seen) continue;
      const before = found.get(key);
      found.set(key, { title, key, times: (before?.times ?? 0) + 1 });
    }
    return [...found.values()].filter(({ times }) => times > 1);
  }
}
