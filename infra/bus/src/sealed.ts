import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { PublicDocument, SealKey, streams, subjects } from '@tongsheng/contracts';
import { apiCode, isApiError } from './api-error.ts';
import { storedMessage } from './stored-message.ts';
import type { Bus } from './connection.ts';

/**
 * Pages that lie with the public side before their moment and can't be read: an embargo that is kept by a key, not by
 * trust. One message with the key makes all of them readable, so that none is public without the others.
 */
export type Seal = {
  /** The site that leads the release; its name is in the subjects. */
  site: string;
  /** AES-256, base64. */
  key: string;
};

export const newSealKey = (): string => randomBytes(32).toString('base64');

/** Sealed under another key, a page stands under another subject: what a crash left half sealed is never opened. */
const sealIdOf = (key: string): string => createHash('sha256').update(`seal\n${key}`).digest('hex').slice(0, 32);
const [algorithm, nonceBytes, tagBytes] = ['aes-256-gcm', 12, 16] as const;

/**
 * Puts a page among the public ones so that nobody can read it. Said twice, it is there once.
 * @returns its position in the PUBLIC stream.
 */
export async function sealPublic(bus: Bus, { site, key }: Seal, document: PublicDocument): Promise<number> {
  const name = createHash('sha256')
    .update(`${document.site}/${document.kind}/${document.documentId}`)
    .digest('hex')
    .slice(0, 24);
  const subject = subjects.sealedDocument(site, sealIdOf(key), name);
  return putOnce(bus, subject, encrypt(key, subject, Buffer.from(JSON.stringify(document))));
}

/**
 * Makes the pages at these positions readable, all at once. Said twice, it is said once.
 * @returns the position of the key.
 */
export async function openSealed(
  bus: Bus,
  { site, key }: Seal,
  what: Pick<SealKey, 'positions' | 'postedAt'>,
): Promise<number> {
  const sealId = sealIdOf(key);
  const message: SealKey = { sealId, key, ...what };
  return putOnce(bus, subjects.sealKey(site, sealId), Buffer.from(JSON.stringify(message)));
}

type Opening = Pick<SealKey, 'key' | 'positions' | 'postedAt'>;

/** Every page that a key opens, in their order, but what was overwritten since. @throws when one was altered. */
export async function unseal(bus: Bus, message: Opening): Promise<{ document: PublicDocument; position: number }[]> {
  const found = await Promise.all(
    message.positions.map(async (position) => {
      const stored = await storedMessage(bus, streams.public, { seq: position });
      return stored && { document: opened(message, stored.subject, stored.data), position };
    }),
  );
  return found.filter((each) => each !== null);
}

/** The page of a sealed message, when its key is public. @throws while it is not. */
export async function readSealed(bus: Bus, subject: string, data: Uint8Array): Promise<PublicDocument> {
  const [, site = '', , id = ''] = subject.split('.');
  const key = subjects.sealKey(site, id.split('-')[0] ?? '');
  const stored = await bus.jsm.streams.getMessage(streams.public, { last_by_subj: key });
  return opened(keyOf(stored.data), subject, data);
}

export const keyOf = (data: Uint8Array): SealKey => SealKey.parse(JSON.parse(new TextDecoder().decode(data)));

/** A sealed page says when it was posted only now that this is known. */
function opened(
  { key, postedAt }: Pick<SealKey, 'key' | 'postedAt'>,
  subject: string,
  data: Uint8Array,
): PublicDocument {
  const document = JSON.parse(decrypt(key, subject, data).toString()) as object;
  return PublicDocument.parse({ ...document, postedAt });
}

/** Nonce, tag, ciphertext. The subject is authenticated, too: a page can't be put in another's place. */
function encrypt(key: string, subject: string, plain: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(key, 'base64'), nonce).setAAD(Buffer.from(subject));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: string, subject: string, data: Uint8Array): Buffer {
  const [nonce, tag] = [data.subarray(0, nonceBytes), data.subarray(nonceBytes, nonceBytes + tagBytes)];
  const decipher = createDecipheriv(algorithm, Buffer.from(key, 'base64'), nonce)
    .setAAD(Buffer.from(subject))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(data.subarray(nonceBytes + tagBytes)), decipher.final()]);
}

/** A subject that is written once: the second time its position is found. */
async function putOnce(bus: Bus, subject: string, body: Uint8Array): Promise<number> {
  try {
    const ack = await bus.js.publish(subject, body, { expect: { lastSubjectSequence: 0 } });
    return ack.seq;
  } catch (error) {
    if (!isApiError(error, apiCode.wrongLastSequence)) throw error;
    return (await bus.jsm.streams.getMessage(streams.public, { last_by_subj: subject })).seq;
  }
}
