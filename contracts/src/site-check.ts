import { z } from 'zod';
import { commandHead, hash, instant, line, personId, siteId, token } from './words.ts';

/** What a column is for, which says how long it may stand still: news two weeks, notices and policies six months. */
export const columnKind = z.enum(['news', 'notices', 'policy', 'other']);
export type ColumnKind = z.infer<typeof columnKind>;

/** A column of a website, as whoever inspects it opens it. */
export const siteColumn = z.object({ name: line, url: z.url(), kind: columnKind });
export type SiteColumn = z.infer<typeof siteColumn>;

/** 国办秘函〔2019〕19号: a week of probes, at least twenty a day, each with fifteen seconds to answer. */
export const probePlan = { count: 168, everyMinutes: 60, withinSeconds: 15 } as const;
/** Fewer than these and nobody can say how often the site is down. */
export const fewestProbes = 140;

export const siteCheckId = token;
const key = { checkId: siteCheckId, site: siteId };
const n = z.int().min(0).max(1_000);

/** The whole check of one website by machine begins: for an inspection, or because a site watches itself. */
const SiteCheckBegun = z.object({
  type: z.literal('site_check.begun'),
  ...key,
  name: line,
  homeUrl: z.url(),
  columns: z.array(siteColumn).max(50),
  /** Probes in all, and the minutes between them. */
  probes: z.int().min(1).max(1_000),
  everyMinutes: z.int().min(1),
  withinSeconds: z.int().min(1).max(60),
  by: personId,
  byName: line,
  begunAt: instant,
});
/** The time of a probe has come. */
const SiteCheckProbeDue = z.object({
  type: z.literal('site_check.probe_due'),
  ...key,
  n,
  fellDueAt: instant,
  dueAt: instant,
});
/** Nobody was there to look at that moment, because we were down: it says nothing of the site. */
const SiteCheckProbeMissed = z.object({
  type: z.literal('site_check.probe_missed'),
  ...key,
  n,
  fellDueAt: instant,
  missedAt: instant,
});
/** The home page was asked for. `code` is null when it came. */
const SiteCheckProbed = z.object({
  type: z.literal('site_check.probed'),
  ...key,
  n,
  code: z.string().max(64).nullable(),
  detail: z.string().max(500),
  tookMs: z.int().min(0),
  probedAt: instant,
});
const trouble = z.object({ code: z.string().max(64), detail: z.string().max(500) });
/** The home page or a column was read: how new its newest entry is. */
const SiteCheckPageRead = z.object({
  type: z.literal('site_check.page_read'),
  ...key,
  /** The column by its place; -1: the home page. */
  at: z.int().min(-1).max(50),
  url: z.url(),
  /** Why it could not be read. */
  trouble: trouble.nullable(),
  /** The day of its newest entry, in Beijing; null: it shows no date. */
  newest: z.iso.date().nullable(),
  entries: z.int().min(0),
  /** What the server said, as it was kept. */
  snapshot: hash.nullable(),
  readAt: instant,
});
const deadLink = z.object({ url: z.string().max(2_000), on: z.string().max(2_000), ...trouble.shape });
/** Some more of the links on these pages were followed. */
const SiteCheckLinksFollowed = z.object({
  type: z.literal('site_check.links_followed'),
  ...key,
  /** How many before these. */
  from: z.int().min(0),
  followed: z.int().min(0),
  left: z.int().min(0),
  dead: z.array(deadLink).max(100),
  followedAt: instant,
});
/** What is wrong with a repost that the log says is out. `missing`: nobody can read it; `date`: its date is another one. */
export const repostFault = z.enum(['missing', 'altered', 'unlabelled', 'date', 'unchecked']);
const repostLook = z.object({
  taskId: token,
  title: line,
  url: z.string().max(2_000),
  fault: repostFault.nullable(),
  detail: z.string().max(500),
  snapshot: hash.nullable(),
});
/** Reposts that we had proven were looked at once more. */
const SiteCheckRepostsLooked = z.object({
  type: z.literal('site_check.reposts_looked'),
  ...key,
  looks: z.array(repostLook).max(50),
  /** Null; or why nobody could look. */
  trouble: trouble.nullable(),
  lookedAt: instant,
});
/** The last probe is done: nothing more will be known. */
const SiteCheckEnded = z.object({ type: z.literal('site_check.ended'), ...key, endedAt: instant });

export const SiteCheckEvent = z.discriminatedUnion('type', [
  SiteCheckBegun,
  SiteCheckProbeDue,
  SiteCheckProbeMissed,
  SiteCheckProbed,
  SiteCheckPageRead,
  SiteCheckLinksFollowed,
  SiteCheckRepostsLooked,
  SiteCheckEnded,
]);
export type SiteCheckEvent = z.infer<typeof SiteCheckEvent>;

