import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Time } from './time.ts';

const everyMs = 1_000;

/** Keeps a demonstration's state in a file, so that after a restart what was posted is still there. */
export class Store<T> {
  private value: T | null = null;
  private stopTimer: (() => void) | null = null;

  constructor(
    private readonly file: string | null,
    private readonly time: Time,
  ) {}

  /** What was kept, if it can be read and still has the wanted shape. */
  read(isWanted: (value: T) => boolean): T | null {
    if (!this.file) return null;
    try {
      const value = deserialize(readFileSync(this.file)) as T;
      return isWanted(value) ? value : null;
    } catch {
      return null;
    }
  }

  /** Writes within a second. */
  keep(value: T): void {
    if (!this.file) return;
    this.value = value;
    this.stopTimer ??= this.time.after(everyMs, () => this.write());
  }

  close(): void {
    this.stopTimer?.();
    this.write();
  }

  private write(): void {
    this.stopTimer = null;
    if (!this.file || this.value === null) return;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.new`, serialize(this.value), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}
