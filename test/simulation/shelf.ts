import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const slabBytes = 32 * 2 ** 20;
/** Slabs kept in memory; older ones lie in a file, because a year's log is larger than a memory. */
const slabsKept = 8;

/** Records by number, in the order in which they came. */
export class Shelf {
  readonly #ends: number[] = [];
  readonly #slabs = new Map<number, Buffer>();
  #end = 0;
  #file: { folder: string; handle: number } | null = null;
  #spilled = 0;

  get bytes(): number {
    return this.#end;
  }

  /** A record never lies across two slabs. @returns its number, from 0 */
  put(record: Uint8Array): number {
    if (record.length > slabBytes) throw new Error('simulation: a record larger than a slab');
    const left = slabBytes - (this.#end % slabBytes);
    const start = record.length > left ? this.#end + left : this.#end;
    const slab = Math.floor(start / slabBytes);
    let bytes = this.#slabs.get(slab);
    if (!bytes) {
      bytes = Buffer.allocUnsafe(slabBytes);
      this.#slabs.set(slab, bytes);
      if (this.#slabs.size > slabsKept) this.#spill();
    }
    bytes.set(record, start % slabBytes);
    this.#end = start + record.length;
    this.#ends.push(start, this.#end);
    return this.#ends.length / 2 - 1;
  }

  get(number: number): Buffer {
    const [start, end] = [this.#ends[2 * number]!, this.#ends[2 * number + 1]!];
    const slab = this.#slabs.get(Math.floor(start / slabBytes));
    const record = Buffer.allocUnsafe(end - start);
    if (slab) slab.copy(record, 0, start % slabBytes, (start % slabBytes) + record.length);
    else readSync(this.#file!.handle, record, 0, record.length, start);
    return record;
  }

  #spill(): void {
    if (!this.#file) {
      const folder = mkdtempSync(join(tmpdir(), 'tongsheng-simulation-'));
      this.#file = { folder, handle: openSync(join(folder, 'log'), 'w+') };
    }
    const slab = this.#spilled++;
    writeSync(this.#file.handle, this.#slabs.get(slab)!, 0, slabBytes, slab * slabBytes);
    this.#slabs.delete(slab);
  }

  close(): void {
    if (!this.#file) return;
    closeSync(this.#file.handle);
    rmSync(this.#file.folder, { recursive: true, force: true });
    this.#file = null;
  }
}
