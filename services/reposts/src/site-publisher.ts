import { Injectable } from '@nestjs/common';
import type { Trouble } from '@tongsheng/cms';
import { Bus, EvidenceStore, PublicFiles, publishPublic } from '@tongsheng/bus';
import { secretOwnerOf, withPublicationSecrets, type SitePublication } from '@tongsheng/contracts';
import { Clock, NoKey, SecretBox } from '@tongsheng/runtime';
import { Configuration } from './configuration.ts';
import { siteKinds } from './sites/index.ts';
import type { Published, SiteCalls, SiteKind, Tools } from './sites/site-kind.ts';

/** Addresses that may be called although they are not public: our own portal, a site on a closed network. */
export class Allowed {
  constructor(readonly hosts: readonly string[]) {}
}

/** A system that takes longer is one that nobody can wait for. */
const patienceMs = 25_000;
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
    clock: Clock,
    private readonly secrets: SecretBox,
    private readonly configuration: Configuration,
  ) {
    this.#tools = {
      allow: allowed.hosts,
      patienceMs,
      now: () => clock.now(),
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
    return { ...siteKinds[asked.kind], calls: this.#open(siteId, asked) };
  }

  /** Whether whoever is to publish a site would let us in. */
  async test(siteId: string): Promise<Trouble | null> {
    const { calls } = await this.of(siteId);
    return calls.test();
  }

  #open(siteId: string, publication: SitePublication): SiteCalls {
    try {
      const open = (value: string) => this.secrets.open(value, secretOwnerOf({ siteId }));
      return siteKinds[publication.kind].open(withPublicationSecrets(publication, open), this.#tools);
    } catch (error) {
      if (error instanceof NoKey) return shut(error.message);
      throw error;
    }
  }
}

/** A site whose secrets this process can't read. */
function shut(detail: string): SiteCalls {
  const trouble = async (): Promise<Trouble> => ({ code: 'secret_unreadable', detail, outcome: 'rejected_permanent' });
  return { publish: trouble, find: trouble, remove: trouble, test: trouble };
}
