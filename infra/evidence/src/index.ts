export { makeBackup, restoreBackup } from './backup.ts';
export { BadArchive, exportLog, restoreLog, verifyArchive } from './archive.ts';
export { Chain, checkpointsIn, checkpointSubject, type Break } from './chain.ts';
export { readCheckpoints } from './checkpoints.ts';
export { checkpointCommand, Ledger } from './ledger.ts';
export { nameOf, NoPack, packEvidence, type Subject } from './pack.ts';
export { publicKeyFrom, publicPem, readNote, signedNoteOf, signingKeys, signList, type SigningKey } from './signing.ts';
export { discardArchive, leastDays } from './retention.ts';
export { BrokenLog, coverAll, verifyLog, type Verified } from './verify.ts';
