import { ItemRow, type ItemEvent, type RepostEvent, type RoutingEvent } from '@tongsheng/contracts';
import { hashB, minutesLater, noon, observation, queueing } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { items, type StoredItem } from './items.ts';

const { itemId, sourceId, key, publication, content, at } = observation('item');
const published: ItemEvent = {
  type: 'item.published',
  itemId,
  sourceId,
  version: 1,
  ...content,
  html: '<p>第一段</p><p>第二段</p>',
  attachments: [{ url: 'https://upstream.example/a.pdf', name: '附件' }],
  key,
  publication,
  firstSeenAt: at,
};
const revised: ItemEvent = {
  type: 'item.revised',
  itemId,
  sourceId,
  version: 2,
  ...content,
  title: '新题',
  contentHash: hashB,
  seenAt: minutesLater(5),
};
const lost = { itemId, sourceId, reason: 'gone' as const, detail: 'HTTP 404' };
const missing: ItemEvent = { type: 'item.missing', ...lost, missingAt: minutesLater(6) };
const withdrawn: ItemEvent = {
  type: 'item.withdrawn',
  ...lost,
  missingSince: minutesLater(6),
  withdrawnAt: minutesLater(36),
};
const returned: ItemEvent = { type: 'item.returned', itemId, sourceId, returnedAt: minutesLater(40) };
const kept = (version: number): ItemEvent => ({
  type: 'item.files_kept',
  itemId,
  sourceId,
  version,
  files: [{ url: 'https://upstream.example/a.pdf', name: '附件', hash: hashB, bytes: 1, mediaType: 'application/pdf' }],
  failed: [],
  keptAt: minutesLater(2),
});
const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const queued = (site: string): RepostEvent => ({ type: 'repost.queued', ...facts, itemId, site });
const unrouted: RoutingEvent = {
  type: 'routing.decided',
  itemId,
  sourceId,
  title: content.title,
  link: content.link,
  publication,
  firstSeenAt: at,
  kind: 'news',
  effect: 'unrouted',
  rule: null,
  matched: [],
  tried: [],
  column: '转载',
  priority: 'high',
  basis: 'stated',
  startsAt: at,
  bindings: [],
  routeBy: minutesLater(180),
  decidedAt: at,
};

const fold = (...events: (ItemEvent | RepostEvent | RoutingEvent)[]) =>
  events.reduce<StoredItem | null>((row, event) => items.apply(row, event, {} as never), null);
const seen = Date.parse(at);

describe('the list of items', () => {
  it('has what a search looks into: the words, without their marks, and not for ever', () => {
    const row = fold(published)!;
    expect(row.text).toBe('第一段\n第二段');
    expect(ItemRow.parse({ ...row, sourceName: '来源' })).toMatchObject({ version: 1, attachments: 1, tasks: 0 });
    expect(fold({ ...published, html: `<p>${'税'.repeat(30_000)}</p>` })!.text).toHaveLength(20_000);
  });
  it('shows the newest version, whose files are not yet kept', () => {
    expect(fold(published, kept(1))).toMatchObject({ files: { kept: 1, failed: 0 } });
    expect(fold(published, kept(1), revised, kept(1))).toMatchObject({
      title: '新题',
      version: 2,
      firstSeenAt: at,
      changedAt: minutesLater(5),
      files: { kept: 0, failed: 0 },
    });
  });
  it('says whether its page is there: one look is a suspicion, two are a withdrawal', () => {
    expect(fold(published, missing)!.presence).toBe('missing');
    expect(items.sets!(fold(published, missing, withdrawn)!, '')).toHaveProperty('withdrawn', seen);
    expect(items.sets!(fold(published, missing, withdrawn, returned)!, '')).toEqual({
      all: seen,
      [`source:${sourceId}`]: seen,
    });
  });
  it('counts the sites that owe it', () => {
    const unbound: RepostEvent = { type: 'repost.unbound', taskId: 'task', site: 'city', itemId, unboundAt: at };
    expect(fold(published, queued('province'), queued('city'))).toMatchObject({ tasks: 2 });
    expect(fold(published, queued('province'), queued('city'), unbound)).toMatchObject({ tasks: 1 });
  });
  it('knows what no rule speaks of, until a person routes it', () => {
    const overdue: RoutingEvent = { type: 'routing.overdue', itemId, sourceId, fellDueAt: at, warnedAt: at };
    const assigned: RoutingEvent = {
      type: 'routing.assigned',
      itemId,
      sourceId,
      effect: 'ignore',
      column: '转载',
      priority: 'normal',
      bindings: [],
      reason: '人事任免',
      by: 'li',
      byName: '李',
      assignedAt: at,
    };
    expect(items.sets!(fold(published, unrouted)!, '')).toHaveProperty('unrouted', seen);
    expect(fold(published, unrouted, overdue)).toMatchObject({ routing: { effect: 'unrouted', overdue: true } });
    expect(fold(published, unrouted, assigned)).toMatchObject({ routing: { effect: 'ignore', by: '李' } });
    expect(items.sets!(fold(published, unrouted, assigned)!, '')).not.toHaveProperty('unrouted');
  });
  it('follows of a task only its birth', () => {
    const approved: RepostEvent = {
      type: 'repost.warned',
      taskId: 'task',
      site: 'province',
      share: 50,
      fellDueAt: noon,
      warnedAt: noon,
    };
    expect(items.keyOf(queued('city'), {} as never)).toBe('item');
    expect(items.keyOf(approved, {} as never)).toBeNull();
  });
});
