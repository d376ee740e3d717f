import type { BusClient, Entry, Journal } from '@tongsheng/bus';
import {
  ChannelDetail,
  ChannelHealth,
  channelId,
  ChannelOverview,
  ChannelStates,
  ChannelTried,
  Refusal,
  shownSettings,
  TrialUndone,
  UndoTrial,
  withSecrets,
  type Actor,
  type ChannelRegistered,
  type ChannelState,
  type ChannelStatesQuery,
  type Envelope,
  deliveryReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';

/** Longer than a mail server may let us wait. */
const answerMs = 60_000;

/** Channels as they are registered and as they are; secrets are only when they were set, and by whom. */
export function channelRoutes(tools: { models: Models; client: BusClient; journal: Journal; clock: Clock }): Route[] {
  const { models, client, journal, clock } = tools;

  const mine = (id: string, caller: Caller) => {
    const found = models.channels.get(id)?.channel;
    if (!found) throw new Refusal('not_found', `no channel ${id}`);
    mustServeSite(caller, found.site);
    return found;
  };

  /** Those who push may not answer at this moment; what is registered is shown all the same. */
  const statesOf = async (channels: string[]): Promise<ChannelState[]> => {
    const asked: ChannelStatesQuery = { channels };
    const answer = await client.ask('channels.states', asked).catch(() => ({ rows: [] }));
    return ChannelStates.parse(answer).rows;
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/channels/overview',
      says: 'Each channel of those sites with what stands before its attempts now.',
      may: deliveryReaders,
      answer: ChannelOverview,
      async handle({ caller }) {
        const rows = models.channels
          .all()
          .map(({ channel: { channelId: id, name, site, kind, paused } }) => ({
            channelId: id,
            name,
            site,
            kind,
            paused,
          }))
          .filter(({ site }) => servesSite(caller, site));
        const states = await statesOf(rows.map((row) => row.channelId));
        return { rows, states, serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/channels/:channelId',
      says: 'One channel: its settings without secrets, its limits, who changed it, and how it is now.',
      may: deliveryReaders,
      params: z.object({ channelId }),
      query: z.object({ atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: ChannelDetail,
      async handle({ params: { channelId: id }, query: { atLeast }, caller }) {
        if (atLeast > 0) await models.channels.fresh();
        const found = mine(id, caller);
        const [past, [state]] = await Promise.all([
          journal.read({ aggregate: 'channel', site: 'registry', id }),
          statesOf([id]),
        ]);
        const { name, site, kind, paused, limits } = found;
        const setters = settersOf(past.entries as Entry<ChannelRegistered>[]);
        const secrets: ChannelDetail['secrets'] = [];
        withSecrets(found, (value, path) => {
          const setter = setters.get(path);
          secrets.push({ path, setAt: setter?.time ?? null, byName: setter ? nameOf(setter.actor) : null });
          return value;
        });
        return {
          channel: {
            channelId: id,
            name,
            site,
            kind,
            paused,
            ...(limits && { limits }),
            settings: shownSettings(found),
          },
          secrets,
          state: state ?? null,
          changes: past.entries.toReversed().map(({ envelope, events }) => {
            const { channel, reason = null, resealed = false } = (events as ChannelRegistered[])[0]!;
            const { actor, time: at } = envelope;
            return { at, byName: nameOf(actor), paused: channel.paused, reason, resealed };
          }),
          serverTime: clock.now(),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/channels/:channelId/check',
      says: 'Asks the channel how it and our login are; sends nothing that anybody reads.',
      may: ['comms', 'duty', 'admin'],
      params: z.object({ channelId }),
      answer: ChannelHealth,
      async handle({ params: { channelId: id }, caller }) {
        mine(id, caller);
        return ChannelHealth.parse(await client.ask('channels.health', { channelId: id }, answerMs));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/channels/:channelId/try',
      says: 'Sends a message that says that it is a test, where the kind can do so without publishing.',
      may: ['comms', 'admin'],
      params: z.object({ channelId }),
      body: z.strictObject({ to: z.email().nullable() }),
      answer: ChannelTried,
      async handle({ params: { channelId: id }, body: { to }, caller }) {
        mine(id, caller);
        return ChannelTried.parse(await client.ask('channels.try', { channelId: id, to }, answerMs));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/channels/:channelId/try/undo',
      says: 'Takes away what a test has left at the channel, and nothing that is no test.',
      may: ['comms', 'admin'],
      params: z.object({ channelId }),
      body: UndoTrial.pick({ made: true }),
      answer: TrialUndone,
      async handle({ params: { channelId: id }, body: { made }, caller }) {
        mine(id, caller);
        return TrialUndone.parse(await client.ask('channels.undo_trial', { channelId: id, made }, answerMs));
      },
    }),
  ];
}

/** Null for what a service did on its own account: the first registrations of an installation. */
const nameOf = ({ kind, id, name = id }: Actor): string | null => (kind === 'person' ? name : null);

/** Who brought each secret that stands, by its path: another key over it brings nothing. */
export function settersOf(entries: readonly Entry<ChannelRegistered>[]): Map<string, Envelope> {
  const found = new Map<string, { value: string; envelope: Envelope }>();
  for (const { envelope, events } of entries)
    for (const { channel, resealed } of events)
      withSecrets(channel, (value, path) => {
        const before = found.get(path);
        if (before?.value !== value)
          found.set(path, { value, envelope: resealed && before ? before.envelope : envelope });
        return value;
      });
  return new Map([...found].map(([path, { envelope }]) => [path, envelope]));
}
