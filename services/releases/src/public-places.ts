import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { LinkedEvent, ReleaseEvent } from '@tongsheng/contracts';

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** Where a release went when it became public, and since when it is. */
export type PublicPlaces = {
  /** Its own site first. */
  sites: string[];
  postedAt: string;
  /** Every channel that any version was signed for. */
  channels: string[];
  /** Where its sealed pages stand in the public stream, where it was a part of a linked release. */
  sealed: number[];
  /** The other parts, which went out in the same moment. */
  together: { site: string; releaseId: string }[];
  /** Every version that was signed, the first one first. */
  versions: Signed[];
};

/** Answered from the log alone, also years later. */
@Injectable()
export class Places {
  constructor(private readonly journal: Journal) {}

  /** Null while it was never signed. */
  async of(site: string, releaseId: string): Promise<PublicPlaces | null> {
    const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
    const signed = (past.events as ReleaseEvent[]).filter((event) => event.type === 'release.signed');
    const first = signed.findLast(({ version = 1 }) => version === 1);
    if (!first) return null;
    const versions = [first, ...signed.filter(({ version = 1 }) => version > 1)];
    const named = versions.flatMap(({ channels }) => channels);
    if (!first.linked) {
      const channels = [...new Set(named)];
      return { sites: [site], postedAt: first.signedAt, channels, sealed: [], together: [], versions };
    }
    const linked = await this.journal.read({
      aggregate: 'linked',
      site: first.linked.site,
      id: first.linked.linkedId,
    });
    const events = linked.events as LinkedEvent[];
    const committed = events.find((event) => event.type === 'linked.committed');
    if (!committed) return null;
    const plan = events.findLast((event) => event.type === 'linked.planned');
    const pages = events.findLast((event) => event.type === 'linked.sealed')?.pages ?? [];
    const ours = pages.filter(({ target }) => target.startsWith(`page/${releaseId}/`));
    return {
      sites: [site, ...(plan?.sites ?? []).filter((each) => each !== site)],
      postedAt: committed.committedAt,
      channels: [...new Set([...committed.channels.map(({ channelId }) => channelId), ...named])],
      sealed: ours.map(({ publicPosition }) => publicPosition),
      together: committed.parts
        .filter((part) => part.releaseId !== releaseId)
        .map((part) => ({ site: part.site, releaseId: part.releaseId })),
      versions,
    };
  }
}
