import type { BusClient } from '@tongsheng/bus';
import { BalanceQuery, BalanceView } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';

/** Whether all that was taken in is where it must be. */
export function balanceRoutes({ client, clock }: { client: BusClient; clock: Clock }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/balance',
      says: 'What each source, site and channel took in, and where it stands, from the log; and what is missing or there twice.',
      may: ['manager', 'admin', 'duty'],
      answer: BalanceView,
      handle: async ({ caller }) => {
        const view = BalanceView.parse(await client.ask('balance', BalanceQuery.parse({ at: clock.now() })));
        const rows = view.rows.filter(({ kind, id, site }) => {
          const owner = kind === 'site' ? id : site;
          return owner === null || servesSite(caller, owner);
        });
        return { ...view, rows };
      },
    }),
  ];
}
