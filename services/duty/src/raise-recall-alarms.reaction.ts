import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { RecallEvent } from '@tongsheng/contracts';
import { Alarming, alarmIdOf } from './alarming.ts';

/**
 * When a place is not corrected or cleared by itself, or one signer has killed a release, then an alarm; when it is done
 * with, taken over by a later round, or looked at by a second person, its end.
 */
@Controller()
export class RaiseRecallAlarms {
  constructor(
    private readonly journal: Journal,
    private readonly alarming: Alarming,
  ) {}

  @Reaction('recall', 'raise-recall-alarms')
  async onRecall(@Payload() entry: Entry<RecallEvent>): Promise<void> {
    for (const event of entry.events) {
      switch (event.type) {
        case 'recall.target_failed':
          await this.#failed(entry, event);
          break;
        case 'recall.target_settled':
          await this.alarming.close(entry, keyOf(event, event.targetId), 'mended');
          break;
        case 'recall.superseded':
          for (const targetId of await this.#placesOf(event))
            await this.alarming.close(entry, keyOf(event, targetId), 'mended');
          break;
        case 'recall.decided': {
          if (event.kind !== 'kill') break;
          const { releaseId, round, title, byName, reason, decidedAt: since } = event;
          const detail = `${byName}：${reason}`.slice(0, 500);
          const about = { releaseId, round, title, because: 'countersign' as const, target: null, detail, since };
          await this.alarming.raise(entry, keyOf(event, 'countersign'), { kind: 'recall', ...about });
          break;
        }
        case 'recall.countersigned':
          await this.alarming.close(entry, keyOf(event, 'countersign'), 'mended');
          break;
        case 'recall.proposed':
        case 'recall.dropped':
        case 'recall.erased':
        case 'recall.target_told':
      }
    }
  }

  async #failed(entry: Entry, event: Extract<RecallEvent, { type: 'recall.target_failed' }>): Promise<void> {
    const { releaseId, round, targetId, detail, failedAt: since } = event;
    const events = await this.#eventsOf(event);
    // What has been mended meanwhile wakes nobody.
    const isOver = events.some(
      (each) =>
        (each.type === 'recall.target_settled' && each.round === round && each.targetId === targetId) ||
        (each.type === 'recall.superseded' && each.round === round),
    );
    const decided = events.find((each) => each.type === 'recall.decided' && each.round === round);
    if (isOver || decided?.type !== 'recall.decided') return;
    const target = decided.targets.find((each) => each.targetId === targetId)?.name ?? null;
    const facts = { releaseId, round, title: decided.title, because: 'failed' as const, target };
    const about = { kind: 'recall' as const, ...facts, detail: detail.slice(0, 500), since };
    await this.alarming.raise(entry, keyOf(event, targetId), about);
  }

  async #placesOf(event: RecallEvent): Promise<string[]> {
    const events = await this.#eventsOf(event);
    return events.flatMap((each) =>
      each.type === 'recall.target_failed' && each.round === event.round ? [each.targetId] : [],
    );
  }

  async #eventsOf({ site, releaseId: id }: RecallEvent): Promise<RecallEvent[]> {
    return (await this.journal.read({ aggregate: 'recall', site, id })).events as RecallEvent[];
  }
}

const keyOf = ({ site, releaseId, round }: RecallEvent, what: string) => ({
  alarmId: alarmIdOf('recall', site, releaseId, round, what),
  site,
});
