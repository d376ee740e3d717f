import { isSelfCheck, siteCheckAfter, type SiteCheckEvent, type SiteCheckRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What machines saw of each site, by check; a site's checks of itself by when they began. */
export const siteChecks = defineProjection({
  name: 'site_checks',
  version: 1,
  follows: ['site_check'],
  keyOf: (event: SiteCheckEvent) => `${event.site}/${event.checkId}`,
  apply: (row: SiteCheckRow | null, event) => siteCheckAfter(row, event),
  sets: ({ site, checkId, begunAt }): Record<string, number> =>
    isSelfCheck(checkId) ? { [`self:${site}`]: Date.parse(begunAt) } : {},
});
