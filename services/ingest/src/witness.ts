import { Injectable } from '@nestjs/common';
import { encodeAnswer, EvidenceStore } from '@tongsheng/bus';
import type { Evidence } from '@tongsheng/contracts';
import type { WebAnswer } from '@tongsheng/web';
import { STATUS_CODES } from 'node:http';
import { sha256 } from './identity.ts';

/** Keeps what a server answered, whole, and says under which hash. */
@Injectable()
export class Witness {
  constructor(private readonly store: EvidenceStore) {}

  async keep({ url, status, headers, bytes }: WebAnswer, seenAt: string): Promise<Evidence> {
    const reason = STATUS_CODES[status] ?? '';
    const snapshot = await this.store.keep(encodeAnswer({ status, reason, headers, body: bytes }));
    return { url, status, snapshot, bodyHash: sha256(bytes), bytes: bytes.length, seenAt };
  }
}
