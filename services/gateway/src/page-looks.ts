import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import { Refusal, type PageLook, type PagePicture, type RepostEvent } from '@tongsheng/contracts';
import type { Named } from './proofs.ts';

type Key = { site: string; taskId: string };

/** What was found of a task's page from outside. */
@Injectable()
export class PageLooks {
  constructor(private readonly journal: Journal) {}

  /** An answer that a look of this task received. @throws Refusal not_found */
  async answer(task: Key, snapshot: string): Promise<Named> {
    const look = looksOf(await this.#events(task)).find((each) => each.snapshot === snapshot);
    if (!look?.url) throw new Refusal('not_found', `no look at ${task.taskId} received ${snapshot}`);
    return { url: look.url, seenAt: look.at, snapshot, bodyHash: look.pageHash };
  }

  /** A picture that was taken of this task's page. @throws Refusal not_found */
  async picture(task: Key, hash: string): Promise<PagePicture> {
    const found = looksOf(await this.#events(task)).find(({ picture }) => picture?.hash === hash);
    if (!found?.picture) throw new Refusal('not_found', `no picture ${hash} of ${task.taskId}`);
    return found.picture;
  }

  async #events({ site, taskId }: Key): Promise<RepostEvent[]> {
    const { events } = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    return events as RepostEvent[];
  }
}

/** Every look that was said, the newest first. */
export function looksOf(events: readonly RepostEvent[]): PageLook[] {
  const looks: PageLook[] = [];
  let url: string | null = null;
  for (const event of events) {
    if (event.type === 'repost.published' || event.type === 'repost.removed') url = event.url;
    if (event.type === 'repost.verified') looks.push(proven('verified', event, event.verifiedAt));
    if (event.type === 'repost.rechecked') looks.push(proven('rechecked', event, event.recheckedAt));
    if (event.type === 'repost.withdrawn' && event.url !== null && event.evidence)
      looks.push(proven('withdrawn', { url: event.url, evidence: event.evidence }, event.withdrawnAt));
    if (event.type === 'repost.drifted') {
      const { kind = null, reason, changes = [], snapshot, driftedAt: at } = event;
      const nothing = { status: null, pageHash: null, shown: null, checks: [], files: [] };
      looks.push({ as: 'drifted', at, url, kind, reason, changes, snapshot, ...nothing, ...awaited(event.picture) });
    }
    if (event.type === 'repost.pictured') {
      const { of, picture, because, takenAt: pictureAt } = event;
      const look = looks.findLast((each) => each.as === of);
      if (look) Object.assign(look, { picture, pictureAt, pictureState: because ?? 'taken' });
    }
  }
  // Of what was found otherwise since then no picture can come any more.
  const last = looks.findLast(({ as }) => as !== 'rechecked');
  for (const look of looks) if (look !== last && look.pictureState === 'coming') look.pictureState = 'too_late';
  return looks.toReversed();
}

type Proof = Pick<Extract<RepostEvent, { type: 'repost.verified' }>, 'url' | 'evidence'>;

function proven(as: PageLook['as'], { url, evidence }: Proof, at: string): PageLook {
  const { status, pageHash, snapshot = null, checks, shown = null, files = [] } = evidence;
  const found = { status, pageHash, snapshot, checks, shown, files, ...awaited(evidence.picture) };
  return { as, at, url, kind: null, reason: null, changes: [], ...found };
}

const awaited = (picture: 'coming' | 'no_browser' | undefined) => ({
  picture: null,
  pictureAt: null,
  pictureState: picture ?? ('none' as const),
});
