import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  draft,
  linkedPlan,
  Refusal,
  type Draft,
  type LinkedEvent,
  type LinkedPlan,
  type PartRole,
  type ReleaseEvent,
  type SubmissionCommand,
  type SubmissionEvent,
} from '@tongsheng/contracts';
import { draftHash } from '@tongsheng/pages';
import { Clock } from '@tongsheng/runtime';
import { linkedRelease } from './linked-release.ts';
import { release } from './release.ts';
import { Sites } from './sites.ts';
import { submission } from './submission.ts';

type Agreed = Extract<SubmissionEvent, { type: 'submission.agreed' }>;
type Offered = Extract<SubmissionEvent, { type: 'submission.offered' }>;
type Drafted = Extract<ReleaseEvent, { type: 'release.drafted' }>;
type Arranged = Pick<
  Extract<SubmissionCommand, { type: 'submission.record_arranged' }>,
  'linked' | 'adoptedAs' | 'agreedHash' | 'trouble'
>;

const roles: Record<Draft['kind'], PartRole> = {
  policy: 'policy',
  interpretation: 'interpretation',
  press: 'news',
  response: 'qa',
  rebuttal: 'news',
  notice: 'news',
};

/**
 * When both sides agreed, then that is arranged: a common moment is one linked release, on both where both are sites of
 * ours, with the text as it was agreed. Without one, or of what is public already, the other site gets a draft of its own.
 * What one side leaves is taken out again.
 */
