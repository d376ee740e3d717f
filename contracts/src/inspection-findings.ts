import { z } from 'zod';
import { fewestProbes, isLookedThrough, type ColumnKind, type SiteCheckRow } from './site-check.ts';
import { hash } from './words.ts';

/**
 * How much a finding weighs: `veto` fails the site by itself (国办秘函〔2019〕19号 单项否决); `unchecked` is what nobody could
 * look at, which is never a pass.
 */
export const severity = z.enum(['veto', 'major', 'minor', 'unchecked']);
export type Severity = z.infer<typeof severity>;

/** What a person judges, because no machine can: first what fails a site by itself. */
export const worksheetItems = {
  wording: 'veto',
  secrets: 'veto',
  harmful: 'veto',
  attack: 'veto',
  faked_date: 'veto',
  outrage: 'veto',
  unanswered: 'veto',
  services: 'veto',
  interpretation: 'major',
  guides: 'major',
  answers: 'major',
  search: 'minor',
  accessible: 'minor',
  contact: 'minor',
} as const satisfies Record<string, Severity>;
export type WorksheetItem = keyof typeof worksheetItems;
export const worksheetItem = z.enum(Object.keys(worksheetItems) as [WorksheetItem, ...WorksheetItem[]]);

/** What a machine found. */
export const machineFinding = z.enum([
  'down',
  'probes_few',
  'home_unread',
  'home_undated',
  'home_stale',
  'column_unread',
  'column_undated',
  'column_empty',
  'columns_none',
  'column_stale',
  'columns_stale',
  'columns_empty',
  'link_dead',
  'links_unfollowed',
  'repost_missing',
  'repost_altered',
  'repost_unlabelled',
  'repost_date',
  'repost_unchecked',
]);

/** Something wrong, or something that could not be seen, with what proves it. */
export const siteFinding = z.object({
  code: z.union([machineFinding, worksheetItem]),
  severity,
  /** Which column, address or title; empty where it is the whole site. */
  of: z.string().max(2_000),
  detail: z.string().max(2_000),
  /** How many, of how many, or days: what the sentence counts. */
  n: z.number().nullable(),
  url: z.string().max(2_000).nullable(),
  snapshot: hash.nullable(),
});
export type SiteFinding = z.infer<typeof siteFinding>;

/** `unchecked`: nothing fails it, and not everything could be seen. */
export const siteResult = z.enum(['failed', 'flawed', 'unchecked', 'passed']);
export type SiteResult = z.infer<typeof siteResult>;

/** What findings amount to: nobody can let pass what fails by itself, or what was not seen. */
export function resultOf(findings: readonly Pick<SiteFinding, 'severity'>[]): SiteResult {
  const has = (wanted: Severity) => findings.some((each) => each.severity === wanted);
  if (has('veto')) return 'failed';
  if (has('unchecked')) return 'unchecked';
  return findings.length > 0 ? 'flawed' : 'passed';
}

/** Thresholds of 国办秘函〔2019〕19号. */
export const veto = {
  downShare: 0.05,
  homeDays: 14,
  newsDays: 14,
  noticeMonths: 6,
  staleColumns: 5,
  emptyColumns: 5,
} as const;

const dayMs = 86_400_000;
/** Beijing's midnight at which a day begins, in ms. Beijing has no summer time. */
const dayOf = (date: string) => Date.parse(`${date}T00:00:00.000+08:00`);

/** Until when a column that was updated on a day is fresh, in ms: the end of the last day. */
export function freshUntil(date: string, kind: ColumnKind | 'home'): number | null {
  if (kind === 'other') return null;
  if (kind === 'home') return dayOf(date) + (veto.homeDays + 1) * dayMs;
  if (kind === 'news') return dayOf(date) + (veto.newsDays + 1) * dayMs;
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  // The last day of a shorter month stands for one that it does not have.
  const months = month - 1 + veto.noticeMonths;
  const last = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  return Date.UTC(year, months, Math.min(day, last)) - 8 * 3_600_000 + dayMs;
}

