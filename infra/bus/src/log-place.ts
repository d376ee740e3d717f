import { streams, subjects } from '@tongsheng/contracts';
import { neighbourStreams } from './neighbours.ts';

/** Where a log stands that is read as the journal is: in which stream, and what stands before its subjects there. */
export type LogPlace = { stream: string; before: string };

export const ourLog: LogPlace = { stream: streams.journal, before: '' };

/** What a neighbour told us of its log. It is written over there; here it is only read. */
export const logOf = (neighbour: string): LogPlace => ({
  stream: neighbourStreams(neighbour).entries,
  before: subjects.brought(neighbour, ''),
});
