import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { LinkedPlan, PublicDocument, ReleaseEvent } from '@tongsheng/contracts';
import { releaseDocument } from '@tongsheng/pages';
import { Sites } from './sites.ts';

/** The pages of a linked release: each of its parts on each of its sites, exactly as they were signed. */
@Injectable()
export class LinkedPages {
  constructor(
    private readonly journal: Journal,
    private readonly sites: Sites,
  ) {}

  /**
   * @param contents part → the content that was signed.
   * @throws when that was never signed, or a site is not registered.
   */
  async of(
    { parts, sites, t0 }: LinkedPlan,
    contents: Readonly<Record<string, string>>,
  ): Promise<{ target: string; document: PublicDocument }[]> {
    const pages = await Promise.all(
      parts.map(async ({ releaseId, site }) => {
        const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
        const contentHash = contents[releaseId];
        const draft = (past.events as ReleaseEvent[]).findLast(
          (event) => event.type === 'release.signed' && event.contentHash === contentHash,
        );
        if (draft?.type !== 'release.signed') throw new Error(`releases: ${releaseId} of ${site} is not signed`);
        return sites.map((siteId) => ({
          target: `page/${releaseId}/${siteId}`,
          document: releaseDocument({
            releaseId,
            site: this.sites.get(siteId),
            draft,
            contentHash: draft.contentHash,
            revision: 1,
            postedAt: t0,
          }),
        }));
      }),
    );
    return pages.flat();
  }
}
