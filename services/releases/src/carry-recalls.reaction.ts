import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Later, NoAnswer, Reaction, type Entry } from '@tongsheng/bus';
import {
  isRecallDelivery,
  type DeliveryEvent,
  type RecallCommand,
  type RecallEvent,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { recall } from './recall.ts';
import { outcomeOf } from './recall-outcome.ts';
import { RecallPlanner } from './recall-planner.ts';
import { release } from './release.ts';

type Decided = Extract<RecallEvent, { type: 'recall.decided' }>;

/** When a correction was signed, then everyone who has any version gets it; when it was taken back, then it is so everywhere. */
@Controller()
export class CarryRecalls {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly planner: RecallPlanner,
  ) {}

  @Reaction('release', 'correct-everywhere')
  async onSigned(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type !== 'release.signed' || (event.version ?? 1) === 1) continue;
      const { site, releaseId, by, byName, correction } = event;
      const past = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
      if (past.some(({ type }) => type === 'release.withdrawn')) continue;
      const found = await this.planner.plan(site, releaseId, 'correct', event.version).catch((error: unknown) => {
        if (error instanceof NoAnswer) throw new Later(2_000);
        throw error;
      });
      const reason = correction?.note ?? event.title;
      const head = this.#head(entry, event, `correct/${event.version}`);
      await this.#say({ type: 'recall.correct', ...head, reason, by, byName, found });
    }
  }

  @Reaction('recall', 'carry-recalls')
  async onRecall(@Payload() entry: Entry<RecallEvent>): Promise<void> {
    for (const event of entry.events) if (event.type === 'recall.decided') await this.#carry(entry, event);
  }

  /** How the deliveries of a round ended; the others are nobody's business here. */
  @Reaction('delivery', 'follow-recall-deliveries')
  async onDelivery(@Payload() entry: Entry<DeliveryEvent>): Promise<void> {
    if (!isRecallDelivery(entry.id)) return;
    const { events } = await this.journal.read({ aggregate: 'delivery', site: entry.site, id: entry.id });
    const told = events as DeliveryEvent[];
    const [requested] = told;
    const outcome = outcomeOf(told);
    if (requested?.type !== 'delivery.requested' || !outcome) return;
    const { releaseId, site, channelId, version } = requested;
    const past = (await this.journal.read({ aggregate: 'recall', site, id: releaseId })).events as RecallEvent[];
    const { current } = past.reduce(recall.evolve, recall.initial);
    if (!current || current.version !== version) return;
    const target = { round: current.round, targetId: `channel/${channelId}`, detail: outcome.detail.slice(0, 2_000) };
    await this.#say({
      type: outcome.says,
      ...this.#head(entry, requested, `${entry.position}/${channelId}`),
      ...target,
    });
  }

  async #carry(entry: Entry, event: Decided): Promise<void> {
    const { round, version, kind, reason, publicReason, by, byName, targets } = event;
    for (const { targetId, why, means } of targets)
      if (means === 'person' && why === 'channel_gone')
        await this.#say({
          type: 'recall.record_failed',
          ...this.#head(entry, event, `${round}/${targetId}`),
          round,
          targetId,
          detail: '这个渠道已不再登记',
        });
    if (kind === 'correct') return;
    await carryOut(this.journal, release, {
      type: 'release.withdraw',
      ...this.#head(entry, event, 'withdraw'),
      version,
      killed: kind === 'kill',
      reason,
      publicReason,
      by,
      byName,
    });
  }

  async #say(command: RecallCommand): Promise<void> {
    await carryOut(this.journal, recall, command);
  }

  #head(entry: Entry, { site, releaseId }: { site: string; releaseId: string }, name: string) {
    const by = { actor: { kind: 'service' as const, id: 'releases' }, ...causedBy(entry) };
    return { id: `${site}/${releaseId}/${name}`, at: this.clock.now(), ...by, releaseId, site };
  }
}
