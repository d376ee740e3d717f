import { z } from 'zod';
import { scope } from './duty.ts';
import { commandHead, instant, line, personId, siteId, token } from './words.ts';

/** A shift is handed over once, so that a handover has the shift's name. */
const key = { handoverId: token, site: scope };
const said = { by: personId, byName: line };
const person = z.object({ personId, name: line });

/** Whose shift it is, from when to when, as the roster has it. */
const shiftFacts = z.object({ ...person.shape, substituteId: personId.nullable(), from: instant, to: instant });

/** What is open when a shift ends, as the system lists it. */
const openThings = {
  alarms: z
    .array(z.object({ alarmId: token, site: siteId.nullable(), title: line, state: z.string().max(40) }))
    .max(200),
  incidents: z.array(z.object({ incidentId: token, site: siteId, title: line })).max(200),
};
const notes = z.string().trim().max(8_000);

/** Whoever was on duty signs what the next one has to know. */
const HandoverGiven = z.object({
  type: z.literal('handover.given'),
  ...key,
  shift: shiftFacts,
  notes,
  ...openThings,
  /** Who is on duty after it; null: a hole in the roster. */
  next: person.nullable(),
  acceptBy: instant,
  ...said,
  givenAt: instant,
});
/** The next one signs that all of it is known. */
const HandoverAccepted = z.object({
  type: z.literal('handover.accepted'),
  ...key,
  remark: z.string().trim().max(2_000),
  ...said,
  acceptedAt: instant,
});
/** A shift has ended and nobody handed it over, or nobody took it over. */
const HandoverOverdue = z.object({
  type: z.literal('handover.overdue'),
  ...key,
  because: z.enum(['not_given', 'not_accepted']),
  shift: shiftFacts,
  next: person.nullable(),
  overdueAt: instant,
});
/** Nothing is to be handed over: the same person goes on, the shift was cancelled, or it is long past. */
const HandoverWaived = z.object({
  type: z.literal('handover.waived'),
  ...key,
  because: z.enum(['same_person', 'cancelled', 'past']),
  waivedAt: instant,
});

export const HandoverEvent = z.discriminatedUnion('type', [
  HandoverGiven,
  HandoverAccepted,
  HandoverOverdue,
  HandoverWaived,
]);
export type HandoverEvent = z.infer<typeof HandoverEvent>;

const command = { ...commandHead, ...key };
/** What the roster says; set by the service. */
const roster = { shift: shiftFacts.optional(), next: person.nullable().default(null) };

export const HandoverCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('handover.give'),
    ...command,
    notes,
    ...roster,
    /** Listed by the gateway, and no client's word. */
    alarms: openThings.alarms.default([]),
    incidents: openThings.incidents.default([]),
  }),
  z.strictObject({ type: z.literal('handover.accept'), ...command, remark: HandoverAccepted.shape.remark.default('') }),
  /** By now it should have been given, or accepted. */
  z.strictObject({
    type: z.literal('handover.expect'),
    ...command,
    ...roster,
    waived: HandoverWaived.shape.because.optional(),
  }),
]);
export type HandoverCommand = z.infer<typeof HandoverCommand>;

/** How long after the end of a shift, or after it was given, a handover may take; in ms. */
export const handoverGraceMs = 15 * 60_000;

/** A handover as the duty book shows it. */
export const HandoverRow = z.object({
  ...key,
  state: z.enum(['given', 'accepted', 'overdue', 'waived']),
  shift: shiftFacts.nullable(),
  next: person.nullable(),
  notes: z.string(),
  ...openThings,
  given: z.object({ ...said, at: instant, acceptBy: instant }).nullable(),
  accepted: z.object({ ...said, at: instant, remark: z.string() }).nullable(),
  overdue: z.object({ because: HandoverOverdue.shape.because, at: instant }).nullable(),
});
export type HandoverRow = z.infer<typeof HandoverRow>;
