import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  limitsOf,
  linkedTargets,
  Refusal,
  type DeliveryCommand,
  type LinkedEvent,
  type LinkedTargets,
  type ReleaseEvent,
  type WantedTarget,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { Board } from './board.ts';
import { delivery } from './delivery.ts';
import { linkedDeliveryIdOf } from './linked-targets.ts';
import { Registered } from './registered.ts';
import { requestedOf } from './request-deliveries.reaction.ts';

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** The same person may be told again, of another moment or of what was signed anew. */
const pressDeliveryIdOf = (position: number, part: { site: string; releaseId: string }, { email }: { email: string }) =>
  createHash('sha256')
    .update(['press', position, part.site, part.releaseId, email].join('\n'))
    .digest('hex')
    .slice(0, 32);

/** It was sent, or is being sent, or was never asked for. */
function mustBeRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}

const moves: ReadonlySet<LinkedEvent['type']> = new Set([
  'linked.planned',
  'linked.part_signed',
  'linked.part_pulled',
  'linked.sealed',
  'linked.reminded',
  'linked.committed',
  'linked.cancelled',
]);

/**
 * Two phases: when a part is signed, then it is made ready at every channel of the plan, and waits; when the linked release
 * is committed, then all of it goes. What the plan lets go of before is cancelled, and what is signed anew is made ready anew.
 */
