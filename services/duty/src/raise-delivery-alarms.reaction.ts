import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { assignmentShares, type CredentialEvent, type DeliveryEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';
import { assignmentSubject, bouncedSubject, endsAssignment, lostSubject, stuckSubject } from './troubles.ts';

/** When something is gone from a channel, when people are late to hand something over, or when a platform does not let us in, then an alarm; and its end. */
@Controller()
export class RaiseDeliveryAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('delivery', 'raise-delivery-alarms')
  async onDelivery(@Payload() entry: Entry<DeliveryEvent>): Promise<void> {
    await this.#followStuck(entry);
    for (const event of entry.events) {
      if (event.type === 'delivery.warned') await this.#warn(entry, event);
      if (endsAssignment.has(event.type)) await this.#close(entry, event, event.type === 'delivery.reported');
      if (event.type === 'delivery.bounced') await this.#sayBounced(entry, event);
      if (event.type !== 'delivery.lost' && event.type !== 'delivery.redriven') continue;
      const { site, deliveryId } = event;
      const { entries } = await this.journal.read({ aggregate: 'delivery', site, id: deliveryId });
      const before = entries.filter(({ position }) => position <= entry.position);
      const about = lostSubject(before.flatMap(({ events }) => events as DeliveryEvent[]));
      // It may be lost more than once: each time is an alarm of its own.
      if (!about) continue;
      const key = { alarmId: alarmIdOf('delivery', site, deliveryId, about.lostAt), site };
      if (event.type === 'delivery.lost') await this.alarming.raise(entry, key, about);
      else await this.alarming.close(entry, key, 'redriven');
    }
  }

  async #sayBounced(
    entry: Entry,
    { site, deliveryId, bouncedAt }: Extract<DeliveryEvent, { type: 'delivery.bounced' }>,
  ) {
    const { entries } = await this.journal.read({ aggregate: 'delivery', site, id: deliveryId });
    const before = entries.filter(({ position }) => position <= entry.position);
    const about = bouncedSubject(before.flatMap(({ events }) => events as DeliveryEvent[]));
    const alarmId = alarmIdOf('bounced', site, deliveryId, bouncedAt);
    if (about) await this.alarming.raise(entry, { alarmId, site }, about);
  }

  /** What waits for a person, and what no longer does. Each time it comes to wait is an alarm of its own. */
  async #followStuck(entry: Entry<DeliveryEvent>): Promise<void> {
    if (!entry.events.some(({ type }) => turns.has(type))) return;
    const { site, id } = entry;
    const { entries } = await this.journal.read({ aggregate: 'delivery', site, id });
    const until = (last: number) =>
      stuckSubject(
        entries.filter(({ position }) => position <= last).flatMap(({ events }) => events as DeliveryEvent[]),
      );
    const [before, now] = [until(entry.position - 1), until(entry.position)];
    const keyOf = ({ because, lostAt }: NonNullable<typeof now>) => ({
      alarmId: alarmIdOf('stuck', site, id, because, lostAt),
      site,
    });
    const isSame = before !== null && now !== null && keyOf(before).alarmId === keyOf(now).alarmId;
    if (before && !isSame) await this.alarming.close(entry, keyOf(before), 'mended');
    if (now && !isSame) await this.alarming.raise(entry, keyOf(now), now);
  }

  /** What was handed over meanwhile, or is said more urgently already, wakes nobody. */
  async #warn(entry: Entry, event: Extract<DeliveryEvent, { type: 'delivery.warned' }>): Promise<void> {
    const { site, deliveryId, attempt, share } = event;
    const past = await this.journal.read({ aggregate: 'delivery', site, id: deliveryId });
    const about = assignmentSubject(past.events as DeliveryEvent[]);
    if (!about || about.share > share || about.startsAt !== event.startsAt) return;
    const alarmOf = (of: number) => ({ alarmId: alarmIdOf('assignment', site, deliveryId, attempt, of), site });
    await this.alarming.raise(entry, alarmOf(share), about);
    for (const less of assignmentShares.filter((each) => each < share))
      await this.alarming.close(entry, alarmOf(less), 'superseded');
  }

  async #close(entry: Entry, { site, deliveryId }: DeliveryEvent, isShown: boolean): Promise<void> {
    const past = await this.journal.read({ aggregate: 'delivery', site, id: deliveryId });
    for (const { attempt, share } of (past.events as DeliveryEvent[]).filter((each) => each.type === 'delivery.warned'))
      await this.alarming.close(
        entry,
        { alarmId: alarmIdOf('assignment', site, deliveryId, attempt, share), site },
        isShown ? 'published' : 'lifted',
      );
  }

  @Reaction('credential', 'raise-credential-alarms')
  async onCredential(@Payload() entry: Entry<CredentialEvent>): Promise<void> {
    for (const event of entry.events) {
      const { site, credentialId, channelId } = event;
      const key = { alarmId: alarmIdOf('credential', site, credentialId), site };
      if (event.type === 'credential.mended' || event.type === 'credential.renewed') {
        await this.alarming.close(entry, key, 'mended');
        continue;
      }
      // Who resets a breaker, or changes a key, says nothing of the login.
      if (event.type !== 'credential.failed') continue;
      const { channelName, detail, failedAt } = event;
      const facts = { credentialId, channelId, channelName, detail: detail.slice(0, 500), failedAt };
      await this.alarming.raise(entry, key, { kind: 'credential', ...facts });
    }
  }
}

/** After these it may have come to wait for a person, or do so no longer. */
const turns: ReadonlySet<string> = new Set<DeliveryEvent['type']>([
  'delivery.answered',
  'delivery.probed',
  'delivery.key_expired',
  'delivery.resolved',
  'delivery.redriven',
  'delivery.reported',
  'delivery.cancelled',
]);
