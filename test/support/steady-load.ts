import { setTimeout as wait } from 'node:timers/promises';
import { carryOut, Journal, reasonOf, type Bus } from '@tongsheng/bus';
import { failure } from './samples.ts';
import { readLog } from './record.ts';
import { trouble } from './trouble.ts';

const everyMs = 20;
/** Each so many, two people decide about the same at once. */
const contested = 10;
/**
 * Nobody decides anew while so many wait. A crowd that grew for as long as nobody leads would ask for more, each again and again,
 * than a leader with a slow disk has answered before they ask once more: it never came back (20 ms a sync, 200 a second).
 */
const mostUnderway = 32;

/** Decisions at a steady rate as long as they are answered, each said again until it is acknowledged, as services do. */
export class SteadyLoad {
  /** Command → where it was acknowledged to stand. */
  readonly acknowledged = new Map<string, number>();
  /** When acknowledgements came, in ms of this process. */
  readonly moments: number[] = [];
  readonly troubles = new Map<string, number>();
  readonly #journal: Journal;
  readonly #underway = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #stopped = false;
  #said = 0;

  constructor(bus: Bus, perSecond: number) {
    this.#journal = new Journal(bus, 'load');
    this.#running = this.#run((perSecond * everyMs) / 1_000);
  }

  async #run(each: number): Promise<void> {
    for (let next = performance.now(); !this.#stopped; next += everyMs) {
      for (let i = 0; i < each && this.#underway.size < mostUnderway; i++) {
        const number = this.#said++;
        const about = number % contested === 0 ? number + 1 : number;
        const deciding = this.#decide(`d${number}`, `s${about}`).finally(() => this.#underway.delete(deciding));
        this.#underway.add(deciding);
      }
      await wait(Math.max(0, next + everyMs - performance.now()));
    }
  }

  async #decide(id: string, about: string): Promise<void> {
    for (;;) {
      try {
        const { position } = await carryOut(this.#journal, trouble, failure(id, about));
        this.acknowledged.set(id, position);
        this.moments.push(performance.now());
        return;
      } catch (error) {
        const why = reasonOf(error);
        this.troubles.set(why, (this.troubles.get(why) ?? 0) + 1);
        await wait(100);
      }
    }
  }

  /** Waits until so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.moments.length + count;
    while (this.moments.length < wanted) await wait(everyMs);
  }

  /** The longest time without an acknowledgement since a moment. */
  silenceSince(moment: number): number {
    const after = [moment, ...this.moments.filter((each) => each >= moment), performance.now()];
    return Math.max(...after.slice(1).map((each, i) => each - after[i]!));
  }

  /** Says nothing new, and waits for what was said. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await Promise.all(this.#underway);
  }

  /** What the log does not hold as it was acknowledged: missing, standing elsewhere, there twice, or on top of another's. */
  async broken(bus: Bus): Promise<string[]> {
    const log = await readLog(bus);
    const found = new Map<string, number[]>();
    const hashes = new Map<string, string>();
    const said: string[] = [];
    for (const { envelope, position, subject, hash } of log) {
      found.set(envelope.id, [...(found.get(envelope.id) ?? []), position]);
      if ((hashes.get(subject) ?? '') !== envelope.previousHash)
        said.push(`${subject}: ${position} does not stand on the one before it`);
      hashes.set(subject, hash);
    }
    for (const [id, position] of this.acknowledged) {
      const places = found.get(id) ?? [];
      if (places.length !== 1 || places[0] !== position)
        said.push(`${id} at ${position}: found at ${places.join(', ')}`);
    }
    return said;
  }
}
