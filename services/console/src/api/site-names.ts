import { useQuery } from '@tanstack/react-query';
import { neighbours } from './neighbours.ts';
import { sites } from './views.ts';

/** What a site is called, ours or a neighbour's; its id until that is known. */
export function useSiteName(): (site: string) => string {
  const { data } = useQuery(sites());
  const elsewhere = useQuery(neighbours()).data?.neighbours.flatMap((each) => each.sites) ?? [];
  return (site) => [...(data?.rows ?? []), ...elsewhere].find(({ siteId }) => siteId === site)?.name ?? site;
}
