import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import {
  Refusal,
  type DeliveryCommand,
  type RecallEvent,
  type RecallTarget,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { delivery } from './delivery.ts';
import { Holdings, recallDeliveryIdOf } from './holdings.ts';
import { changePolicyOf, policyOf } from './policy.ts';
import { Registered } from './registered.ts';
import { isAbsent } from './standing.ts';

type Decided = Extract<RecallEvent, { type: 'recall.decided' }>;
type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/**
 * When it was decided that a release is corrected or taken back, then nothing older of it goes out any more, and each
 * channel of the plan is told. What may have arrived is found out first; should it turn up later, it is told then.
 */
@Controller()
export class RecallDeliveries {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly registered: Registered,
    private readonly holdings: Holdings,
  ) {}

  @Reaction('recall', 'recall-deliveries')
  async react(@Payload() entry: Entry<RecallEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'recall.decided') continue;
      const { releaseId, site, contentHash } = event;
      const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
      const signed = (past.events as ReleaseEvent[]).find(
        (each): each is Signed => each.type === 'release.signed' && each.contentHash === contentHash,
      );
      if (!signed) throw new Error(`delivery: ${releaseId} of ${site} was never signed as ${contentHash}`);
      await Promise.all(event.targets.map((target) => this.#tell(entry, event, target, signed)));
    }
  }

  async #tell(entry: Entry, event: Decided, { channelId, name, means, channelKind }: RecallTarget, signed: Signed) {
    if (channelId === null) return;
    const { releaseId, site, version, title, contentHash, kind, publicReason } = event;
    const place = { site, releaseId, channelId };
    const channel = this.registered.channel(channelId);
    const facts = { releaseId, channelId, channelName: channel?.name ?? name, title, family: releaseId };
    // Asked for a moment ago and not yet by anybody: by us, so that nobody does afterwards.
    if (channel) {
      const onUnknown = adapters[channel.kind].onUnknown;
      await this.#say({
        type: 'delivery.request',
        ...this.#head(entry, site, await this.holdings.firstIdOf(place), 'claim'),
        ...facts,
        channelKind: channel.kind,
        contentHash,
        onUnknown,
        policy: policyOf(adapters[channel.kind], signed.kind),
        version: 1,
        awaitsCommit: true,
      });
    }
    const before = await this.holdings.pastOf(place, version - 1);
    for (const { requested } of before)
      await this.#say({
        type: 'delivery.halt',
        ...this.#head(entry, site, requested.deliveryId, 'halt'),
        reason: kind === 'correct' ? '已更正，以新版本为准' : '已撤回',
      });
    if (means === 'nothing') return;
    const halted = await this.holdings.pastOf(place, version - 1);
    const original = halted.findLast(({ state }) => !isAbsent(state)) ?? halted[0];
    const was = original?.requested.channelKind ?? channelKind ?? channel?.kind;
    const adapter = channel && channel.kind === was ? adapters[channel.kind] : undefined;
    if (was === undefined) return;
    const intent = kind === 'correct' ? 'amend' : 'recall';
    const change = adapter?.[intent];
    await this.#say({
      type: 'delivery.request',
      ...this.#head(entry, site, recallDeliveryIdOf(intent, place, version), 'request'),
      ...facts,
      channelKind: was,
      contentHash,
      ...changePolicyOf(adapter, intent, change, kind === 'kill' ? 'rebuttal' : signed.kind),
      version,
      intent,
      ...(original && { original: original.requested.deliveryId }),
      ...(publicReason !== null && { note: publicReason }),
    });
  }

  /** Said twice, it is said once; where the delivery says no, it has its end already. */
  async #say(command: DeliveryCommand): Promise<void> {
    try {
      await carryOut(this.journal, delivery, command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #head(entry: Entry, site: string, deliveryId: string, name: string) {
    const by = { actor: { kind: 'service' as const, id: 'delivery' }, ...causedBy(entry) };
    return { id: `${deliveryId}/${name}/${entry.position}`, at: this.clock.now(), ...by, deliveryId, site };
  }
}
