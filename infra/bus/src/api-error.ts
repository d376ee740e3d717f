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
  /** Its own fuse, that of the server, and the disk under it. */
  streamFull: 10077,
  serverFull: 10023,
} as const;

/** There is no room for what was said: nothing of it is stored, nothing that was is lost, and it goes on when there is room. */
export class LogFull extends Error {
  constructor() {
    super('the log is full: make room on the disk, or set NATS_MAX_BYTES higher and start again');
  }
}

/** Whether something was not stored for want of room, here or by a service that was asked. */
export const isFull = (error: unknown): boolean =>
  error instanceof LogFull || isApiError(error, apiCode.streamFull) || isApiError(error, apiCode.serverFull);

/** Whether JetStream's API answered with this error code. */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof NatsError && error.api_error?.err_code === code;
}
