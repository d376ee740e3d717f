import { Injectable } from '@nestjs/common';
import { isSealed } from '@tongsheng/contracts';
import { Clock, NoKey, SecretBox } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** How long a link can be opened after it was sent, in days. */
export const linkDays = 30;
const owner = 'answer-link';
const Said = z.object({ site: z.string(), submissionId: z.string(), turn: z.int().min(1) });

/** What a link lets its holder answer: one proposal of one submission, and nothing else. */
export type Answering = z.infer<typeof Said>;

/** Where the public reaches our door; null where there is none, and offices outside can't be written to. */
export class AnswersUrl {
  constructor(readonly url: string | null) {}
}

/** Links by which an office outside answers: sealed with the installation's key, so that nobody makes or changes one. */
@Injectable()
export class AnswerLinks {
  constructor(
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
    private readonly address: AnswersUrl,
  ) {}

  /** @throws NoKey when no key is configured or no address is known */
  linkFor(answering: Answering): string {
    if (this.address.url === null) throw new NoKey('没有配置答复链接的公开地址（RELEASES_PORT、ANSWERS_URL）');
    return `${this.address.url}/answers/${this.secrets.seal(JSON.stringify(answering), owner, this.clock.now())}`;
  }

  /** What a link allows; `expired` when it was made too long ago, null when it is none of ours. */
  read(link: string): Answering | 'expired' | null {
    if (!isSealed(link)) return null;
    let said: string;
    try {
      said = this.secrets.open(link, owner);
    } catch (error) {
      if (error instanceof NoKey) return null;
      throw error;
    }
    const madeAt = DateTime.fromFormat(link.split('.')[2] ?? '', "yyyyLLdd'T'HHmmss'Z'", { zone: 'utc' });
    if (madeAt.plus({ days: linkDays }) < DateTime.fromISO(this.clock.now())) return 'expired';
    return Said.parse(JSON.parse(said));
  }
}
