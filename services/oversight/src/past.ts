import { Journal } from '@tongsheng/bus';
import type { ComplianceBuilding } from '@tongsheng/contracts';
import { buildPast, dropPast, holdPasts, ProjectionReader, type PastOptions, type Redis } from '@tongsheng/projections';
import { complianceIn } from './compliance.ts';
import { Ledger } from './ledger.ts';

type Past = {
  ledger: Ledger;
  /** Null: it is whole. */
  share: number | null;
  failed: unknown;
  begunAt: number;
  usedAt: number;
  name: string;
};

type Tools = Pick<PastOptions<'repost', never>, 'bus' | 'redisUrl' | 'onUnreadable' | 'onError'> & {
  redis: Redis;
  zone: string;
  now(): number;
};

/** So many moments are kept at once, each so long after it was last looked at (ms): every one is a whole model. */
const most = 2;
const keptMs = 30 * 60_000;

/** Of what has gone on for some ms; null while too little is done to say. */
export const secondsLeft = (share: number, spentMs: number): number | null =>
  share < 0.02 ? null : Math.ceil((spentMs * (1 - share)) / share / 1_000);

/** The figures as they stood at moments that are over: each is folded from the log up to there, once, and kept for a while. */
export class Pasts {
  readonly #tools: Tools;
  readonly #journal: Journal;
  readonly #pasts = new Map<number, Past>();

  constructor(tools: Tools) {
    this.#tools = tools;
    this.#journal = new Journal(tools.bus, 'oversight');
  }

  /** The ledger as it stood, or how much of it is folded by now. */
  async at(asOf: string): Promise<Ledger | ComplianceBuilding> {
    const until = await this.#journal.positionAt(asOf);
    let past = this.#pasts.get(until);
    if (past?.failed) {
      this.#pasts.delete(until);
      throw past.failed;
    }
    if (!past) {
      await this.#makeRoom();
      past = this.#pasts.get(until) ?? this.#begin(until);
    }
    past.usedAt = this.#tools.now();
    const { share, begunAt, ledger } = past;
    if (share === null) return ledger;
    return { building: { asOf, share, secondsLeft: secondsLeft(share, past.usedAt - begunAt) } };
  }

  /** Drops what nobody has looked at for long, and what a process left behind that is no more. Call it every minute. */
  async tidy(): Promise<void> {
    const old = [...this.#pasts].filter(
      ([, { usedAt, share }]) => share === null && usedAt + keptMs < this.#tools.now(),
    );
    await Promise.all(old.map(([until]) => this.#drop(until)));
    const held = [...this.#pasts.values()].map(({ name }) => name);
    await holdPasts(this.#tools.redis, held, this.#tools.now());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pasts].filter(([, { share }]) => share === null).map(([until]) => this.#drop(until)));
  }

  #begin(until: number): Past {
    const { bus, redisUrl, redis, zone, onUnreadable, onError } = this.#tools;
    // Of this process alone, so that it can be dropped when this process has no more use for it.
    const name = `compliance-at-${until}-${process.pid}`;
    const model = complianceIn(zone, name);
    const reader = new ProjectionReader(redis, model);
    const past: Past = {
      ledger: new Ledger(reader, model, this.#journal, zone),
      share: 0,
      failed: null,
      begunAt: this.#tools.now(),
      usedAt: this.#tools.now(),
      name,
    };
    this.#pasts.set(until, past);
    const onProgress = (position: number) => (past.share = until === 0 ? 1 : position / until);
    void holdPasts(redis, [name], this.#tools.now())
      .then(() => buildPast({ bus, redisUrl, projection: model, until, onProgress, onUnreadable, onError }))
      .then(() => past.ledger.read())
      .then(() => (past.share = null))
      .catch((error: unknown) => {
        past.failed = error;
        onError(error);
      });
    return past;
  }

  async #makeRoom(): Promise<void> {
    const whole = [...this.#pasts].filter(([, { share }]) => share === null);
    whole.sort(([, one], [, other]) => one.usedAt - other.usedAt);
    for (const [until] of whole.slice(0, Math.max(0, this.#pasts.size - most + 1))) await this.#drop(until);
  }

  async #drop(until: number): Promise<void> {
    const past = this.#pasts.get(until);
    this.#pasts.delete(until);
    if (past) await dropPast(this.#tools.redis, past.name);
  }
}