@Controller()
export class PrepareLinked {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly registered: Registered,
    private readonly board: Board,
  ) {}

  @Reaction('linked', 'request-linked-deliveries')
  async react(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) if (event.type === 'linked.press_told') await this.#tellPress(entry, event);
    if (!entry.events.some(({ type }) => moves.has(type))) return;
    const { linkedId, site } = entry.events[0]!;
    const address = { aggregate: 'linked', site, id: linkedId };
    const past = await this.journal.read(address);
    // As it stands now: what an entry said that is no longer so is not done any more.
    const targets = linkedTargets(past.entries as Entry<LinkedEvent>[]);
    const linked = { site, linkedId };
    if (entry.events.some(({ type }) => type === 'linked.cancelled'))
      await this.#stopPress(entry, past.entries as Entry<LinkedEvent>[]);
    const gone = targets.dropped.filter(({ position }) => position >= entry.position);
    await Promise.all(gone.map((each) => this.#drop(entry, linked, each)));
    await this.#wantAll(entry, linked, targets);
    // Whoever let one go meanwhile found nothing to cancel yet.
    const now = linkedTargets((await this.journal.read(address)).entries as Entry<LinkedEvent>[]);
    const meanwhile = now.dropped.filter(({ position }) => position > past.position);
    await Promise.all(meanwhile.map((each) => this.#drop(entry, linked, each)));
  }

  async #wantAll(entry: Entry, linked: { site: string; linkedId: string }, { wanted, t0, isCommitted }: LinkedTargets) {
    const releases = new Map<string, Promise<Signed>>();
    const signed = (each: WantedTarget) => {
      const known = releases.get(each.releaseId) ?? this.#signed(each);
      releases.set(each.releaseId, known);
      return known;
    };
    const there = await Promise.all(wanted.map((each) => this.#want(entry, linked, each, t0, isCommitted, signed)));
    const missing = wanted.flatMap(({ channelId }, i) => (there[i] ? [] : [channelId]));
    // Before T0 the plan says that it is not ready. After it the others are on their way; this waits for an administrator.
    if (isCommitted && missing.length > 0) throw new Error(`delivery: ${missing.join(', ')}: no such channel`);
  }

  /** @returns false when there is no such channel */
  async #want(
    entry: Entry,
    linked: { site: string; linkedId: string },
    wanted: WantedTarget,
    t0: string,
    isCommitted: boolean,
    signed: (wanted: WantedTarget) => Promise<Signed>,
  ): Promise<boolean> {
    const { site, channelId } = wanted;
    const deliveryId = linkedDeliveryIdOf(linked.linkedId, wanted);
    const known = this.board.open.get(`${site}/${deliveryId}`);
    const channel = this.registered.channel(channelId);
    if (!known) {
      if (!channel) return false;
      const facts = requestedOf(await signed(wanted), channel);
      const more = { awaitsCommit: true, linked, goesOutAt: t0 };
      await this.#say({
        type: 'delivery.request',
        ...this.#head(entry, deliveryId, 'request'),
        site,
        ...facts,
        ...more,
      });
    }
    const moved = known?.state.status === 'preparing' && known.state.goesOutAt !== t0;
    if (moved && !isCommitted && channel && limitsOf(channel).quotas.length > 0) {
      const head = this.#head(entry, deliveryId, `reschedule/${entry.position}`);
      await this.#say({ type: 'delivery.reschedule', ...head, site, goesOutAt: t0 });
    }
    if (isCommitted && (!known || known.state.status === 'preparing'))
      // Taken back in the same moment, it is closed by now.
      await this.#say({ type: 'delivery.commit', ...this.#head(entry, deliveryId, 'commit'), site }).catch(
        mustBeRefusal,
      );
    return true;
  }

  async #drop(
    entry: Entry,
    { linkedId }: { linkedId: string },
    dropped: LinkedTargets['dropped'][number],
  ): Promise<void> {
    const deliveryId = linkedDeliveryIdOf(linkedId, dropped);
    const { site, reason } = dropped;
    try {
      await this.#say({ type: 'delivery.cancel', ...this.#head(entry, deliveryId, 'cancel'), site, reason });
    } catch (error) {
      // Dropped before it was asked for: whoever comes to that later reads that it is not wanted.
      if (!(error instanceof Refusal && error.code === 'delivery_missing')) throw error;
    }
  }

  /** A copy for each person, of each part: it says whose it is and until when it binds. */
  async #tellPress(entry: Entry, event: Extract<LinkedEvent, { type: 'linked.press_told' }>): Promise<void> {
    const { linkedId, site: leads, channelId, people, parts, until } = event;
    const channel = this.registered.channel(channelId);
    if (channel?.kind !== 'email') throw new Error(`delivery: ${channelId} carries no letters`);
    for (const part of parts) {
      const signed = await this.#signed(part);
      for (const person of people) {
        const deliveryId = pressDeliveryIdOf(entry.position, part, person);
        await this.#say({
          type: 'delivery.request',
          ...this.#head(entry, deliveryId, 'request'),
          site: part.site,
          ...requestedOf(signed, channel),
          channelName: `${channel.name} · ${person.name}`.slice(0, 200),
          linked: { site: leads, linkedId },
          embargo: { until, ...person },
        });
      }
    }
  }

  /** What has not left yet when it is cancelled does not leave any more; what has is on the board. */
  async #stopPress(entry: Entry, past: readonly Entry<LinkedEvent>[]): Promise<void> {
    for (const { position, events } of past) {
      for (const event of events) {
        if (event.type !== 'linked.press_told') continue;
        for (const part of event.parts) {
          for (const person of event.people) {
            const deliveryId = pressDeliveryIdOf(position, part, person);
            const { site } = part;
            const head = this.#head(entry, deliveryId, 'cancel');
            await this.#say({ type: 'delivery.cancel', ...head, site, reason: '联动发布已取消' }).catch(mustBeRefusal);
          }
        }
      }
    }
  }

  /** On top of what this process knows; whoever was faster, it is said. */
  async #say(command: DeliveryCommand): Promise<void> {
    const known = this.board.open.get(`${command.site}/${command.deliveryId}`);
    if (known) await this.board.insist(known, command);
    else await carryOut(this.journal, delivery, command);
  }

  async #signed({
    site,
    releaseId: id,
    contentHash,
  }: Pick<WantedTarget, 'site' | 'releaseId' | 'contentHash'>): Promise<Signed> {
    const past = await this.journal.read({ aggregate: 'release', site, id });
    const found = (past.events as ReleaseEvent[]).find(
      (event): event is Signed => event.type === 'release.signed' && event.contentHash === contentHash,
    );
    if (!found) throw new Error(`delivery: ${id} of ${site} was never signed so`);
    return found;
  }

  #head(entry: Entry, deliveryId: string, what: string) {
    const actor = { kind: 'service' as const, id: 'delivery' };
    return { id: `${deliveryId}/${what}`, at: this.clock.now(), actor, ...causedBy(entry), deliveryId };
  }
}
