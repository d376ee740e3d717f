import { subjects } from '@tongsheng/contracts';
import { ErrorCode, NatsError } from 'nats';
import type { Bus } from './connection.ts';

/** Answers whoever asks whether this process still lives, until it is stopped or dies. */
export function answerLiveness(bus: Bus, instance: string): { stop(): void } {
  const subscription = bus.nc.subscribe(subjects.alive(instance), {
    callback: (error, request) => {
      if (!error) request.respond();
    },
  });
  return { stop: () => subscription.unsubscribe() };
}

/**
 * Whether a process still lives. `false` only when the server knows of nobody who listens under that name; a process
 * that is merely slow, or a bus that is away, is no proof of death.
 */
export async function isAlive(bus: Bus, instance: string): Promise<boolean> {
  try {
    await bus.nc.request(subjects.alive(instance), undefined, { timeout: 2_000 });
    return true;
  } catch (error) {
    return !(error instanceof NatsError && error.code === ErrorCode.NoResponders);
  }
}
