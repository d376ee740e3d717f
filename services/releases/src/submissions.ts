import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, LiveTable, reasonOf } from '@tongsheng/bus';
import type { SubmissionEvent } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';

type Offered = Extract<SubmissionEvent, { type: 'submission.offered' }>;
type Arranged = Extract<SubmissionEvent, { type: 'submission.arranged' }>;
/** What was offered to whom, and what became of it. */
export type KnownSubmission = { offered: Offered; arranged: Arranged | null };

/** All submissions by what they are about: a page that went public says nothing of who had offered it. */
@Injectable()
export class Submissions implements OnModuleInit, OnModuleDestroy {
  #table!: LiveTable<'submission', KnownSubmission | null>;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('submissions.unreadable', { reason: reasonOf(error) });
    this.#table = await LiveTable.fold(this.bus, 'submission', known, onFailure);
  }

  async onModuleDestroy(): Promise<void> {
    await this.#table.close();
  }

  /** Those that became something, as the log has them at this moment. */
  async arranged(): Promise<{ offered: Offered; arranged: Arranged }[]> {
    await this.#table.fresh();
    return this.#table.all().filter((row): row is { offered: Offered; arranged: Arranged } => !!row?.arranged);
  }
}

function known(row: KnownSubmission | null | undefined, event: SubmissionEvent): KnownSubmission | null {
  if (event.type === 'submission.offered') return { offered: { ...event, html: null, message: '' }, arranged: null };
  if (!row) return null;
  return event.type === 'submission.arranged' ? { ...row, arranged: event } : row;
}
