import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EvidenceStore, reasonOf } from '@tongsheng/bus';
import type { ConversationFacts } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import type { Conversation } from '@tongsheng/web';

/** What is to be written down of a conversation, and the moment at which all of it is kept. */
export type Kept = { facts: { conversation?: ConversationFacts }; stored: Promise<void> };

/**
 * Keeps what was said to a channel. Of what went well that is a line a call, in the event itself: nobody reads more of it,
 * and twenty thousand of them are to cost next to nothing. Of everything else all of it goes into the evidence store, while
 * the answer is on its way into the log: what is known only here must not wait for it.
 */
@Injectable()
export class Conversations {
  constructor(
    private readonly evidence: EvidenceStore,
    private readonly log: Log,
  ) {}

  keep(conversation: Conversation, wentWell: boolean): Kept {
    if (conversation.isEmpty) return { facts: {}, stored: Promise.resolve() };
    const calls = conversation.lines();
    if (wentWell) return { facts: { conversation: { calls, transcript: null } }, stored: Promise.resolve() };
    const bytes = Buffer.from(JSON.stringify(conversation.transcript()));
    const transcript = createHash('sha256').update(bytes).digest('hex');
    return { facts: { conversation: { calls, transcript } }, stored: this.#store(bytes) };
  }

  async #store(bytes: Buffer): Promise<void> {
    try {
      await this.evidence.keep(bytes);
    } catch (error) {
      // The attempt is no less answered; its page says that this is missing.
      this.log.error('conversation.not_kept', { reason: reasonOf(error) });
    }
  }
}
