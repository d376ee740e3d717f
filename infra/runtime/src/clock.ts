import { randomBytes, randomUUID } from 'node:crypto';

/** Now, for shells only: deciders get their time inside the command. */
export abstract class Clock {
  /** UTC with milliseconds. */
  abstract now(): string;
}

/** New names, for shells only. */
export abstract class Ids {
  abstract next(): string;
  /** W3C Trace Context of a request that begins here. */
  abstract traceparent(): string;
}

export class SystemClock extends Clock {
  now(): string {
    return new Date().toISOString();
  }
}

export class RandomIds extends Ids {
  next(): string {
    return randomUUID();
  }

  traceparent(): string {
    return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  }
}