/** Something that fails a site by itself, and how far away it is. */
export type VetoState = {
  code: 'down' | 'home_stale' | 'columns_stale' | 'columns_empty';
  /** `unknown`: what it would take to say so was not seen. */
  state: 'breached' | 'near' | 'clear' | 'unknown';
  /** Whole days until it fails, where it is time that does it. */
  days: number | null;
  /** How much of what it takes is there, and how much that is: probes that failed, columns. */
  n: number | null;
  limit: number | null;
};

/** Days ahead in which somebody should already do something. */
const nearDays = 3;

/** The items that fail a site by themselves and that a machine can see, with *days to breach*. `at`: this moment. */
export function vetoStates(check: SiteCheckRow, at: string): VetoState[] {
  const now = Date.parse(at);
  const { probes, pages, columns } = check;
  const limit = Math.ceil(probes.planned * veto.downShare);
  const canSay = probes.counted >= fewestProbes;
  const isDown = canSay ? probes.down >= probes.counted * veto.downShare : probes.down >= limit;
  const down: VetoState = {
    code: 'down',
    state: isDown ? 'breached' : probes.down * 2 >= limit ? 'near' : canSay ? 'clear' : 'unknown',
    days: null,
    n: probes.down,
    limit,
  };

  const home = pages.find((page) => page.at === -1);
  const homeUntil = home?.newest ? freshUntil(home.newest, 'home') : null;
  const ofColumns = columns.map(({ kind }, place) => {
    const page = pages.find((each) => each.at === place);
    return { kind, page, until: page?.newest ? freshUntil(page.newest, kind) : null };
  });
  const untils = ofColumns.map(({ until }) => until).filter((until) => until !== null);
  const stale = untils.filter((until) => until <= now).length;
  const seen = ofColumns.filter(({ page, kind }) => page && page.trouble === null && (page.newest || kind === 'other'));
  const all = columns.length > 0 && seen.length === columns.length;
  const fifth = untils.sort((one, other) => one - other)[veto.staleColumns - 1] ?? null;
  const empty = ofColumns.filter(({ page }) => page?.trouble === null && page.entries === 0).length;
  const isRead = columns.length > 0 && ofColumns.every(({ page }) => page?.trouble === null);
  return [
    down,
    { code: 'home_stale', ...byTime(homeUntil, now, homeUntil !== null), n: null, limit: null },
    { code: 'columns_stale', ...byTime(fifth, now, all), n: stale, limit: veto.staleColumns },
    {
      code: 'columns_empty',
      state: empty >= veto.emptyColumns ? 'breached' : isRead ? 'clear' : 'unknown',
      days: null,
      n: empty,
      limit: veto.emptyColumns,
    },
  ];
}

function byTime(until: number | null, now: number, isKnown: boolean): Pick<VetoState, 'state' | 'days'> {
  if (until === null) return { state: isKnown ? 'clear' : 'unknown', days: null };
  if (until <= now) return { state: 'breached', days: 0 };
  const days = Math.floor((until - now) / dayMs);
  return { state: days <= nearDays ? 'near' : isKnown ? 'clear' : 'unknown', days };
}

