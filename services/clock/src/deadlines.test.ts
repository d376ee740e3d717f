import { foldBatch } from '@tongsheng/projections';
import type { RepostEvent, WarningShare } from '@tongsheng/contracts';
import { minutesLater, noon, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlines, momentOf, nextShare, type Deadline } from './deadlines.ts';

const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued: RepostEvent = { type: 'repost.queued', ...facts };
const warned = (share: WarningShare): RepostEvent => ({
  type: 'repost.warned',
  taskId: 'task',
  site: 'province',
  share,
  fellDueAt: noon,
  warnedAt: noon,
});
const fold = (...events: RepostEvent[]) =>
  events.reduce<Deadline | null>((row, event) => deadlines.apply(row, event, null as never), null);

describe('a deadline', () => {
  it('comes up at 50, 75 and 90 % of the time, and when it is exceeded', () => {
    const row = fold(queued)!;
    const moments = ([50, 75, 90, 100] as const).map((share) => new Date(momentOf(row, share)).toISOString());
    expect(moments).toEqual([360, 540, 648, 720].map(minutesLater));
  });
  it('stands at its next untold share', () => {
    expect(deadlines.sets!(fold(queued, warned(50))!, '')).toEqual({ next: Date.parse(minutesLater(540)) });
  });
  it('is over once everything was told, and gone once the page is out', () => {
    expect(nextShare(fold(queued, warned(50), warned(75), warned(90), warned(100))!)).toBeNull();
    const published: RepostEvent = {
      type: 'repost.published',
      taskId: 'task',
      site: 'province',
      url: 'https://x.example/1',
      publicPosition: 1,
      publishedAt: noon,
    };
    expect(fold(queued, published)).toBeNull();
  });
  it('does not run while its source has taken the item back, and runs on as it was when it is there again', () => {
    const key = { taskId: 'task', site: 'province', itemId: 'item' };
    const gone: RepostEvent = {
      type: 'repost.source_withdrawn',
      ...key,
      reason: 'gone',
      detail: 'HTTP 404',
      withdrawnAt: noon,
    };
    const back: RepostEvent = { type: 'repost.source_returned', ...key, returnedAt: noon };
    expect(deadlines.sets!(fold(queued, gone)!, '')).toEqual({});
    expect(fold(queued, gone, back)!.running).toMatchObject(fold(queued)!.running);
    expect(deadlines.sets!(fold(queued, gone, back)!, '')).toEqual(deadlines.sets!(fold(queued)!, ''));
  });
  it('is another one when what is out has to come down, over when it is down or was kept', () => {
    const key = { taskId: 'task', site: 'province' };
    const url = 'https://x.example/1';
    const published: RepostEvent = {
      type: 'repost.published',
      ...key,
      url,
      publicPosition: 1,
      publishedAt: noon,
    };
    const due: RepostEvent = {
      type: 'repost.retract_due',
      ...key,
      itemId: 'item',
      version: 1,
      contentHash: facts.contentHash,
      title: facts.title,
      reason: 'gone',
      limit: 'PT2H',
      startsAt: minutesLater(1_000),
      dueAt: minutesLater(1_120),
    };
    const row = fold(queued, warned(50), published, due)!;
    expect(deadlines.sets!(row, '')).toEqual({ next: Date.parse(minutesLater(1_060)) });
    const by = { by: 'b', byName: 'b' };
    const past = [queued, published, due] as const;
    expect(fold(...past, { type: 'repost.exempted', ...key, ...by, exemptedAt: noon })).toBeNull();
    expect(fold(...past, { type: 'repost.retract_lifted', ...key, itemId: 'item', liftedAt: noon })).toBeNull();
    expect(fold(...past, { type: 'repost.removed', ...key, url, publicPosition: 2, removedAt: noon })).toBeNull();
  });
  it('tells shares in rising order whatever the span', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 32 }), (startsAt, span) => {
        const moments = ([50, 75, 90, 100] as const).map((share) =>
          momentOf({ running: [{ itemId: 'item', startsAt, dueAt: startsAt + span }] }, share),
        );
        expect(moments).toEqual([...moments].sort((a, b) => a - b));
        expect(moments[3]).toBe(startsAt + span);
      }),
    );
  });
  it('is the same however its events are cut into batches', () => {
    const entries = [queued, warned(50), warned(75)].map(
      (event, i) => ({ aggregate: 'repost', events: [event], position: i + 1 }) as never,
    );
    const whole = foldBatch(deadlines, new Map(), entries).rows.get('province/task');
    const first = foldBatch(deadlines, new Map(), entries.slice(0, 1)).rows as Map<string, Deadline>;
    expect(foldBatch(deadlines, first, entries.slice(1)).rows.get('province/task')).toEqual(whole);
  });
});
