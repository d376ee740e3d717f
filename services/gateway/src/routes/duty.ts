import type { BusClient } from '@tongsheng/bus';
import {
  AlarmRow,
  contact,
  DutyNow,
  DutyPerson,
  Forecast,
  instant,
  keptSecret,
  ladder,
  onDuty,
  shift,
  ShiftRow,
  token,
  type Role,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustHaveRole, mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { merged } from './views.ts';

/** Who may look at the duty board: those who answer, and those who decide about what it shows. */
const watchers: readonly Role[] = ['duty', 'editor', 'manager', 'admin'];

/** Who answers now, who did and will, and what they are alarmed about. */
export function dutyRoutes(tools: { models: Models; client: BusClient; clock: Clock }): Route[] {
  const { models, client, clock } = tools;
  const now = () => clock.now();
  const nameOf = (personId: string) => models.people.get(personId)?.name ?? personId;
  const phoneOf = (personId: string) => models.contacts.get(personId)?.phone ?? null;
  const concerns = (site: string, caller: Caller) => site === '*' || servesSite(caller, site);

  return [
    defineRoute({
      method: 'GET',
      path: '/api/duty/now',
      says: 'Who is on duty at this moment, for each site; nobody is a hole in the roster.',
      may: 'signed-in',
      answer: DutyNow,
      handle({ caller }) {
        const at = now();
        const shifts = models.shifts.all();
        const sites = models.sites.all().filter(({ siteId }) => servesSite(caller, siteId));
        return {
          serverTime: at,
          hasLadder: models.ladders.all().some(({ steps }) => steps.length > 0),
          sites: sites.map(({ siteId: site }) => ({
            site,
            people: onDuty(shifts, site, at).map(({ personId, substituteId, to: until }) => ({
              personId,
              name: nameOf(personId),
              phone: phoneOf(personId),
              until,
              substitute:
                substituteId === null
                  ? null
                  : { personId: substituteId, name: nameOf(substituteId), phone: phoneOf(substituteId) },
            })),
          })),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/shifts',
      says: 'The shifts that touch a period, earliest first; those that were cancelled are left out.',
      may: 'signed-in',
      query: z.object({ from: instant, to: instant }),
      answer: z.object({ rows: z.array(ShiftRow) }),
      handle: ({ query: { from, to }, caller }) => ({
        rows: models.shifts
          .all()
          .filter((each) => !each.cancelled && each.from < to && each.to > from && concerns(each.site, caller))
          .sort((one, other) => (one.from < other.from ? -1 : 1))
          .map(({ type: _type, ...each }) => ({
            ...each,
            name: nameOf(each.personId),
            substituteName: each.substituteId && nameOf(each.substituteId),
          })),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/people',
      says: 'Who may be put on the roster, and by what they are reached.',
      may: watchers,
      answer: z.object({ rows: z.array(DutyPerson) }),
      handle: () => ({
        rows: models.people
          .all()
          .filter(({ disabled }) => !disabled)
          .map(({ personId, name, roles }) => {
            const { phone = null, email = null, webhook = null } = models.contacts.get(personId) ?? {};
            return { personId, name, roles, phone, email, webhook: webhook?.url ?? null };
          }),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/ladders',
      says: 'Who is told of what, in which order: the ladder for all sites, and those of single sites.',
      may: watchers,
      answer: z.object({ rows: z.array(ladder) }),
      handle: ({ caller }) => ({
        rows: models.ladders
          .all()
          .filter(({ site }) => concerns(site, caller))
          .map(({ type: _type, ...each }) => each),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/alarms',
      says: 'Alarms, newest first: those that are open, those that call the caller, or all.',
      may: watchers,
      query: z.object({
        show: z.enum(['open', 'mine', 'all']).default('open'),
        atLeast: z.coerce.number().int().min(0).default(0),
      }),
      answer: z.object({ rows: z.array(AlarmRow), position: z.int(), serverTime: instant }),
      async handle({ query: { show, atLeast }, caller }) {
        const { reader, runner } = models.alarms;
        await runner.reach(atLeast);
        const set = show === 'all' ? 'all' : 'open';
        const sets = caller.sites.includes('*')
          ? [`${set}:*`]
          : [...caller.sites, 'sources'].map((site) => `${set}:${site}`);
        const rows = await merged(models.alarms, sets, { reverse: true, limit: 500 });
        const mine = ({ told }: AlarmRow) => told.some(({ personId }) => personId === caller.personId);
        return {
          rows: show === 'mine' ? rows.filter(mine) : rows,
          position: await reader.position(),
          serverTime: now(),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/forecast',
      says: 'What of the open tasks will be late within a day at the pace of the last weeks, hour by hour.',
      may: watchers,
      query: z.object({ site: token.optional() }),
      answer: Forecast,
      async handle({ query: { site }, caller }) {
        if (site) mustServeSite(caller, site);
        const sites = site ? [site] : caller.sites.includes('*') ? undefined : caller.sites;
        return Forecast.parse(await client.ask('forecast', { at: now(), ...(sites && { sites }) }));
      },
    }),
  ];
}

/**
 * A shift is changed only by who works for its site before and after; how somebody is reached, by that person or by who
 * manages. A contact keeps the webhook whose secret the console was never shown.
 * @throws Refusal
 */
export function prepareDuty(
  body: { type: string; [field: string]: unknown },
  models: Pick<Models, 'shifts' | 'contacts'>,
  caller: Caller,
): Record<string, unknown> {
  if (body.type === 'shift.register') {
    const given = shift.parse(body['shift']);
    const known = models.shifts.get(given.shiftId);
    if (known) mustServeSite(caller, known.site);
    return { ...body, shift: given };
  }
  const given = z.looseObject({ personId: token, webhook: z.unknown().optional() }).parse(body['contact']);
  if (given.personId !== caller.personId) mustHaveRole(caller, ['manager', 'admin']);
  const known = models.contacts.get(given.personId)?.webhook;
  const kept = known ? { url: known.url, secret: keptSecret } : null;
  return { ...body, contact: contact.parse({ ...given, webhook: given.webhook === undefined ? kept : given.webhook }) };
}
