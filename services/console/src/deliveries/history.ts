import type { DeliveryDetail, DeliveryEvent } from '@tongsheng/contracts';

type Step = DeliveryDetail['steps'][number];
type Event<T extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: T }>;

export type Happening =
  /** `answered` is null while nobody knows how it ended; `ms` is how long that took. */
  | {
      kind: 'attempt';
      position: number;
      attempt: number;
      startedAt: string;
      answered: Event<'delivery.answered'> | null;
      ms: number | null;
    }
  | { kind: 'look'; position: number; event: Event<'delivery.probed' | 'delivery.watched' | 'delivery.lost'> }
  | { kind: 'other'; position: number; at: string; event: DeliveryEvent };

const isLook = (event: DeliveryEvent): event is Event<'delivery.probed' | 'delivery.watched' | 'delivery.lost'> =>
  event.type === 'delivery.probed' || event.type === 'delivery.watched' || event.type === 'delivery.lost';

/** What happened to a delivery, each attempt with its end beside its beginning. */
export function historyOf(steps: readonly Step[]): Happening[] {
  const told: Happening[] = [];
  for (const { position, at, event } of steps) {
    if (event.type === 'delivery.attempted') {
      const { attempt, startedAt } = event;
      told.push({ kind: 'attempt', position, attempt, startedAt, answered: null, ms: null });
    } else if (event.type === 'delivery.answered') {
      const begun = told.findLast((each) => each.kind === 'attempt' && each.attempt === event.attempt);
      if (begun?.kind !== 'attempt') continue;
      begun.answered = event;
      begun.ms = Date.parse(event.answeredAt) - Date.parse(begun.startedAt);
    } else if (isLook(event)) told.push({ kind: 'look', position, event });
    else told.push({ kind: 'other', position, at, event });
  }
  return told;
}

/** The looks at the channel since it was last sent: what a person who decides about it goes by. */
export function findingsOf(history: readonly Happening[]): Event<'delivery.probed'>[] {
  const last = history.findLastIndex(({ kind }) => kind === 'attempt');
  return history
    .slice(last + 1)
    .flatMap((each) => (each.kind === 'look' && each.event.type === 'delivery.probed' ? [each.event] : []));
}
