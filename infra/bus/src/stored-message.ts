import type { StoredMsg } from 'nats';
import { apiCode, isApiError } from './api-error.ts';
import type { Bus } from './connection.ts';

/** By its place, the first of a subject from a place on, or the newest of a subject. */
export type StoredQuery = { seq: number; next_by_subj?: string } | { last_by_subj: string };

/** A message of a stream; null when there is none. The server knows all three questions, the client's types two of them. */
export async function storedMessage(bus: Bus, stream: string, query: StoredQuery): Promise<StoredMsg | null> {
  try {
    return await bus.jsm.streams.getMessage(stream, query as { seq: number });
  } catch (error) {
    if (isApiError(error, apiCode.noMessage)) return null;
    throw error;
  }
}
