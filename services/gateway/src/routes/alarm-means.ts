import type { BusClient } from '@tongsheng/bus';
import { AlarmMeansRow, MeansTrial, MeansTried, shownMeans } from '@tongsheng/contracts';
import { z } from 'zod';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';

/** Longer than a gateway may let us wait. */
const answerMs = 30_000;

/** The gateways and robots that alarms leave the house by; of their secrets only when they were set. */
export function alarmMeansRoutes({ models, client }: { models: Models; client: BusClient }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/duty/means',
      says: 'Gateways of text messages and robots of groups that alarms go out by; never a secret.',
      may: ['duty', 'manager', 'admin'],
      answer: z.object({ rows: z.array(AlarmMeansRow) }),
      async handle({ caller }) {
        await models.means.fresh();
        const rows = models.means.all().map(({ means }) => {
          const { site, kind, name, disabled } = means;
          return { site, kind, name, disabled, settings: shownMeans(means) };
        });
        return { rows: rows.filter(({ site }) => site === '*' || servesSite(caller, site)) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/duty/means/try',
      says: 'Sends a message that says that it is a test: to a number, or to the group that a robot is in.',
      may: ['manager', 'admin'],
      body: MeansTrial,
      answer: MeansTried,
      async handle({ body, caller }) {
        mustServeSite(caller, body.site);
        return MeansTried.parse(await client.ask('means.try', body, answerMs));
      },
    }),
  ];
}
