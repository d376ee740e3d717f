import type { AccessEvent, TimelineEntry } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What happened at the door: sign-ins, sign-outs and refusals, by time. */
export const audit = defineProjection({
  name: 'audit',
  version: 1,
  follows: ['access'],
  keyOf: (_: AccessEvent, { position }) => String(position),
  apply(_: TimelineEntry | null, event, { position, envelope }): TimelineEntry {
    const { type, ...facts } = event;
    return { position, at: envelope.time, type, actor: envelope.actor, facts };
  },
  sets: ({ position }) => ({ all: position }),
});
