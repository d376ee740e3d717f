export { asFront, renderAccounts, users, type User } from './accounts.ts';
export { addressOf, keyFile, makeKeys, readSeed } from './keys.ts';
export { inboxOf, permissionsOf } from './permissions.ts';
export { carryOut, defineAggregate, type Aggregate } from './aggregate.ts';
export { BusClient, NoAnswer } from './client.ts';
export { Bus, connectBus, type BusOptions } from './connection.ts';
export { consume, Later } from './consumer.ts';
export { watched } from './watched.ts';
export { certificateTrouble, reasonOf } from './reason.ts';
export { bury, countDeadLetters, listDeadLetters, replayDeadLetter } from './dead-letters.ts';
export {
  causedBy,
  decodeEntry,
  decodeHeader,
  encodeEntry,
  hashEntry,
  recordBytes,
  recordOf,
  UnreadableEntry,
  type Entry,
  type RawMessage,
  type Stored,
} from './entry.ts';
export { digestOf } from './digest.ts';
export {
  answerNeighbour,
  askNeighbour,
  asLink,
  bring,
  lastCopied,
  linkAccount,
  linkUser,
  neighbourStreams,
  putOut,
} from './neighbours.ts';
export { isFull, LogFull } from './api-error.ts';
export { EvidenceStore, PublicFiles } from './evidence.ts';
export { decodeAnswer, encodeAnswer, type HttpAnswer } from './http-message.ts';
export { followByAsking } from './follow-by-asking.ts';
export { endOf, followJournal, followStream, tryDecode, walkStream, type Following } from './follow.ts';
export { openBeside, readBeside } from './beside.ts';
export { openRestore, type Restore } from './restore.ts';
export { Journal, StaleRead, type Address, type Head, type Past } from './journal.ts';
export type { Pull } from './pull.ts';
export { erasePublic, followPublic, publishPublic, readPublic } from './public.ts';
export { HubLedger } from './hub-ledger.ts';
export { newSealKey, openSealed, sealPublic, unseal, type Seal } from './sealed.ts';
export { logOf, ourLog, type LogPlace } from './log-place.ts';
export { LiveTable } from './live-table.ts';
export { tellStreams } from './stream-figures.ts';
export { answerLiveness, isAlive } from './liveness.ts';
export { BusServer, Commands, Query, Reaction } from './server.ts';
export {
  defaultMaxBytes,
  ensureNeighbourStreams,
  ensureStreams,
  growStreams,
  isAtLeast,
  streamTroubles,
  type StreamOptions,
} from './streams.ts';
export { UnfitServer } from './unfit-server.ts';
export { WorkingCopies } from './working-copies.ts';
