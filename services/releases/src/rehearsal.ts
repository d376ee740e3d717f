import { Injectable } from '@nestjs/common';
import { Bus, Journal, reasonOf, unseal } from '@tongsheng/bus';
import type { LinkedEvent, TargetReadiness } from '@tongsheng/contracts';
import { linkedRelease } from './linked-release.ts';
import { LinkedPages } from './linked-pages.ts';

type Sealed = Extract<LinkedEvent, { type: 'linked.sealed' }>;

/** Everything but the flip, for the pages: each is rendered, and what lies sealed at the public side is opened and compared. */
@Injectable()
export class Rehearsal {
  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly pages: LinkedPages,
  ) {}

  /** What came of each page; codes of `linked.detail` say what is missing. */
  async pagesOf(site: string, linkedId: string): Promise<TargetReadiness[]> {
    const past = (await this.journal.read({ aggregate: 'linked', site, id: linkedId })).events as LinkedEvent[];
    const state = past.reduce(linkedRelease.evolve, linkedRelease.initial);
    if (state.status !== 'planned' && state.status !== 'stopped') return [];
    const { plan, signed, sealed } = state;
    const isSigned = ({ releaseId }: { releaseId: string }) => signed[releaseId] !== undefined;
    const rendered = await this.#rendered({ ...plan, parts: plan.parts.filter(isSigned) }, signed);
    const last = sealed && past.findLast((event): event is Sealed => event.type === 'linked.sealed');
    const missing = plan.parts
      .filter((part) => !isSigned(part))
      .flatMap(({ releaseId }) => plan.sites.map((each) => no(`page/${releaseId}/${each}`, 'unsigned')));
    if (typeof rendered === 'string') {
      const failed = plan.parts
        .filter(isSigned)
        .flatMap(({ releaseId }) => plan.sites.map((each) => no(`page/${releaseId}/${each}`, rendered)));
      return [...missing, ...failed];
    }
    const found = await Promise.all(
      rendered.map(async ({ target, document }) => {
        const page = last?.pages.find((each) => each.target === target);
        if (!last || !page) return no(target, 'unsealed');
        const opening = { key: last.sealKey, positions: [page.publicPosition], postedAt: document.postedAt };
        const lies = await unseal(this.bus, opening).catch(reasonOf);
        if (typeof lies === 'string') return no(target, lies);
        const isSame = lies[0]?.document.contentHash === document.contentHash && lies[0].document.url === document.url;
        return isSame ? { target, ready: true, detail: '' } : no(target, 'other_sealed');
      }),
    );
    return [...missing, ...found];
  }

  /** The pages, or why they can't be rendered. */
  #rendered(plan: Parameters<LinkedPages['of']>[0], signed: Readonly<Record<string, string>>) {
    return this.pages.of(plan, signed).catch(reasonOf);
  }
}

const no = (target: string, detail: string): TargetReadiness => ({
  target,
  ready: false,
  detail: detail.slice(0, 500),
});
