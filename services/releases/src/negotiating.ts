import { Injectable } from '@nestjs/common';
import { carryOut, Journal } from '@tongsheng/bus';
import type { Receipt, SubmissionCommand, SubmissionEvent } from '@tongsheng/contracts';
import { cleanOwnHtml } from '@tongsheng/web';
import { DateTime, Duration } from 'luxon';
import { submission } from './submission.ts';

/** What both doors say of submissions goes through here: until when an answer is owed, and no script in any text. */
@Injectable()
export class Negotiating {
  constructor(private readonly journal: Journal) {}

  async carryOut(command: SubmissionCommand): Promise<Receipt> {
    if (command.type !== 'submission.offer' && command.type !== 'submission.counter')
      return carryOut(this.journal, submission, command);
    const limit = command.type === 'submission.offer' ? command.limit : await this.#limitOf(command);
    const dueAt = DateTime.fromISO(command.at, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO()!;
    const html = command.html === null ? null : cleanOwnHtml(command.html);
    return carryOut(this.journal, submission, { ...command, html, dueAt });
  }

  /** Each answer has as long as the first one had. */
  async #limitOf({ site, submissionId: id }: SubmissionCommand): Promise<string> {
    const past = await this.journal.read({ aggregate: 'submission', site, id });
    const offered = (past.events as SubmissionEvent[]).find((event) => event.type === 'submission.offered');
    return offered?.type === 'submission.offered' ? offered.limit : 'P1D';
  }
}
