import type { Journal } from '@tongsheng/bus';
import {
  check,
  checklist,
  checkKind,
  draft,
  leave,
  pathsFor,
  Refusal,
  releaseChain,
  releaseKind,
  ReleaseRow,
  ReleaseTurn,
  reviewAct,
  role,
  scope,
  seat,
  seatsOf,
  standstill,
  standstillOf,
  textFinding,
  checkedTexts,
  TimelineEntry,
  token,
  type House,
  type ReviewAct,
  type Role,
  releaseReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { cleanHtml, textOf } from '@tongsheng/web';
import { z } from 'zod';
import { timelineOf } from '../details.ts';
import { houseOf, turnOf } from '../house.ts';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { merged, setsFor } from './views.ts';

/** Whoever settles how releases are reviewed. */
const settles: readonly Role[] = ['manager', 'admin'];
const most = 1_000;

/** A path of the chain, and who could take its steps at this moment. */
const path = z.object({
  steps: z.array(z.object({ ...reviewAct.shape, seats: z.array(seat) })),
  standstill: standstill.nullable(),
});

/** How releases of a site are reviewed, and by whom today. */
export function reviewRoutes(tools: { models: Models; journal: Journal; clock: Clock }): Route[] {
  const { models, journal, clock } = tools;
  const concerns = (site: string, caller: Caller) => site === '*' || servesSite(caller, site);
  const pathOf = (acts: readonly ReviewAct[], house: House) => ({
    steps: acts.map((act) => ({ ...act, seats: seatsOf(act, house) })),
    standstill: standstillOf(acts, house),
  });

  return [
    defineRoute({
      method: 'GET',
      path: '/api/releases/approvals',
      says: 'Every release that waits for a signature, who can give it now, and what stands in the way.',
      may: releaseReaders,
      query: z.object({ atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: z.object({ rows: z.array(z.object({ row: ReleaseRow, turn: ReleaseTurn })) }),
      async handle({ query: { atLeast }, caller }) {
        await models.releases.runner.reach(atLeast);
        const at = clock.now();
        const [debts, review] = await Promise.all(
          ['debts', 'review'].map((name) => merged(models.releases, setsFor(name, caller), { limit: most })),
        );
        const rows = [...debts!, ...review!].flatMap((row) => {
          const turn = turnOf(row, houseOf(models, row.site, at));
          return turn ? [{ row, turn }] : [];
        });
        return { rows };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/releases/check',
      harmless: true,
      says: 'What the site’s lists say of a draft, in place. Writes nothing.',
      may: releaseReaders,
      body: z.strictObject({ site: token, draft }),
      answer: z.object({ findings: z.array(textFinding) }),
      handle({ body: { site, draft: given }, caller }) {
        mustServeSite(caller, site);
        const lists = models.checklists.all().map((each) => each.checklist);
        return { findings: check(checkedTexts({ ...given, html: cleanHtml(given.html) }, textOf), lists, site) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reviews',
      says: 'The review chains of a site by kind, where each comes from, who can take which step now, and who is away.',
      may: releaseReaders,
      query: z.object({ site: token }),
      answer: z.object({
        kinds: z.array(
          z.object({
            kind: releaseKind,
            from: z.enum(['site', 'all', 'plain']),
            paths: z.object({ full: path, urgent: path.nullable() }),
            debtLimit: releaseChain.shape.debtLimit,
          }),
        ),
        leaves: z.array(z.object({ ...leave.shape, name: z.string(), deputyName: z.string().nullable() })),
        people: z.array(z.object({ personId: token, name: z.string(), roles: z.array(role) })),
      }),
      handle({ query: { site }, caller }) {
        mustServeSite(caller, site);
        const house = houseOf(models, site, clock.now());
        const chains = models.releaseChains.all();
        const nameOf = (personId: string) => models.people.get(personId)?.name ?? personId;
        return {
          kinds: releaseKind.options.map((kind) => {
            const { acts, urgent, debtLimit } = pathsFor(chains, site, kind);
            const own = (where: string) =>
              chains.some((each) => each.enabled && each.site === where && each.kind === kind);
            return {
              kind,
              from: own(site) ? ('site' as const) : own('*') ? ('all' as const) : ('plain' as const),
              paths: { full: pathOf(acts, house), urgent: urgent && pathOf(urgent, house) },
              debtLimit,
            };
          }),
          leaves: house.leaves
            .filter((each) => !each.cancelled && each.to > house.at && (each.site === '*' || each.site === site))
            .map((each) => ({
              ...each,
              name: nameOf(each.personId),
              deputyName: each.deputyId === null ? null : nameOf(each.deputyId),
            }))
            .sort((one, other) => (one.from < other.from ? -1 : 1)),
          people: house.people
            .filter((each) => !each.disabled && servesSite(each, site))
            .filter((each) => each.roles.some((one) => releaseReaders.includes(one)))
            .map(({ personId, name, roles }) => ({ personId, name, roles: [...roles] })),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reviews/:kind/:id/history',
      says: 'Every version of a review chain, an absence or a list: who changed it, and when.',
      may: releaseReaders,
      params: z.object({ kind: z.enum(['release_chain', 'leave', 'checklist']), id: z.string().max(130) }),
      answer: z.object({ rows: z.array(TimelineEntry) }),
      async handle({ params: { kind, id } }) {
        const { entries } = await journal.read({ aggregate: kind, site: 'registry', id });
        return { rows: timelineOf(entries) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/checklists',
      says: 'The lists that drafts are looked through for, and how long each is.',
      may: releaseReaders,
      answer: z.object({
        rows: z.array(
          z.object({
            listId: token,
            site: scope,
            name: z.string(),
            kind: checkKind,
            enabled: z.boolean(),
            count: z.int(),
          }),
        ),
      }),
      handle: ({ caller }) => ({
        rows: models.checklists
          .all()
          .filter((each) => concerns(each.checklist.site, caller))
          .map(({ checklist: { listId, site, name, kind, enabled, entries } }) => ({
            listId,
            site,
            name,
            kind,
            enabled,
            count: entries.length,
          })),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/checklists/:listId',
      says: 'One list with all its entries.',
      may: releaseReaders,
      params: z.object({ listId: token }),
      answer: checklist,
      handle({ params: { listId }, caller }) {
        const found = models.checklists.get(listId)?.checklist;
        if (!found || !concerns(found.site, caller)) throw new Refusal('registration_missing', `no list ${listId}`);
        return found;
      },
    }),
  ];
}

type Body = { type: string; [field: string]: unknown };

/** People say when they themselves are away; for others a manager or an administrator does. */
export function prepareLeave(body: Body, { personId, roles }: Caller): Body {
  const given = z.looseObject({ personId: z.string() }).safeParse(body['leave']);
  if (given.success && given.data.personId !== personId && !settles.some((each) => roles.includes(each)))
    throw new Refusal('role_missing', `only a manager says when others are away`, { roles: settles.join(',') });
  return body;
}
