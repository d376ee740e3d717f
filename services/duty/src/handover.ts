import { defineAggregate } from '@tongsheng/bus';
import { HandoverCommand, handoverGraceMs, HandoverEvent, Refusal } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

type Given = Extract<HandoverEvent, { type: 'handover.given' }>;

type Handover =
  | { status: 'new' | 'waived' }
  /** Nobody gave it. */
  | { status: 'missed' }
  | { status: 'given'; given: Given; isOverdue: boolean }
  | { status: 'accepted'; by: string; byName: string; at: string };

/**
 * The end of one shift: `new → given → accepted`, signed by both. What was not given, or not accepted, in time is a fact
 * of its own, once; it may be made good later.
 */
export const handover = defineAggregate({
  name: 'handover',
  commands: HandoverCommand,
  events: HandoverEvent,
  siteOf: ({ site }) => (site === '*' ? '_' : site),
  idOf: ({ handoverId }) => handoverId,
  opens: ['handover.give', 'handover.expect'],
  initial: { status: 'new' } as Handover,

  decide(command, handover): HandoverEvent[] {
    const { handoverId, site, at, actor } = command;
    const head = { handoverId, site };
    const said = { by: actor.id, byName: actor.name ?? actor.id };
    switch (command.type) {
      case 'handover.give': {
        const { shift, next, notes, alarms, incidents } = command;
        if (!shift) throw new Refusal('command_invalid', 'shift: the service says it, from the roster');
        if (handover.status === 'accepted') throw accepted(handoverId, handover);
        if (actor.id !== shift.personId && actor.id !== shift.substituteId)
          throw new Refusal('handover_not_yours', `the shift is ${shift.personId}’s`, { name: shift.name });
        const acceptBy = afterGrace(at > shift.to ? at : shift.to);
        return [
          {
            type: 'handover.given',
            ...head,
            shift,
            notes,
            alarms,
            incidents,
            next,
            acceptBy,
            ...said,
            givenAt: at,
          },
        ];
      }
      case 'handover.accept':
        if (handover.status === 'accepted') {
          if (handover.by === actor.id) return [];
          throw accepted(handoverId, handover);
        }
        if (handover.status !== 'given') throw new Refusal('handover_not_given', `${handoverId} was not handed over`);
        if (handover.given.by === actor.id)
          throw new Refusal('handover_own', `${actor.id} handed it over`, { name: handover.given.byName });
        return [{ type: 'handover.accepted', ...head, remark: command.remark, ...said, acceptedAt: at }];
      case 'handover.expect': {
        const { shift, next, waived } = command;
        if (handover.status === 'given') {
          if (handover.isOverdue || at < handover.given.acceptBy) return [];
          const { shift: ended, next: meant } = handover.given;
          const facts = { because: 'not_accepted' as const, shift: ended, next: meant, overdueAt: at };
          return [{ type: 'handover.overdue', ...head, ...facts }];
        }
        if (handover.status !== 'new') return [];
        if (waived) return [{ type: 'handover.waived', ...head, because: waived, waivedAt: at }];
        if (!shift || at < shift.to) return [];
        return [{ type: 'handover.overdue', ...head, because: 'not_given', shift, next, overdueAt: at }];
      }
    }
  },

  evolve(handover, event): Handover {
    switch (event.type) {
      case 'handover.given':
        return { status: 'given', given: event, isOverdue: false };
      case 'handover.accepted':
        return { status: 'accepted', by: event.by, byName: event.byName, at: event.acceptedAt };
      case 'handover.overdue':
        return handover.status === 'given' ? { ...handover, isOverdue: true } : { status: 'missed' };
      case 'handover.waived':
        return { status: 'waived' };
    }
  },
});

const accepted = (id: string, { byName, at }: { byName: string; at: string }) =>
  new Refusal('handover_accepted', `${id} was accepted by ${byName}`, { name: byName, at });

function afterGrace(instant: string): string {
  const later = DateTime.fromISO(instant, { zone: 'utc' }).plus({ milliseconds: handoverGraceMs }).toISO();
  if (later === null) throw new TypeError(`${instant} is no instant`);
  return later;
}
