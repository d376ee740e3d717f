import { NoAnswer } from '@tongsheng/bus';
import { LinkStates, NeighboursView, type LinkState } from '@tongsheng/contracts';
import { defineRoute, type Route } from '../route.ts';
import type { ViewTools } from './views.ts';

/** How long a page waits for what the exchange knows, in ms. */
const patienceMs = 2_000;

/** Deployments that ours is linked with, and how the links stand. */
export function neighbourRoutes({ client, settings }: Pick<ViewTools, 'client' | 'settings'>): Route[] {
  const known = async (): Promise<LinkState[] | null> => {
    try {
      return LinkStates.parse(await client.ask('links', {}, patienceMs)).links;
    } catch (error) {
      if (error instanceof NoAnswer) return null;
      throw error;
    }
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/neighbours',
      says: 'Deployments that ours is linked with: their sites, whether the link stands, and what is still to be fetched.',
      may: 'signed-in',
      answer: NeighboursView,
      async handle() {
        const neighbours = settings.values.NEIGHBOURS?.neighbours ?? [];
        const links = neighbours.length === 0 ? [] : await known();
        return {
          neighbours: neighbours.map(({ name, sites }) => {
            const found = links?.find(({ neighbour }) => neighbour === name);
            if (!found) return { name, sites, link: null };
            const { neighbour: _name, ...link } = found;
            return { name, sites, link };
          }),
        };
      },
    }),
  ];
}
