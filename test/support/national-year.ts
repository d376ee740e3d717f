// A year of a nation: closed tasks on 500 sites, one message each, and beside them what else its yearly table counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEntry, type Bus } from '@tongsheng/bus';
import { AnyEvent, streams, subjects, type AggregateName, type RepostEvent, type Site } from '@tongsheng/contracts';
import { queueing } from './samples.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const [siteCount, sourceCount, columnCount] = [500, 200, 20];
const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;
const instant = (ms: number) => new Date(Math.round(ms)).toISOString();

export const nationalSiteOf = (i: number) => `site-${String(i % siteCount).padStart(3, '0')}`;
/** One national site, 36 provinces, the others cities. */
export const nationalSites: Site[] = Array.from({ length: siteCount }, (_, i) => ({
  siteId: nationalSiteOf(i),
  name: `第${i}号网站`,
  level: i === 0 ? 'national' : i <= 36 ? 'province' : 'city',
  region: i === 0 ? '000000' : `${110_000 + i}`,
  speaksFor: [],
  baseUrl: `https://${nationalSiteOf(i)}.example`,
}));

export type NationalYear = {
  begin: number;
  now: number;
  tasks: number;
  /** One release to a hundred tasks, each to five channels; a correction to 250, a rumor to 5,000. */
  releases: number;
  deliveries: number;
  corrections: number;
  rumors: number;
};

/** A year until a moment (ms), with so many tasks. */
export const nationalYear = (tasks: number, now: number): NationalYear => ({
  begin: now - 365 * day,
  now,
  tasks,
  releases: Math.floor(tasks / 100),
  deliveries: Math.floor(tasks / 100) * 5,
  corrections: Math.floor(tasks / 250),
  rumors: Math.floor(tasks / 5_000),
});

type Written = { aggregate: AggregateName; site: string; id: string; at: number; events: AnyEvent[] };

/** When a task was first seen; the last are closed by the end. */
export const seenAt = ({ begin, now, tasks }: NationalYear, i: number) => begin + ((now - begin - 2 * day) * i) / tasks;

/** What becomes of a task: of a hundred 94 are in time, 4 late, one exempted and one is a day late. */
export const nationalOutcomeOf = (i: number): 'on_time' | 'late' | 'exempted' => {
  const of = (i * 7_919) % 100;
  if (of === 98) return 'exempted';
  return of < 94 ? 'on_time' : 'late';
};

/** All that happened to a task. */
function taskOf(year: NationalYear, i: number): Written {
  const startsAt = seenAt(year, i);
  const of = (i * 7_919) % 100;
  const spent = of < 94 ? (5 + ((i * 31) % 700)) * minute : of < 98 ? (721 + (i % 600)) * minute : 36 * hour;
  const [id, site] = [`task-${i}`, nationalSiteOf(i)];
  const key = { taskId: id, site };
  const by = { by: `editor-${i % (siteCount * 5)}`, byName: `编辑${i % (siteCount * 5)}` };
  const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing(id, site);
  const queued: RepostEvent = {
    ...facts,
    type: 'repost.queued',
    itemId: `item-${i}`,
    sourceId: `source-${(i * 13) % sourceCount}`,
    column: `栏目${(i * 17) % columnCount}`,
    kind: kinds[i % 4]!,
    title: `关于示例第${i}号的公告`,
    publication: { at: instant(startsAt - 5 * minute), precision: 'second', text: null },
    firstSeenAt: instant(startsAt),
    startsAt: instant(startsAt),
    dueAt: instant(startsAt + 12 * hour),
  };
  const at = startsAt + spent;
  const head = { aggregate: 'repost' as const, site, id, at };
  if (nationalOutcomeOf(i) === 'exempted') {
    const reason = '与本地无关';
    const requestedAt = instant(at - hour);
    const asked: RepostEvent = { type: 'repost.exemption_requested', ...key, ...by, reason, requestedAt };
    return { ...head, events: [queued, asked, { type: 'repost.exempted', ...key, ...by, exemptedAt: instant(at) }] };
  }
  const { contentHash, title } = queued;
  const url = `https://${site}.example/${i}`;
  const done: RepostEvent[] = [
    { type: 'repost.claimed', ...key, ...by, claimedAt: instant(at - spent / 2) },
    { type: 'repost.approved', ...key, ...by, version: 1, contentHash, title, approvedAt: instant(at - minute) },
    { type: 'repost.published', ...key, url, publicPosition: i + 1, publishedAt: instant(at) },
  ];
  return { ...head, events: [queued, ...done] };
}

