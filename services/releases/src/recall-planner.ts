import { Injectable } from '@nestjs/common';
import { BusClient, Journal } from '@tongsheng/bus';
import { Holdings, Refusal, type RecallFound, type RecallKind, type ReleaseEvent } from '@tongsheng/contracts';
import { pageUrl } from '@tongsheng/pages';
import { Places } from './public-places.ts';
import { recallTargets } from './recall-plan.ts';
import { release } from './release.ts';
import { Sites } from './sites.ts';

/** What does not answer by then is away. */
const answerWithinMs = 10_000;

/** Looks where a release is at this moment, and what can be done about it there: for the plan that people decide on. */
@Injectable()
export class RecallPlanner {
  constructor(
    private readonly journal: Journal,
    private readonly client: BusClient,
    private readonly sites: Sites,
    private readonly places: Places,
  ) {}

  /**
   * @param corrects the version that was signed; without it a correction is still being written, or nothing is corrected.
   * @throws Refusal when nothing of it is public; NoAnswer when those who push don't answer: without them nobody knows
   * where it is.
   */
  async plan(site: string, releaseId: string, kind: RecallKind, corrects?: number): Promise<RecallFound> {
    const past = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const state = past.reduce(release.evolve, release.initial);
    const places = await this.places.of(site, releaseId);
    if (state.status === 'new' || !places) throw new Refusal('release_not_public', `${releaseId} is not public`);
    if (state.status === 'withdrawn') throw new Refusal('release_withdrawn', `${releaseId} was taken back`);
    const newest = places.versions.findLast(({ version = 1 }) => version === corrects) ?? places.versions.at(-1)!;
    const version = corrects ?? (newest.version ?? 1) + 1;
    const answer = await this.client.ask(
      'deliveries.holdings',
      {
        site,
        releaseId,
        channels: places.channels,
        version: version - 1,
        intent: kind === 'correct' ? 'amend' : 'recall',
      },
      answerWithinMs,
    );
    const pages = places.sites.map((siteId) => {
      const of = this.sites.get(siteId);
      return { site: siteId, name: of.name, url: pageUrl(of, newest.kind, releaseId) };
    });
    const { targets: channels } = Holdings.parse(answer);
    const wanted = corrects === undefined ? state.manuscript.draft.channels : newest.channels;
    return {
      version,
      title: newest.title,
      contentHash: newest.contentHash,
      targets: recallTargets({ kind, pages, version: version - 1, channels, wanted }),
      together: await Promise.all(places.together.map((part) => this.#titleOf(part))),
    };
  }

  async #titleOf({ site, releaseId }: { site: string; releaseId: string }) {
    const past = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const signed = past.findLast((event) => event.type === 'release.signed');
    return { releaseId, title: signed?.title ?? releaseId };
  }
}