/** What a machine found of a site, as it is known at this moment. What could not be seen is among it. */
export function machineFindings(check: SiteCheckRow, at: string): SiteFinding[] {
  const now = Date.parse(at);
  const { probes, pages, columns, links, reposts } = check;
  const states = vetoStates(check, at);
  const found: SiteFinding[] = [];
  const say = (code: SiteFinding['code'], weight: Severity, more: Partial<SiteFinding> = {}) =>
    found.push({ code, severity: weight, of: '', detail: '', n: null, url: null, snapshot: null, ...more });
  const broken = (code: VetoState['code']) => states.find((each) => each.code === code)?.state === 'breached';
  const days = (until: number) => Math.floor((now - until) / dayMs);

  const lastDown = probes.downs.at(-1)?.detail ?? '';
  if (broken('down')) say('down', 'veto', { n: probes.down, detail: lastDown, url: check.homeUrl });
  else if (probes.down > 0) say('down', 'minor', { n: probes.down, detail: lastDown, url: check.homeUrl });
  if (!broken('down') && probes.counted < fewestProbes) say('probes_few', 'unchecked', { n: probes.counted });

  const home = pages.find((page) => page.at === -1);
  const proof = (page: (typeof pages)[number]) => ({ url: page.url, snapshot: page.snapshot });
  if (!home || home.trouble)
    say('home_unread', 'unchecked', { detail: home?.trouble?.detail ?? '', url: check.homeUrl });
  else if (home.newest === null) say('home_undated', 'unchecked', proof(home));
  else if (broken('home_stale'))
    say('home_stale', 'veto', { n: days(dayOf(home.newest)), detail: home.newest, ...proof(home) });

  if (columns.length === 0) say('columns_none', 'unchecked');
  for (const [place, { name: of, kind, url }] of columns.entries()) {
    const page = pages.find((each) => each.at === place);
    if (!page || page.trouble) {
      say('column_unread', 'unchecked', { of, detail: page?.trouble?.detail ?? '', url });
      continue;
    }
    const until = page.newest ? freshUntil(page.newest, kind) : null;
    if (page.entries === 0) say('column_empty', 'major', { of, ...proof(page) });
    else if (page.newest === null && kind !== 'other') say('column_undated', 'unchecked', { of, ...proof(page) });
    else if (page.newest !== null && until !== null && until <= now)
      say('column_stale', 'major', { of, n: days(dayOf(page.newest)), detail: page.newest, ...proof(page) });
  }
  for (const code of ['columns_stale', 'columns_empty'] as const)
    if (broken(code)) say(code, 'veto', { n: states.find((each) => each.code === code)?.n ?? null });

  for (const { url, on, detail } of links.dead) say('link_dead', 'minor', { of: url, detail, url: on });
  if (links.left !== 0) say('links_unfollowed', 'unchecked', { n: links.left });

  if (!reposts || reposts.trouble) say('repost_unchecked', 'unchecked', { detail: reposts?.trouble?.detail ?? '' });
  const weights = {
    missing: 'major',
    altered: 'major',
    unlabelled: 'major',
    date: 'veto',
    unchecked: 'unchecked',
  } as const;
  for (const { title: of, url, fault, detail, snapshot } of reposts?.looks ?? [])
    if (fault) say(`repost_${fault}`, weights[fault], { of, detail, url, snapshot });
  return found;
}

/** What was judged by a person about one item. `unclear`: it could not be judged. */
export const judgement = z.object({
  item: worksheetItem,
  verdict: z.enum(['fine', 'fault', 'unclear', 'not_applicable']),
  note: z.string().max(2_000),
  /** Where it is to be seen. */
  url: z.url().nullable(),
});
export type Judgement = z.infer<typeof judgement>;

/** What people found, from their worksheet. An item that nobody judged was not checked. */
export function judgedFindings(judgements: readonly Judgement[]): SiteFinding[] {
  const left = worksheetItem.options.filter((item) => judgements.every((each) => each.item !== item));
  const all: Judgement[] = [
    ...judgements,
    ...left.map((item) => ({ item, verdict: 'unclear' as const, note: '', url: null })),
  ];
  return all
    .filter(({ verdict }) => verdict === 'fault' || verdict === 'unclear')
    .map(({ item, verdict, note, url }) => ({
      code: item,
      severity: verdict === 'fault' ? worksheetItems[item] : 'unchecked',
      of: '',
      detail: note,
      n: null,
      url,
      snapshot: null,
    }));
}

/** How far a check is, from 0 to 1: pages and links and reposts; the probes take their week. */
export function lookProgress(check: SiteCheckRow): number {
  if (isLookedThrough(check)) return 1;
  const { pages, columns, links } = check;
  const read = pages.length / (columns.length + 1);
  const followed = links.left === null ? 0 : links.followed / Math.max(1, links.followed + links.left);
  return Math.min(0.99, read * 0.3 + followed * 0.6);
}