const command = { ...commandHead, ...key };
const { name, homeUrl, columns } = SiteCheckBegun.shape;
const { code, detail, tookMs } = SiteCheckProbed.shape;
const { at, url, newest, entries, snapshot } = SiteCheckPageRead.shape;
const { from, followed, left, dead } = SiteCheckLinksFollowed.shape;

export const SiteCheckCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('site_check.begin'),
    ...command,
    /** Set by the service, as the site is registered. */
    registered: z.object({ name, homeUrl, columns }).optional(),
  }),
  z.strictObject({ type: z.literal('site_check.probe'), ...command, n, fellDueAt: instant }),
  z.strictObject({ type: z.literal('site_check.record_probe'), ...command, n, code, detail, tookMs }),
  z.strictObject({
    type: z.literal('site_check.record_page'),
    ...command,
    page: z.object({ at, url, trouble: trouble.nullable(), newest, entries, snapshot }),
  }),
  z.strictObject({ type: z.literal('site_check.record_links'), ...command, from, followed, left, dead }),
  z.strictObject({
    type: z.literal('site_check.record_reposts'),
    ...command,
    looks: SiteCheckRepostsLooked.shape.looks,
    trouble: trouble.nullable(),
  }),
]);
export type SiteCheckCommand = z.infer<typeof SiteCheckCommand>;

/** What is known of a website so far: what a machine saw of it. */
export const SiteCheckRow = z.object({
  ...key,
  name: line,
  homeUrl: z.url(),
  columns: z.array(siteColumn),
  begunAt: instant,
  byName: line,
  probes: z.object({
    planned: z.int(),
    /** Asked and answered, or not. */
    counted: z.int(),
    /** When nobody could ask. */
    missed: z.int(),
    down: z.int(),
    /** The last ones that got no answer. */
    downs: z.array(z.object({ at: instant, code: z.string(), detail: z.string() })),
    lastAt: instant.nullable(),
  }),
  pages: z.array(SiteCheckPageRead.omit({ type: true, checkId: true, site: true })),
  links: z.object({ followed: z.int(), left: z.int().nullable(), dead: z.array(deadLink) }),
  reposts: z.object({ looks: z.array(repostLook), trouble: trouble.nullable(), lookedAt: instant }).nullable(),
  endedAt: instant.nullable(),
});
export type SiteCheckRow = z.infer<typeof SiteCheckRow>;

/** A list of failures that nobody reads to its end. */
const mostDowns = 50;
const mostDead = 500;

/** What is known after an event: one fold for who decides and for who shows. */
export function siteCheckAfter(row: SiteCheckRow | null, event: SiteCheckEvent): SiteCheckRow | null {
  if (event.type === 'site_check.begun') {
    const { checkId, site, name: of, homeUrl: home, columns: shown, begunAt, byName, probes: planned } = event;
    const none = { counted: 0, missed: 0, down: 0, downs: [], lastAt: null };
    const facts = { checkId, site, name: of, homeUrl: home, columns: shown, begunAt, byName };
    const links = { followed: 0, left: null, dead: [] };
    return { ...facts, probes: { planned, ...none }, pages: [], links, reposts: null, endedAt: null };
  }
  if (row === null) return null;
  const { probes, links } = row;
  switch (event.type) {
    case 'site_check.probe_due':
      return row;
    case 'site_check.probe_missed':
      return { ...row, probes: { ...probes, missed: probes.missed + 1 } };
    case 'site_check.probed': {
      const counted = { ...probes, counted: probes.counted + 1, lastAt: event.probedAt };
      if (event.code === null) return { ...row, probes: counted };
      const downs = [...probes.downs, { at: event.probedAt, code: event.code, detail: event.detail }];
      return { ...row, probes: { ...counted, down: probes.down + 1, downs: downs.slice(-mostDowns) } };
    }
    case 'site_check.page_read': {
      const { type: _type, checkId: _checkId, site: _site, ...page } = event;
      return { ...row, pages: [...row.pages, page].sort((one, other) => one.at - other.at) };
    }
    case 'site_check.links_followed': {
      const found = [...links.dead, ...event.dead].slice(0, mostDead);
      return { ...row, links: { followed: event.from + event.followed, left: event.left, dead: found } };
    }
    case 'site_check.reposts_looked': {
      const { looks, trouble: why, lookedAt } = event;
      return { ...row, reposts: { looks, trouble: why, lookedAt } };
    }
    case 'site_check.ended':
      return { ...row, endedAt: event.endedAt };
  }
}

/** Pages, links and reposts were all looked at; the probes go on by themselves. */
export const isLookedThrough = ({ pages, columns: shown, links, reposts }: SiteCheckRow): boolean =>
  pages.length === shown.length + 1 && links.left === 0 && reposts !== null;
