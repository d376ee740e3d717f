export { Chain, checkpointsIn, checkpointSubject, type Break } from './chain.ts';
export { checkpointCommand, Ledger } from './ledger.ts';
export { publicKeyFrom, publicPem, readNote, signedNoteOf, signingKeys, type SigningKey } from './signing.ts';
export { BrokenLog, coverAll, verifyLog, type Verified } from './verify.ts';
