import type { DeliveryRow, LinkedRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { contactOf, isOutdated, placesOf, skewOf } from './places.ts';

const [hashA, hashB] = ['a'.repeat(64), 'b'.repeat(64)];
const noon = '2026-11-23T04:00:00.000Z';
const minutesLater = (minutes: number) => new Date(Date.parse(noon) + minutes * 60_000).toISOString();

const part = (releaseId: string) => ({ releaseId, site: 'province', role: 'news' as const });
const row: LinkedRow = {
  linkedId: 'l',
  site: 'province',
  title: '联动',
  parts: [part('a'), part('b')],
  sites: ['province'],
  channels: [
    { channelId: 'wechat', required: true },
    { channelId: 'paper', required: false },
  ],
  t0: minutesLater(60),
  state: 'planned',
  revision: 1,
  plannedByName: '赵宣传',
  signed: ['a', 'b'],
  sealedAt: noon,
  pages: ['a', 'b'].map((id) => ({ target: `page/${id}/province`, url: `https://tax.example/${id}` })),
  waived: null,
  reminded: null,
  stopped: null,
  rehearsed: null,
  press: [],
  contents: { a: hashA, b: hashA },
  late: [],
  committedAt: null,
  openedAt: null,
  cancelled: null,
  updatedAt: noon,
};
const delivery = (releaseId: string, channelId: string, more: Partial<DeliveryRow> = {}): DeliveryRow =>
  ({
    deliveryId: `${releaseId}-${channelId}`,
    releaseId,
    channelId,
    channelName: `渠道${channelId}`,
    state: 'preparing',
    ready: true,
    trouble: null,
    nextAttemptAt: null,
    preparedAt: noon,
    committedAt: null,
    confirmedAt: null,
    embargo: null,
    ...more,
  }) as DeliveryRow;

describe('the places of a linked release', () => {
  it('say how many parts are ready there, and what stands in the way comes first', () => {
    const wechat = delivery('a', 'wechat', { ready: false, preparedAt: null, trouble: 'credential' });
    const places = placesOf(row, [wechat, delivery('b', 'wechat'), delivery('a', 'paper')]);
    expect(places.map(({ id, prepared, troubles }) => [id, prepared.n, troubles.length])).toEqual([
      ['wechat', 1, 1],
      ['province', 2, 0],
      ['paper', 1, 0],
    ]);
    expect(skewOf(places)).toBeNull();
  });
  it('leave aside what was cancelled, and early copies', () => {
    const early = delivery('a', 'paper', { embargo: { until: noon, name: '王', email: 'w@x.example' } });
    const places = placesOf(row, [delivery('a', 'wechat', { state: 'cancelled' }), early]);
    expect(places.map(({ prepared }) => prepared.n)).toEqual([2, 0, 0]);
  });
  it('know from the first to the last that can be seen', () => {
    const out = { ...row, committedAt: minutesLater(60), openedAt: minutesLater(60) };
    const seen = (confirmedAt: string) =>
      ['a', 'b'].flatMap((id) =>
        ['wechat', 'paper'].map((at) => delivery(id, at, { state: 'confirmed', confirmedAt })),
      );
    expect(skewOf(placesOf(out, seen(minutesLater(61))))).toEqual({
      first: minutesLater(60),
      last: minutesLater(61),
      ms: 60_000,
    });
  });
});

describe('the press', () => {
  it('has something else when the moment moved or a part was signed anew', () => {
    const copy = { channelId: 'm', people: [], contents: { a: hashA }, until: row.t0, byName: '赵', at: noon };
    expect(isOutdated(copy, row)).toBe(false);
    expect(isOutdated(copy, { ...row, t0: minutesLater(90) })).toBe(true);
    expect(isOutdated(copy, { ...row, contents: { a: hashB } })).toBe(true);
  });
  it.each([
    ['王记者 <wang@paper.example>', { name: '王记者', email: 'wang@paper.example' }],
    ['王记者，wang@paper.example', { name: '王记者', email: 'wang@paper.example' }],
    ['王记者 wang@paper.example', { name: '王记者', email: 'wang@paper.example' }],
    ['wang@paper.example', { name: 'wang@paper.example', email: 'wang@paper.example' }],
    ['王记者', null],
    ['', null],
  ])('is written one a line: %s', (written, contact) => {
    expect(contactOf(written)).toEqual(contact);
  });
});
