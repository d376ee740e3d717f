import type { RepostEvent } from '@tongsheng/contracts';
import { foldBatch } from '@tongsheng/projections';
import { hashA, hashB, minutesLater, noon, queueing } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { nextLook, watchedPages, type Watched } from './watched.ts';

const schedule = ['PT1H', 'PT24H', 'P7D', 'P30D'];
const model = watchedPages(schedule);
const key = { taskId: 'task', site: 'province' };
const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { type: 'repost.queued', ...facts };
const url = 'https://tax.example/province/repost/task';
const evidence = { status: 200, pageHash: hashA, bytes: 10, snapshot: hashB, checks: [] };
const who = { by: 'li', byName: '李' };
const due = { itemId: 'item', version: 2, contentHash: hashB, title: '标题', limit: 'PT12H' };
const times = { startsAt: noon, dueAt: minutesLater(720) };

const published = (publishedAt = noon): RepostEvent => ({
  type: 'repost.published',
  ...key,
  url,
  publicPosition: 7,
  publishedAt,
});
const verified = (verifiedAt = noon): RepostEvent => ({ type: 'repost.verified', ...key, url, evidence, verifiedAt });
const seen = (recheckedAt: string): RepostEvent => ({ type: 'repost.rechecked', ...key, url, evidence, recheckedAt });
const drifted: RepostEvent = {
  type: 'repost.drifted',
  ...key,
  reason: 'x',
  snapshot: null,
  driftedAt: minutesLater(90),
};
const updateDue: RepostEvent = { type: 'repost.update_due', ...key, ...due, ...times };
const retractDue: RepostEvent = { type: 'repost.retract_due', ...key, ...due, ...times, reason: 'gone' };
const approved: RepostEvent = {
  type: 'repost.approved',
  ...key,
  itemId: 'item',
  version: 2,
  contentHash: hashB,
  title: '标题',
  ...who,
  approvedAt: noon,
  heldUntil: noon,
};
const exempted: RepostEvent = { type: 'repost.exempted', ...key, ...who, exemptedAt: noon };
const lifted: RepostEvent = { type: 'repost.retract_lifted', ...key, itemId: 'item', liftedAt: noon };
const removed: RepostEvent = {
  type: 'repost.removed',
  ...key,
  url,
  publicPosition: 9,
  removedAt: minutesLater(60),
};
const withdrawn: RepostEvent = {
  type: 'repost.withdrawn',
  ...key,
  url,
  evidence: { ...evidence, status: 410 },
  withdrawnAt: minutesLater(61),
};

/** The watched page after these events, each an entry of its own; null: it is not watched. */
function after(...events: RepostEvent[]): Watched | null {
  const entries = events.map((event, i) => ({ aggregate: 'repost', position: i + 1, events: [event] }));
  return foldBatch(model, new Map(), entries as never).rows.get('province/task') ?? null;
}
const next = (...events: RepostEvent[]) => {
  const page = after(queued, ...events);
  const moment = page && nextLook(page, schedule);
  return moment === null ? null : new Date(moment).toISOString();
};
const days = (n: number) => minutesLater(n * 24 * 60);

describe('a page that went out', () => {
  it('is looked at at once, and until it is proven', () => {
    expect(next(published())).toBe(noon);
    expect(next(published(), { type: 'repost.verification_failed', ...key, reason: 'x', checkedAt: noon })).toBe(noon);
  });
  it('is looked at again after an hour, a day, a week and a month, and then left alone', () => {
    expect(next(published(), verified())).toBe(minutesLater(60));
    expect(next(published(), verified(), seen(minutesLater(61)))).toBe(days(1));
    expect(next(published(), verified(), seen(minutesLater(61)), seen(days(1)))).toBe(days(7));
    expect(next(published(), verified(), seen(days(7)))).toBe(days(30));
    expect(after(queued, published(), verified(), seen(days(30)))).toBeNull();
  });
  it('is looked at once, not several times, for what was missed', () => {
    expect(next(published(), verified(), seen(days(8)))).toBe(days(30));
  });
  it('is looked at until it is right when it drifted, and then by the whole schedule anew', () => {
    expect(next(published(), verified(), drifted)).toBe(noon);
    expect(next(published(), verified(), drifted, verified(days(2)))).toBe(
      new Date(Date.parse(days(2)) + 3_600_000).toISOString(),
    );
  });
});

describe('a page that is to be changed or taken down', () => {
  it('is not looked at before that is done', () => {
    expect(next(published(), verified(), updateDue)).toBeNull();
    expect(next(published(), verified(), retractDue)).toBeNull();
    expect(after(queued, published(), verified(), updateDue)).not.toBeNull();
  });
  it('is looked at again when it was let off', () => {
    expect(next(published(), verified(), updateDue, exempted)).toBe(minutesLater(60));
    expect(next(published(), verified(), retractDue, exempted)).toBe(minutesLater(60));
  });
  it('is looked at again when its source has it again', () => {
    expect(next(published(), verified(), retractDue, lifted)).toBe(minutesLater(60));
  });
  it('waits all the same when a newer text is on its way', () => {
    expect(next(published(), verified(), updateDue, approved, retractDue, lifted)).toBeNull();
    expect(next(published(), verified(), updateDue, approved, published(minutesLater(5)))).toBe(minutesLater(5));
  });
});

describe('a page that was taken down', () => {
  const gone = [published(), verified(), retractDue, removed];
  it('is looked at until nobody can read it, and again after that', () => {
    expect(next(...gone)).toBe(minutesLater(60));
    expect(after(queued, ...gone)).toMatchObject({ want: 'absent', proven: false });
    expect(next(...gone, withdrawn)).toBe(minutesLater(120));
    expect(next(...gone, withdrawn, seen(minutesLater(120)))).toBe(
      new Date(Date.parse(days(1)) + 3_600_000).toISOString(),
    );
  });
  it('is looked at at once when it came back, and waits while it is taken down again', () => {
    expect(next(...gone, withdrawn, drifted)).toBe(minutesLater(60));
    expect(
      next(...gone, withdrawn, drifted, { type: 'repost.removal_retried', ...key, ...who, retriedAt: noon }),
    ).toBeNull();
  });
  it('is left alone when its source has it again', () => {
    const again: RepostEvent = { type: 'repost.owed_again', ...key, ...due, ...times };
    expect(after(queued, ...gone, withdrawn, again)).toBeNull();
  });
  it('was never watched when the public never had it', () => {
    expect(
      after(queued, { type: 'repost.withdrawn', ...key, url: null, evidence: null, withdrawnAt: noon }),
    ).toBeNull();
  });
});

it('a page of a task that was merged into another one is not looked at', () => {
  expect(after(queued, published(), { type: 'repost.merged', ...key, into: 'other', mergedAt: noon })).toBeNull();
});

it('another schedule is another version of the list', () => {
  expect(watchedPages(['PT1H']).version).not.toBe(watchedPages(['PT2H']).version);
});
