import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeAnswer, EvidenceStore, type HttpAnswer } from '@tongsheng/bus';
import { Refusal, type EvidenceView } from '@tongsheng/contracts';

/** What the log says of an answer that was kept; a look at a source says no hash of the body. */
export type Named = { url: string; seenAt: string; snapshot: string; bodyHash: string | null };

/** What was kept, taken out of the object store and hashed again. */
@Injectable()
export class Proofs {
  constructor(private readonly store: EvidenceStore) {}

  /** @throws Refusal not_found */
  async view({ url, seenAt, snapshot, bodyHash }: Named): Promise<EvidenceView> {
    const { bytes, intact } = await this.bytes(snapshot);
    const answer = readAnswer(bytes);
    const found = createHash('sha256').update(answer.body).digest('hex');
    return {
      url,
      seenAt,
      statusLine: answer.status === 0 ? '' : `HTTP/1.1 ${answer.status} ${answer.reason}`,
      headers: [...answer.headers],
      snapshot,
      bodyHash: found,
      bytes: answer.body.length,
      intact: intact && (bodyHash ?? found) === found,
    };
  }

  /** The body as it was received. @throws Refusal not_found */
  async body({ snapshot }: Named): Promise<Uint8Array> {
    return readAnswer((await this.bytes(snapshot)).bytes).body;
  }

  /** @throws Refusal not_found */
  async bytes(hash: string): Promise<{ bytes: Uint8Array; intact: boolean }> {
    const kept = await this.store.read(hash);
    if (!kept) throw new Refusal('not_found', `nothing is kept under ${hash}`);
    return kept;
  }
}

/** Bytes that have become unreadable are still shown, as a body without a head. */
function readAnswer(bytes: Uint8Array): HttpAnswer {
  try {
    return decodeAnswer(bytes);
  } catch {
    return { status: 0, reason: '', headers: [], body: bytes };
  }
}
