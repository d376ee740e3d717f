import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { createRedis, type Redis } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { take, takeScript, type Rate } from './bucket.ts';

/** Where the processes share what they may forget; null for one that is alone. */
export class RedisUrl {
  constructor(readonly url: string | undefined) {}
}

/** How long Redis may take before we go by what this process knows, in ms. */
const patience = 250;
/** How long a start waits for Redis, in ms. */
const connectPatience = 1_000;
/** What one process takes of a rate while it can't know of the others: they may be as many. */
const cautious = 4;

/**
 * Buckets and turns that all processes share. Redis may lose them, or be away: then this process takes a quarter of each
 * rate, and a look may be made twice. Nothing that must be true depends on it; that is in the log.
 */
@Injectable()
export class Shared implements OnModuleInit, OnModuleDestroy {
  readonly #redis: Redis | null;
  readonly #own = new Map<string, number>();
  #connecting: Promise<unknown> = Promise.resolve();
  readonly #log: Log;

  constructor({ url }: RedisUrl, log: Log) {
    this.#log = log;
    this.#redis =
      url === undefined ? null : createRedis(url, (error) => log.debug('shared.redis', { reason: reasonOf(error) }));
  }

  onModuleInit(): void {
    // Not waited for: it connects when it can.
    this.#connecting = (this.#redis?.connect() ?? Promise.resolve()).catch((error: unknown) =>
      this.#log.warn('shared.redis_away', { reason: reasonOf(error) }),
    );
  }

  /** Resolves when what is shared can be read, or when that takes too long. */
  async connected(): Promise<void> {
    const late = wait(connectPatience, undefined, { ref: false });
    await Promise.race([this.#connecting, late]);
  }

  onModuleDestroy(): void {
    this.#redis?.destroy();
  }

  /** Takes one token of a bucket. @returns 0, or the ms to wait before asking again. */
  async take(bucket: string, rate: Rate): Promise<number> {
    const key = `delivery:bucket:${bucket}`;
    const span = rate.perSeconds * 1_000;
    const args = { keys: [key], arguments: [String(span / rate.tokens), String(span)] };
    const answer = await this.#ask((redis) => redis.eval(takeScript, args));
    if (typeof answer === 'number') return answer;
    const alone = this.#redis === null;
    const share = alone
      ? rate
      : { tokens: Math.max(1, Math.floor(rate.tokens / cautious)), perSeconds: rate.perSeconds };
    const { full, waitMs } = take(this.#own.get(key) ?? 0, performance.now(), share);
    this.#own.set(key, full);
    return Math.ceil(waitMs);
  }

  /** Whether it is this process's turn to do something that one of them should. */
  async claim(what: string, seconds: number): Promise<boolean> {
    const options = { condition: 'NX', expiration: { type: 'EX', value: seconds } } as const;
    const answer = await this.#ask((redis) =>
      redis.set(`delivery:turn:${what}`, '1', options).then((said) => said ?? 'taken'),
    );
    return answer !== 'taken';
  }

  async release(what: string): Promise<void> {
    await this.#ask((redis) => redis.del(`delivery:turn:${what}`));
  }

  /** What one process keeps for the others; null also while Redis is away. */
  async read(name: string): Promise<string | null> {
    return (await this.#ask((redis) => redis.get(`delivery:kept:${name}`))) ?? null;
  }

  async keep(name: string, value: string, ms: number): Promise<void> {
    await this.#ask((redis) => redis.set(`delivery:kept:${name}`, value, { expiration: { type: 'PX', value: ms } }));
  }

  async forget(name: string): Promise<void> {
    await this.#ask((redis) => redis.del(`delivery:kept:${name}`));
  }

  /** @returns undefined while Redis is away */
  async #ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    const redis = this.#redis;
    if (!redis?.isReady) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), patience);
    });
    try {
      return await Promise.race([question(redis), late]);
    } catch (error) {
      this.#log.warn('shared.redis_failed', { reason: reasonOf(error) });
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
