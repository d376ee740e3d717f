import { NatsError } from 'nats';

/** JetStream's own codes that we decide by. */
export const apiCode = {
  wrongLastSequence: 10071,
  noMessage: 10037,
  noSequence: 10043,
  noConsumer: 10014,
  noStream: 10059,
  noRoom: 10047,
  idHeld: 10158,
} as const;

/** Whether JetStream's API answered with this error code. */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof NatsError && error.api_error?.err_code === code;
}
