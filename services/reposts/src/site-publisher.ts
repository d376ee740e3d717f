import { Injectable } from '@nestjs/common';
import { Bus, EvidenceStore, PublicFiles, publishPublic } from '@tongsheng/bus';
import type { SitePublication } from '@tongsheng/contracts';
import { Configuration } from './configuration.ts';
import { siteKinds } from './sites/index.ts';
import type { Published, SiteCalls, SiteKind, Tools } from './sites/site-kind.ts';

/** Addresses that may be called although they are not public: our own portal, a site on a closed network. */
export class Allowed {
  constructor(readonly hosts: readonly string[]) {}
}

const ours: SitePublication = { kind: 'portal' };

/** Sites as their registrations of this moment have them published. */
@Injectable()
export class SitePublisher {
  readonly #tools: Tools;

  constructor(
    bus: Bus,
    evidence: EvidenceStore,
    publicFiles: PublicFiles,
    allowed: Allowed,
    private readonly configuration: Configuration,
  ) {
    this.#tools = {
      allow: allowed.hosts,
      async file(hash) {
        const kept = await evidence.read(hash);
        if (!kept?.intact) throw new Error(`reposts: file ${hash} is not what was kept`);
        return kept.bytes;
      },
      publicSide: {
        keepFile: (bytes) => publicFiles.keep(bytes),
        publish: (document) => publishPublic(bus, document),
      },
    };
  }

  /** Who is to publish a site, or, with a page that is out, who published that one. */
  async of(siteId: string, page?: Pick<Published, 'publicPosition'>): Promise<SiteKind & { calls: SiteCalls }> {
    const { publication = ours } = (await this.configuration.freshSite(siteId)) ?? {};
    // A page that went to the portal stays the portal's, whoever publishes the site now.
    const asked = page && page.publicPosition !== null ? ours : publication;
    const kind = siteKinds[asked.kind];
    return { ...kind, calls: kind.open(asked, this.#tools) };
  }
}