const samples = new Map<string, object>();
/** An event as one was once written, told otherwise in some points. */
function event(type: string, more: object): AnyEvent {
  let sample = samples.get(type);
  if (!sample) {
    const file = join(import.meta.dirname, '../../contracts/history', `${type}.json`);
    samples.set(type, (sample = AnyEvent.parse((JSON.parse(readFileSync(file, 'utf8')) as unknown[])[0])));
  }
  return { ...sample, ...more } as AnyEvent;
}

/** What else happened: releases, their deliveries, corrections and rumors, one after the other. */
function otherOf(year: NationalYear, j: number): Written {
  const { begin, now, releases, deliveries, corrections, rumors } = year;
  const ends = [releases, releases + deliveries, releases + deliveries + corrections];
  const of = ends.findIndex((end) => j < end);
  const i = j - (ends[(of < 0 ? ends.length : of) - 1] ?? 0);
  const count = [releases, deliveries, corrections][of] ?? rumors;
  const at = begin + ((now - begin) * i) / count;
  const site = nationalSiteOf(i);
  const then = instant(at);
  const said = (aggregate: AggregateName, id: string, ...events: AnyEvent[]) => ({ aggregate, site, id, at, events });
  if (of === 0) {
    const key = { releaseId: `release-${i}`, site };
    const signed = event('release.signed', { ...key, signedAt: then });
    return said('release', key.releaseId, signed, event('release.published', { ...key, publishedAt: then }));
  }
  if (of === 1) {
    const key = { deliveryId: `delivery-${i}`, site };
    const channelKind = (['wechat_publish', 'weibo', 'email', 'webhook', 'feishu'] as const)[i % 5];
    const requested = event('delivery.requested', { ...key, channelKind, requestedAt: then });
    const receipt = { remoteId: String(i), url: null, receivedAt: then };
    const answered = event('delivery.answered', { ...key, outcome: 'confirmed', receipt, answeredAt: then });
    return said('delivery', key.deliveryId, requested, answered);
  }
  if (of === 2) {
    const key = { correctionId: `correction-${i}`, site };
    const received = event('correction.received', { ...key, receivedAt: then, dueAt: instant(at + 5 * day) });
    return said('correction', key.correctionId, received, event('correction.answered', { ...key, answeredAt: then }));
  }
  const key = { rumorCaseId: `rumor-${i}`, site };
  const reported = event('rumor.reported', { ...key, reportedAt: then, dueAt: instant(at + 5 * hour) });
  return said('rumor', key.rumorCaseId, reported, event('rumor.rebutted', { ...key, rebuttedAt: then }));
}

/** At once as much as a busy server answers in time. */
const atOnce = 1_000;

/** Writes the year into the log; what an interrupted run has stored already stays, since each is one message, of which there is one. */
export async function writeNationalYear(bus: Bus, year: NationalYear, onProgress: (share: number) => void = () => {}) {
  const all = year.tasks + year.releases + year.deliveries + year.corrections + year.rumors;
  const stored = (await bus.jsm.streams.info(streams.journal)).state.messages;
  const actor = { kind: 'service', id: 'bench' } as const;
  const write = async (n: number): Promise<void> => {
    const { aggregate, site, id, at, events } = n < year.tasks ? taskOf(year, n) : otherOf(year, n - year.tasks);
    const { body, headers } = encodeEntry('bench', { id: `load-${n}`, at: instant(at), actor }, events, '');
    for (;;) {
      try {
        await bus.js.publish(subjects.event(aggregate, site, id), body, {
          headers,
          expect: { lastSubjectSequence: 0 },
        });
        return;
      } catch (error) {
        // Stored before, by this run or by one that was interrupted.
        if (String(error).includes('wrong last sequence')) return;
        if (!String(error).includes('TIMEOUT')) throw error;
      }
    }
  };
  for (let from = Math.floor(stored / atOnce) * atOnce; from < all; from += atOnce) {
    const until = Math.min(all, from + atOnce);
    await Promise.all(Array.from({ length: until - from }, (_, i) => write(from + i)));
    onProgress(until / all);
  }
}
