import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { Refusal, type LinkedCommand, type LinkedEvent, type ReleaseEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { linkedRelease } from './linked-release.ts';
import { release } from './release.ts';

type Planned = Extract<LinkedEvent, { type: 'linked.planned' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/**
 * Holds a linked release and its parts together: what was signed counts there, and what it lets go of is a draft again.
 * The linked release alone decides; once it went out nothing is let go.
 */
@Controller()
export class FollowParts {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  @Reaction('release', 'join-parts')
  async join(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events)
      if (event.type === 'release.signed' && event.linked) await this.#count(entry, event.linked, event);
  }

  @Reaction('linked', 'follow-parts')
  async follow(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) {
      switch (event.type) {
        case 'linked.planned':
          await this.#planned(entry, event);
          break;
        case 'linked.part_pulled':
          await this.#free(entry, event, event.releaseId, event);
          break;
        case 'linked.cancelled': {
          const past = await this.#past(event);
          const plan = past.findLast((each) => each.type === 'linked.planned');
          for (const { releaseId } of plan?.parts ?? []) await this.#free(entry, event, releaseId, event);
          break;
        }
        case 'linked.waived':
        case 'linked.part_signed':
        case 'linked.sealed':
        case 'linked.reminded':
        case 'linked.rehearsed':
        case 'linked.press_told':
        case 'linked.stopped':
        case 'linked.committed':
        case 'linked.opened':
      }
    }
  }

  /** What is in the plan and signed already counts; what was in the one before and no longer is, is let go. */
  async #planned(entry: Entry<LinkedEvent>, event: Planned): Promise<void> {
    for (const { site, releaseId } of event.parts) {
      const signed = await this.#signed(site, releaseId);
      if (signed?.linked?.linkedId === event.linkedId) await this.#count(entry, signed.linked, signed);
    }
    const past = await this.#past(event);
    const before = past.findLast((each) => each.type === 'linked.planned' && each.revision === event.revision - 1);
    if (before?.type !== 'linked.planned') return;
    const why = { reason: '已移出联动发布方案', by: event.by, byName: event.byName };
    for (const { releaseId } of before.parts)
      if (!event.parts.some((part) => part.releaseId === releaseId)) await this.#free(entry, event, releaseId, why);
  }

  async #count(entry: Entry, { site, linkedId }: NonNullable<Signed['linked']>, part: Signed): Promise<void> {
    const { releaseId, contentHash, signedAt } = part;
    const id = `${releaseId}/joins/${signedAt}`;
    const command: LinkedCommand = {
      type: 'linked.sign_part',
      ...this.#head(entry, id),
      site,
      linkedId,
      releaseId,
      contentHash,
    };
    try {
      await carryOut(this.journal, linkedRelease, command);
    } catch (error) {
      // Planned otherwise, or cancelled, since it was signed: it was let go of there.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #free(
    entry: Entry<LinkedEvent>,
    { linkedId, site }: LinkedEvent,
    releaseId: string,
    { reason, by, byName }: { reason: string; by: string; byName: string },
  ): Promise<void> {
    const past = await this.journal.read({ aggregate: 'linked', site, id: linkedId });
    const home = (past.events as LinkedEvent[])
      .flatMap((each) => (each.type === 'linked.planned' ? each.parts : []))
      .findLast((part) => part.releaseId === releaseId)?.site;
    if (home === undefined) return;
    const signed = await this.#signed(home, releaseId);
    if (signed?.linked?.linkedId !== linkedId) return;
    const id = `${linkedId}/frees/${releaseId}/${entry.position}`;
    const facts = { releaseId, site: home, reason, by, byName };
    await carryOut(this.journal, release, { type: 'release.pull_back', ...this.#head(entry, id), ...facts });
  }

  /** Its signature, while it stands. */
  async #signed(site: string, id: string): Promise<Signed | null> {
    const past = await this.journal.read({ aggregate: 'release', site, id });
    const last = (past.events as ReleaseEvent[]).at(-1);
    return last?.type === 'release.signed' ? last : null;
  }

  async #past({ linkedId, site }: LinkedEvent): Promise<LinkedEvent[]> {
    return (await this.journal.read({ aggregate: 'linked', site, id: linkedId })).events as LinkedEvent[];
  }

  #head(entry: Entry, id: string) {
    return { id, at: this.clock.now(), actor: { kind: 'service' as const, id: 'releases' }, ...causedBy(entry) };
  }
}
