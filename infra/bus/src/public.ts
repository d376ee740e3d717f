import { PublicDocument, streams, subjects } from '@tongsheng/contracts';
import { headers } from 'nats';
import { apiCode, isApiError } from './api-error.ts';
import { storedMessage } from './stored-message.ts';
import type { Bus } from './connection.ts';
import { followByAsking } from './follow-by-asking.ts';
import { nextPosition, type Following } from './follow.ts';
import { publishOnTop } from './publish.ts';
import { keyOf, readSealed, unseal } from './sealed.ts';

/**
 * Hands a document to the public side. Said twice with the same id, it is there once.
 * @returns its position in the PUBLIC stream.
 */
export async function publishPublic(bus: Bus, document: PublicDocument): Promise<number> {
  const { site, kind, documentId, version, contentHash } = document;
  const subject = subjects.publicDocument(site, kind, documentId);
  // Beyond the server's window of duplicates the last document itself tells whether this one is there.
  const last = await lastPublic(bus, subject);
  if (last && (isSame(last.document, document) || isOlder(last.document, document))) return last.position;
  const body = new TextEncoder().encode(JSON.stringify(document));
  try {
    const ack = await publishOnTop(bus, subject, body, {
      // After another text the same one is no duplicate.
      msgID: `${subject}:${version}:${contentHash}:${last?.position ?? 0}`,
      expect: { lastSubjectSequence: last?.position ?? 0 },
      headers: headers(),
    });
    return ack.seq;
  } catch (error) {
    if (!isApiError(error, apiCode.wrongLastSequence)) throw error;
    return publishPublic(bus, document);
  }
}

/** Of a release of ours versions only rise. A repost may be made from another item, which counts anew. */
const isOlder = (last: PublicDocument, { kind, version }: PublicDocument): boolean =>
  kind !== 'repost' && last.version > version;

/** Of what was taken back all copies are alike, whenever that was. */
const isSame = (last: PublicDocument, { version, contentHash, withdrawnAt }: PublicDocument) =>
  last.version >= version &&
  last.contentHash === contentHash &&
  (last.withdrawnAt === undefined) === (withdrawnAt === undefined);

async function lastPublic(bus: Bus, subject: string): Promise<{ position: number; document: PublicDocument } | null> {
  const stored = await storedMessage(bus, streams.public, { last_by_subj: subject });
  return stored && { position: stored.seq, document: parseDocument(stored.data) };
}

/** One public document by its position. Works for a user who may read nothing else. @throws when it is sealed. */
export async function readPublic(bus: Bus, position: number): Promise<PublicDocument> {
  const { subject, data } = await bus.jsm.streams.getMessage(streams.public, { seq: position });
  return subjects.publicKindOf(subject) === 'sealed' ? readSealed(bus, subject, data) : parseDocument(data);
}

/**
 * Overwrites what the public stream still holds of one document but its last message, and what was sealed of it. Streams
 * of older installations refuse that for ever, and those that copied the stream keep their copy.
 * @returns how many messages were overwritten, and why no more could be.
 */
export async function erasePublic(
  bus: Bus,
  { site, kind, documentId }: Pick<PublicDocument, 'site' | 'kind' | 'documentId'>,
  sealed: readonly number[],
): Promise<{ messages: number; refused: string | null }> {
  const { config } = await bus.jsm.streams.info(streams.public);
  if (config.deny_delete) return { messages: 0, refused: 'the stream PUBLIC was made so that nothing can be deleted' };
  const subject = subjects.publicDocument(site, kind, documentId);
  const last = await bus.jsm.streams.getMessage(streams.public, { last_by_subj: subject });
  let messages = 0;
  for (let from = 1; from < last.seq;) {
    const next = await nextPosition(bus, streams.public, subject, from);
    if (next === null || next >= last.seq) break;
    if (await erase(bus, next)) messages++;
    from = next + 1;
  }
  for (const position of sealed) if (await erase(bus, position)) messages++;
  return { messages, refused: null };
}

/** @returns false when it is not there any more. */
async function erase(bus: Bus, position: number): Promise<boolean> {
  try {
    return await bus.jsm.streams.deleteMessage(streams.public, position, true);
  } catch (error) {
    if (isApiError(error, apiCode.noMessage) || isApiError(error, apiCode.noSequence)) return false;
    throw error;
  }
}

type FollowPublicOptions = {
  onDocument(document: PublicDocument, position: number): void;
  onUnreadable(reason: string, position: number): void;
  onFailure(error: unknown): void;
};

/**
 * All public documents from the beginning, then each new one as it appears. Those that one key opens are handed over in
 * one go: nobody sees one of them without the others.
 */
export function followPublic(bus: Bus, options: FollowPublicOptions): Promise<Following> {
  return followByAsking(bus, {
    stream: streams.public,
    subject: subjects.publicDocuments(),
    from: 1,
    onFailure: options.onFailure,
    async onMessage({ subject, data, seq }) {
      const kind = subjects.publicKindOf(subject);
      if (kind === 'sealed') return;
      try {
        const found =
          kind === 'key' ? await unseal(bus, keyOf(data)) : [{ document: parseDocument(data), position: seq }];
        for (const { document, position } of found) options.onDocument(document, position);
      } catch (error) {
        options.onUnreadable(String(error), seq);
      }
    },
  });
}

const parseDocument = (data: Uint8Array) => PublicDocument.parse(JSON.parse(new TextDecoder().decode(data)));
