import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { streams, type CheckpointSigned, type ListAnswer, type SignatureAlgorithm } from '@tongsheng/contracts';

/** What a checkpoint says, before it is signed. */
export type Statement = Pick<CheckpointSigned, 'size' | 'root' | 'signedAt'>;

export type PublicKey = { keyId: string; algorithm: SignatureAlgorithm; key: KeyObject };
export type SigningKey = PublicKey & { secret: KeyObject };

/** A key file holds something else than keys that can sign here. The message says what to do. */
export class BadKey extends Error {}

const origin = `tongsheng/${streams.journal}`;

/**
 * The signed text: a checkpoint as transparency logs write it (C2SP tlog-checkpoint): origin, size, root in base64, and
 * when. Every line ends with a newline.
 */
export const noteOf = ({ size, root, signedAt }: Statement): string =>
  `${origin}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\ntime ${signedAt}\n`;

/** With its signature beneath, to be kept outside: on paper, in a mail, on another machine. */
export const signedNoteOf = (statement: Statement & { keyId: string; signature: string }): string =>
  `${noteOf(statement)}\n— ${origin}+${statement.keyId} ${statement.signature}\n`;

/** @returns null when the text is no checkpoint of ours */
export function readNote(text: string): (Statement & { keyId: string; signature: string }) | null {
  const [, of, size, root, signedAt, keyId, signature] =
    /^(.+)\n([1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\ntime (\S{24})\n\n— \S+\+([0-9a-f]{32}) ([A-Za-z0-9+/]+=*)\n*$/.exec(
      text,
    ) ?? [];
  if (of !== origin || !keyId || !signature || !signedAt || !root) return null;
  return { size: Number(size), root: Buffer.from(root, 'base64').toString('hex'), signedAt, keyId, signature };
}

/** What the key before says of a new one. */
const endorsementOf = (publicKey: string): string => `${origin}\nkey ${publicKey}\n`;

const digests = { ed25519: null, 'sm2-sm3': 'sm3' } as const satisfies Record<SignatureAlgorithm, string | null>;
/** 1.2.156.10197.1.301, the curve of SM2, in DER. node:crypto has no name for the kind of such a key. */
const sm2 = Buffer.from('06082a811ccf5501822d', 'hex');

function algorithmOf(key: KeyObject, der: Buffer): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (der.includes(sm2)) return 'sm2-sm3';
  throw new BadKey('a key for checkpoints is Ed25519 or SM2: openssl genpkey -algorithm ed25519');
}

export const publicBytes = ({ key }: PublicKey): Buffer => key.export({ type: 'spki', format: 'der' });

/** As it is published: PEM, which openssl reads. */
export const publicPem = ({ key }: PublicKey): string => key.export({ type: 'spki', format: 'pem' }) as string;

/** @param der SubjectPublicKeyInfo @throws BadKey */
export function publicKeyOf(der: Buffer): PublicKey {
  const key = readKey(() => createPublicKey({ key: der, format: 'der', type: 'spki' }));
  return { keyId: createHash('sha256').update(der).digest('hex').slice(0, 32), algorithm: algorithmOf(key, der), key };
}

/** @throws BadKey */
export const publicKeyFrom = (pem: string): PublicKey =>
  publicKeyOf(readKey(() => createPublicKey(pem)).export({ type: 'spki', format: 'der' }));

/**
 * The private keys of a PEM file: the first signs, the others vouch for it when it is new.
 * @throws BadKey
 */
export function signingKeys(pem: string): SigningKey[] {
  const blocks = pem.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/g) ?? [];
  if (blocks.length === 0) throw new BadKey('there is no private key in PEM in it: openssl genpkey -algorithm ed25519');
  return blocks.map((block) => {
    const secret = readKey(() => createPrivateKey(block));
    const key = createPublicKey(secret.export({ type: 'pkcs8', format: 'pem' }));
    return { ...publicKeyOf(key.export({ type: 'spki', format: 'der' })), secret };
  });
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    throw new BadKey(
      `not a key that this OpenSSL can read (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

const signText = ({ algorithm, secret }: SigningKey, text: string): string =>
  sign(digests[algorithm], Buffer.from(text), secret).toString('base64');

function isSigned({ algorithm, key }: PublicKey, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  // A second spelling of the same bytes is not what was signed for.
  return bytes.toString('base64') === signature && verify(digests[algorithm], Buffer.from(text), key, bytes);
}

export const signStatement = (key: SigningKey, statement: Statement): string => signText(key, noteOf(statement));
export const isStatementSigned = (key: PublicKey, statement: Statement & { signature: string }): boolean =>
  isSigned(key, noteOf(statement), statement.signature);
export const endorse = (by: SigningKey, publicKey: string): string => signText(by, endorsementOf(publicKey));
export const isEndorsed = (by: PublicKey, publicKey: string, signature: string): boolean =>
  isSigned(by, endorsementOf(publicKey), signature);

/** What is signed under the list of an archive's files: it says that it is one, so that it is never taken for a checkpoint. */
const listOrigin = 'tongsheng/archive';
const listTextOf = ({ hash, signedAt }: Pick<ListAnswer, 'hash' | 'signedAt'>): string =>
  `${listOrigin}\n${hash}\ntime ${signedAt}\n`;

export function signList(key: SigningKey, hash: string, signedAt: string): ListAnswer {
  return { hash, signedAt, keyId: key.keyId, signature: signText(key, listTextOf({ hash, signedAt })) };
}
export const isListSigned = (key: PublicKey, list: ListAnswer): boolean =>
  isSigned(key, listTextOf(list), list.signature);

/** With its signature beneath, as it lies beside the list. */
export const signedListOf = (list: ListAnswer): string =>
  `${listTextOf(list)}\n— ${listOrigin}+${list.keyId} ${list.signature}\n`;

/** @returns null when the text is no such signature */
export function readSignedList(text: string): ListAnswer | null {
  const found =
    /^tongsheng\/archive\n([0-9a-f]{64})\ntime (\S{24})\n\n— tongsheng\/archive\+([0-9a-f]{32}) ([A-Za-z0-9+/]+=*)\n$/;
  const [, hash, signedAt, keyId, signature] = found.exec(text) ?? [];
  return hash && signedAt && keyId && signature ? { hash, signedAt, keyId, signature } : null;
}
