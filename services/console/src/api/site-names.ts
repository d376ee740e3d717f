import { useQuery } from '@tanstack/react-query';
import { sites } from './views.ts';

/** What a site is called; its id until that is known. */
export function useSiteName(): (site: string) => string {
  const { data } = useQuery(sites());
  return (site) => data?.rows.find(({ siteId }) => siteId === site)?.name ?? site;
}
