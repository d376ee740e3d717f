import type { Site } from './registry.ts';
import type { Region } from './words.ts';

const nation = '000000';

/** The division around a division (GB/T 2260: two digits each for province, city and county); null around the nation. */
export function around(region: Region): Region | null {
  if (region === nation) return null;
  if (!region.endsWith('00')) return `${region.slice(0, 4)}00`;
  if (!region.endsWith('0000')) return `${region.slice(0, 2)}0000`;
  return nation;
}

const upwards = (first: Region | null): Region[] => (first === null ? [] : [first, ...upwards(around(first))]);

/** Every division around a division, the nearest first. */
export const regionsAround = (region: Region): Region[] => upwards(around(region));

/** Whom a site's tax authority answers to, the nearest first. */
export const superiorsOf = ({ region, superior }: Pick<Site, 'region' | 'superior'>): Region[] =>
  region === undefined ? [] : upwards(superior ?? around(region));

/** A site and all that answer to it: a province and its cities, the nation and everybody. */
export function sitesUnder<S extends Pick<Site, 'siteId' | 'region' | 'superior'>>(
  siteId: string,
  sites: readonly S[],
): S[] {
  const top = sites.find((site) => site.siteId === siteId);
  if (!top) return [];
  return sites.filter(
    (site) =>
      site === top ||
      (top.region !== undefined && superiorsOf(site).includes(top.region) && site.region !== top.region),
  );
}

/**
 * Whom a site supervises, itself among them. Who has no place in the hierarchy is left out by nobody: it belongs to whoever
 * looks, and everybody belongs to a site without a place.
 */
export function supervisedBy<S extends Pick<Site, 'siteId' | 'region' | 'superior'>>(
  siteId: string,
  sites: readonly S[],
): S[] {
  const hasPlace = sites.some((site) => site.siteId === siteId && site.region !== undefined);
  const under = new Set(sitesUnder(siteId, sites));
  return sites.filter((site) => !hasPlace || under.has(site) || site.region === undefined);
}
