import { Refusal, receipt, refusalBody, subjects, type CommandHead, type Receipt } from '@tongsheng/contracts';
import { isTracing, step } from '@tongsheng/telemetry';
import { headers, NatsError, type MsgHdrs } from 'nats';
import { z } from 'zod';
import { LogFull } from './api-error.ts';
import type { Bus } from './connection.ts';

/** What a service answers: the value, a refusal, or that it failed. */
export const Answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), refusal: refusalBody.optional(), error: z.string().optional() }),
]);
export type Answer = z.infer<typeof Answer>;

/** Nobody answered, or the service failed: what was asked may or may not have been done. Ask again under the same id. */
export class NoAnswer extends Error {}

const defaultTimeoutMs = 10_000;

/** Commands and queries to other services: request and reply, to one instance of the queue group. */
export class BusClient {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Sends a command to the service that keeps the aggregate.
   * @throws Refusal when a rule says no; NoAnswer when it is not known; LogFull when there was no room for it.
   */
  async command(aggregate: string, command: CommandHead & { type: string }, timeoutMs?: number): Promise<Receipt> {
    return receipt.parse(await this.#request(subjects.command(aggregate), command, timeoutMs));
  }

  /** @throws Refusal, NoAnswer, LogFull */
  ask(query: string, question: unknown, timeoutMs?: number): Promise<unknown> {
    return this.#request(subjects.query(query), question, timeoutMs);
  }

  #request(subject: string, payload: unknown, timeout = defaultTimeoutMs): Promise<unknown> {
    if (!isTracing()) return this.#ask(subject, payload, { timeout });
    const head = headers();
    return step({ service: this.#bus.name, name: subject, kind: 'client' }, (traceparent) => {
      if (traceparent) head.set('traceparent', traceparent);
      return this.#ask(subject, payload, { timeout, headers: head });
    });
  }

  async #ask(subject: string, payload: unknown, options: { timeout: number; headers?: MsgHdrs }): Promise<unknown> {
    const reply = await this.#bus.nc.request(subject, JSON.stringify(payload), options).catch((error: unknown) => {
      const why = error instanceof NatsError && error.code === '503' ? 'nobody is listening' : String(error);
      throw new NoAnswer(`${subject}: ${why}`, { cause: error });
    });
    return valueOf(reply.json(), subject);
  }
}

/** What was answered. @throws Refusal, NoAnswer, LogFull */
export function valueOf(said: unknown, subject: string): unknown {
  const answer = Answer.parse(said);
  if (answer.ok) return answer.value;
  // No rule said no, wherever it was: who asks waits as if its own word had found no room.
  if (answer.refusal?.code === 'log_full') throw new LogFull();
  if (answer.refusal) throw new Refusal(answer.refusal.code, answer.refusal.message, answer.refusal.params);
  throw new NoAnswer(`${subject}: ${answer.error ?? 'failed'}`);
}