@Controller()
export class ArrangeSubmissions {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly sites: Sites,
  ) {}

  @Reaction('submission', 'arrange-submissions')
  async react(@Payload() entry: Entry<SubmissionEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'submission.agreed') await this.#arrange(entry, event);
      if (event.type === 'submission.declined' || event.type === 'submission.withdrawn')
        await this.#leave(entry, event);
    }
  }

  async #arrange(entry: Entry, event: Agreed): Promise<void> {
    const { submissionId, site } = event;
    const past = await this.journal.read({ aggregate: 'submission', site, id: submissionId });
    const offered = offeredIn(past.events as SubmissionEvent[]);
    if (!offered) return;
    const before = past.events.find((each) => each.type === 'submission.arranged');
    if (before) return;
    const arranged = await this.#tried(() => this.#arranged(entry, offered, event));
    await carryOut(this.journal, submission, {
      type: 'submission.record_arranged',
      ...this.#head(entry, `${submissionId}/arranged`),
      submissionId,
      site,
      actingSite: site,
      ...arranged,
    });
  }

  /** What a rule refuses is told to both sides; anything else is tried again. */
  async #tried(arrange: () => Promise<Arranged>): Promise<Arranged> {
    try {
      return await arrange();
    } catch (error) {
      // Somebody wrote or planned in between: read again, it may be done.
      if (!(error instanceof Refusal) || error.code === 'release_changed' || error.code === 'linked_changed')
        throw error;
      return {
        linked: null,
        adoptedAs: null,
        agreedHash: null,
        trouble: `${error.code}: ${error.message}`.slice(0, 500),
      };
    }
  }

  async #arranged(entry: Entry, offered: Offered, { slot, html }: Agreed): Promise<Arranged> {
    const { releaseId, site, contentHash, to, submissionId } = offered;
    // A site of another deployment writes its own, as an office does.
    const target = to.kind === 'site' && this.sites.has(to.site) ? to.site : null;
    const past = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const base = past.findLast(
      (event): event is Drafted => event.type === 'release.drafted' && event.contentHash === contentHash,
    );
    if (!base) throw new Refusal('release_missing', `no release ${releaseId} as it was offered`);
    const text = { ...draft.parse(base), ...(html !== null && { html }) };
    const state = past.reduce(release.evolve, release.initial);
    const isOut =
      state.status !== 'new' &&
      (state.out !== null || (state.status === 'signed' && state.manuscript.draft.linked === null));
    if (target !== null && (slot === null || isOut)) return this.#write(entry, { submissionId, site: target }, text);
    if (isOut) return { linked: null, adoptedAs: null, agreedHash: contentHash, trouble: null };

    const planned = state.status === 'new' ? null : state.manuscript.draft.linked;
    const linked = slot === null ? planned : (planned ?? { site, linkedId: submissionId });
    if (linked !== null && slot !== null) {
      const part = { releaseId, site, role: roles[text.kind] };
      const sites = target === null ? [site] : [site, target];
      await this.#plan(entry, linked, { title: text.title, part, sites, channels: text.channels, t0: slot });
    }
    const agreed = { ...text, linked };
    const agreedHash = draftHash(agreed);
    if (state.status === 'new' || state.manuscript.contentHash === agreedHash)
      return { linked, adoptedAs: null, agreedHash, trouble: null };
    // Signed with another text: that signature no longer says what goes out.
    if (state.status === 'signed' && linked !== null) await this.#pull(entry, linked, { releaseId, site });
    await carryOut(this.journal, release, {
      type: 'release.draft',
      ...this.#head(entry, `${submissionId}/text`),
      releaseId,
      site,
      draft: agreed,
      contentHash: agreedHash,
      baseRevision: state.manuscript.revision,
    });
    return { linked, adoptedAs: null, agreedHash, trouble: null };
  }

  /** The other site's own, for its own chain: who takes it over writes in it first. */
  async #write(
    entry: Entry,
    { submissionId, site }: { submissionId: string; site: string },
    text: Draft,
  ): Promise<Arranged> {
    const own: Draft = {
      ...text,
      rumor: text.rumor && { ...text.rumor, rumorCaseId: null },
      channels: [],
      variants: {},
      interprets: null,
      linked: null,
    };
    const contentHash = draftHash(own);
    await carryOut(this.journal, release, {
      type: 'release.draft',
      ...this.#head(entry, `${submissionId}/adopts`),
      // Who agreed is its drafter, and no longer the one to sign it.
      actor: entry.envelope.actor,
      releaseId: submissionId,
      site,
      draft: own,
      contentHash,
      baseRevision: 0,
    });
    return { linked: null, adoptedAs: { site, releaseId: submissionId }, agreedHash: contentHash, trouble: null };
  }

  async #plan(
    entry: Entry,
    { site, linkedId }: { site: string; linkedId: string },
    wanted: { title: string; part: LinkedPlan['parts'][number]; sites: string[]; channels: string[]; t0: string },
  ): Promise<void> {
    const { plan: before, revision } = await this.#linked(site, linkedId);
    const { title, part, sites, channels, t0 } = wanted;
    const plan: LinkedPlan = before
      ? {
          ...before,
          parts: before.parts.some(({ releaseId }) => releaseId === part.releaseId)
            ? before.parts
            : [...before.parts, part],
          sites: [...new Set([...before.sites, ...sites])],
          t0,
        }
      : {
          title,
          parts: [part],
          sites,
          channels: channels.map((channelId) => ({ channelId, required: false })),
          t0,
        };
    await this.#say(entry, site, linkedId, plan, revision);
  }

  /** Agreed and left again: the other site's pages are taken out of what is not public yet. */
  async #leave(entry: Entry, { submissionId, site }: { submissionId: string; site: string }): Promise<void> {
    const past = (await this.journal.read({ aggregate: 'submission', site, id: submissionId }))
      .events as SubmissionEvent[];
    const offered = offeredIn(past);
    const arranged = past.findLast((event) => event.type === 'submission.arranged');
    if (arranged?.type !== 'submission.arranged' || !arranged.linked || offered?.to.kind !== 'site') return;
    const { linked } = arranged;
    const left = offered.to.site;
    const { plan, revision } = await this.#linked(linked.site, linked.linkedId);
    if (!plan?.sites.includes(left) || plan.sites.length === 1) return;
    const rest = { ...plan, sites: plan.sites.filter((each) => each !== left) };
    try {
      await this.#say(entry, linked.site, linked.linkedId, rest, revision);
    } catch (error) {
      // Public by now, or cancelled: there is nothing to take it out of.
      if (!(error instanceof Refusal) || error.code === 'linked_changed') throw error;
    }
  }

  async #pull(entry: Entry, linked: { site: string; linkedId: string }, part: { releaseId: string; site: string }) {
    const why = { reason: '报送协商改了文字，须重新审签', by: 'releases', byName: '报送协商' };
    const head = this.#head(entry, `${linked.linkedId}/pulls/${part.releaseId}/${entry.position}`);
    await carryOut(this.journal, linkedRelease, {
      type: 'linked.pull_part',
      ...head,
      ...linked,
      releaseId: part.releaseId,
      reason: why.reason,
    });
    await carryOut(this.journal, release, {
      type: 'release.pull_back',
      ...head,
      id: `${head.id}/back`,
      ...part,
      ...why,
    });
  }

  async #linked(site: string, id: string): Promise<{ plan: LinkedPlan | null; revision: number }> {
    const past = (await this.journal.read({ aggregate: 'linked', site, id })).events as LinkedEvent[];
    const last = past.findLast((event) => event.type === 'linked.planned');
    return last?.type === 'linked.planned'
      ? { plan: linkedPlan.parse(last), revision: last.revision }
      : { plan: null, revision: 0 };
  }

  async #say(entry: Entry, site: string, linkedId: string, plan: LinkedPlan, baseRevision: number): Promise<void> {
    await carryOut(this.journal, linkedRelease, {
      type: 'linked.plan',
      ...this.#head(entry, `${linkedId}/arranged/${entry.position}`),
      site,
      linkedId,
      plan,
      baseRevision,
    });
  }

  #head(entry: Entry, id: string) {
    const actor = { kind: 'service' as const, id: 'releases', name: '报送协商' };
    return { id, at: this.clock.now(), actor, ...causedBy(entry) };
  }
}

const offeredIn = (past: readonly SubmissionEvent[]): Offered | undefined =>
  past.find((event): event is Offered => event.type === 'submission.offered');
