import { queryOptions, useQuery } from '@tanstack/react-query';
import type { NeighboursView } from '@tongsheng/contracts';
import { read } from './client.ts';

const againMs = 5_000;

/** Deployments that ours is linked with. */
export const neighbours = () =>
  queryOptions({
    queryKey: ['neighbours'],
    queryFn: ({ signal }) => read<NeighboursView>('/api/neighbours', signal),
  });

/** The same, looked at again and again. */
export const watchedNeighbours = () => queryOptions({ ...neighbours(), refetchInterval: againMs });

/** Whether a site is at home in another deployment, which speaks for it. */
export function useIsElsewhere(): (site: string) => boolean {
  const { data } = useQuery(neighbours());
  return (site) => data?.neighbours.some(({ sites }) => sites.some(({ siteId }) => siteId === site)) ?? false;
}
