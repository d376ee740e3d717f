import {
  EventPattern,
  MessagePattern,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { Refusal, subjects } from '@tongsheng/contracts';
import { isTracing, step } from '@tongsheng/telemetry';
import type { Msg, Subscription } from 'nats';
import { isObservable, lastValueFrom } from 'rxjs';
import { isFull, LogFull } from './api-error.ts';
import type { Answer } from './client.ts';
import type { Bus } from './connection.ts';
import { consume, type ConsumerOptions } from './consumer.ts';
import { requests, requestSeconds } from './figures.ts';
import type { Entry } from './entry.ts';
import type { Following } from './follow.ts';
import { reasonOf } from './reason.ts';

/** The door for an aggregate's commands. */
export const Commands = (aggregate: string) => MessagePattern(`cmd:${aggregate}`);

/** The door for a query. */
export const Query = (name: string) => MessagePattern(`ask:${name}`);

/**
 * When an event of this aggregate happens, then the method: at least once, in order for one aggregate.
 * `durable` names the consumer in the installation and must never change for the same reaction.
 */
export const Reaction = (aggregate: string, durable: string) =>
  EventPattern(`on:${aggregate}:${durable}`) as MethodDecorator;

type BusServerOptions = {
  bus: Bus;
  /** The queue group: of several instances of a service, one answers. */
  service: string;
  now(): string;
  onFailure: ConsumerOptions['onFailure'];
  onError(subject: string, error: unknown): void;
  backoff?: readonly number[];
};

/**
 * Nest's transport for this house. Commands and queries are request and reply on core NATS; reactions are durable
 * JetStream consumers, because Nest's own NATS transport forgets an event whose handler throws.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  readonly #options: BusServerOptions;
  readonly #followings: Following[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #answering = new Set<Promise<void>>();

  constructor(options: BusServerOptions) {
    super();
    this.#options = options;
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      for (const [pattern, handler] of this.messageHandlers) {
        const [kind, name, durable] = pattern.split(':');
        if (kind === 'on') await this.#react(name!, durable!, handler);
        else this.#answer(kind === 'cmd' ? subjects.command(name!) : subjects.query(name!), handler);
      }
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Takes nothing new, finishes what it has begun. The connection is its owner's to close. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()));
    await Promise.all(this.#followings.map((following) => following.stop()));
    await Promise.all(this.#answering);
  }

  async #react(aggregate: string, durable: string, handler: MessageHandler): Promise<void> {
    const { bus, now, onFailure, backoff } = this.#options;
    const handle = (entry: Entry) => settle(handler, entry);
    this.#followings.push(
      await consume(bus, { durable, aggregate, handle, onFailure, now, ...(backoff && { backoff }) }),
    );
  }

  #answer(subject: string, handler: MessageHandler): void {
    const { bus, service } = this.#options;
    const callback = (error: Error | null, message: Msg) => {
      // Who asks waits in an inbox, or in one of another account. What the server itself brought, for a consumer that somebody pointed here, has no such address.
      if (error || !/^_(INBOX|R_)/.test(message.reply ?? '')) return;
      const answering = this.#reply(subject, handler, message);
      this.#answering.add(answering);
      void answering.finally(() => this.#answering.delete(answering));
    };
    this.#subscriptions.push(bus.nc.subscribe(subject, { queue: service, callback }));
  }

  async #reply(subject: string, handler: MessageHandler, message: Msg): Promise<void> {
    const { service } = this.#options;
    const began = performance.now();
    let answer: Answer;
    let outcome = 'ok';
    try {
      answer = { ok: true, value: await this.#settleTraced(subject, handler, message) };
    } catch (error) {
      outcome = error instanceof Refusal ? 'refused' : 'failed';
      if (error instanceof Refusal) answer = { ok: false, refusal: error.toBody() };
      else {
        this.#options.onError(subject, error);
        answer = isFull(error)
          ? { ok: false, refusal: new Refusal('log_full', new LogFull().message).toBody() }
          : { ok: false, error: reasonOf(error) };
      }
    }
    message.respond(JSON.stringify(answer));
    requests.inc({ service, subject, outcome });
    requestSeconds.observe({ service }, (performance.now() - began) / 1_000);
  }

  #settleTraced(subject: string, handler: MessageHandler, message: Msg): Promise<unknown> {
    const work = () => settle(handler, message.json());
    if (!isTracing()) return work();
    const parent = message.headers?.get('traceparent');
    return step({ service: this.#options.service, name: subject, kind: 'server', parent }, work);
  }

  override on(): never {
    throw new Error('bus: the transport has no events of its own; see onFailure and onError');
  }

  override unwrap<T>(): T {
    return this.#options.bus as T;
  }
}

/** Nest wraps handlers in observables; the last value is the answer, an error is the error. */
async function settle(handler: MessageHandler, payload: unknown): Promise<unknown> {
  const result: unknown = await handler(payload);
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}
