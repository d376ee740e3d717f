import { pino } from 'pino';

/** An event name and fields, never a sentence with values in it. A class, so that Nest can inject it. */
export abstract class Log {
  abstract debug(event: string, fields?: Record<string, unknown>): void;
  abstract info(event: string, fields?: Record<string, unknown>): void;
  abstract warn(event: string, fields?: Record<string, unknown>): void;
  abstract error(event: string, fields?: Record<string, unknown>): void;
}

const hidden = ['password', 'secret', 'token', 'authorization', 'cookie', '*.password', '*.secret', '*.token'];

export class JsonLog extends Log {
  readonly #pino;

  constructor(service: string, level: string) {
    super();
    this.#pino = pino({ level, base: { service }, redact: hidden, timestamp: pino.stdTimeFunctions.isoTime });
  }

  debug(event: string, fields: Record<string, unknown> = {}): void {
    this.#pino.debug({ event, ...fields });
  }
  info(event: string, fields: Record<string, unknown> = {}): void {
    this.#pino.info({ event, ...fields });
  }
  warn(event: string, fields: Record<string, unknown> = {}): void {
    this.#pino.warn({ event, ...fields });
  }
  error(event: string, fields: Record<string, unknown> = {}): void {
    this.#pino.error({ event, ...fields });
  }
}
