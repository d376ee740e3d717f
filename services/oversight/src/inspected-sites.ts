import { Injectable } from '@nestjs/common';
import { supervisedBy, type InspectedSite, type Site, type SiteCheckRow } from '@tongsheng/contracts';
import { RegisteredSites } from './registered-sites.ts';

/** The registered sites as an inspection knows them. */
@Injectable()
export class InspectedSites {
  constructor(private readonly sites: RegisteredSites) {}

  get(siteId: string): Site | undefined {
    return this.sites.get(siteId);
  }

  /** By the byte order of their ids: ids are plain ASCII. */
  all(): InspectedSite[] {
    return this.sites
      .all()
      .map(inspectedOf)
      .sort((one, other) => (one.siteId < other.siteId ? -1 : 1));
  }

  /** Those that a site supervises, itself among them; all that are registered where it has no place in the hierarchy. */
  under(siteId: string): InspectedSite[] {
    const supervised = new Set(supervisedBy(siteId, this.sites.all()).map((site) => site.siteId));
    return this.all().filter((site) => supervised.has(site.siteId));
  }

  /** What a check begins with, as the site is registered now. @throws Refusal registration_missing */
  forCheck(siteId: string): Pick<SiteCheckRow, 'name' | 'homeUrl' | 'columns'> {
    const site = this.sites.must(siteId);
    const { name, homeUrl } = inspectedOf(site);
    return { name, homeUrl, columns: site.columns ?? [] };
  }
}

const inspectedOf = (site: Site): InspectedSite => ({
  siteId: site.siteId,
  name: site.name,
  level: site.level,
  homeUrl: homeOf(site),
});

/** Where the public enters a site: what our portal publishes has its home beside others. */
export function homeOf({ siteId, baseUrl, publication }: Pick<Site, 'siteId' | 'baseUrl' | 'publication'>): string {
  const base = baseUrl.replace(/\/$/, '');
  return (publication?.kind ?? 'portal') === 'portal' ? `${base}/${siteId}` : `${base}/`;
}

/**
 * Who supervises here: the first site of the nation, else of a province; each province has an installation of its own. A
 * city supervises nobody.
 */
export const supervisorOf = (sites: readonly Pick<InspectedSite, 'siteId' | 'level'>[]): string | null =>
  (sites.find(({ level }) => level === 'national') ?? sites.find(({ level }) => level === 'province'))?.siteId ?? null;
