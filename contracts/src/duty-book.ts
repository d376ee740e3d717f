import { z } from 'zod';
import { occasion } from './duty.ts';
import { instant, line, siteId, token } from './words.ts';

/** What stands in the duty book. A drill is never an alarm there. */
export const dutyBookWhat = z.enum([
  'shift_began',
  'shift_ended',
  'handed_over',
  'taken_over',
  'handover_overdue',
  'alarm_raised',
  'alarm_taken',
  'alarm_unanswered',
  'alarm_closed',
  'drill_begun',
  'drill_taken',
  'drill_ended',
  'incident_opened',
  'incident_noted',
  'incident_reported',
  'incident_referred',
  'incident_closed',
]);
export type DutyBookWhat = z.infer<typeof dutyBookWhat>;

/** One line of the duty book: what happened when, to what, by whom. */
export const DutyBookEntry = z.object({
  at: instant,
  /** Null: all sites. */
  site: siteId.nullable(),
  what: dutyBookWhat,
  title: z.string(),
  detail: z.string(),
  who: z.string(),
});
export type DutyBookEntry = z.infer<typeof DutyBookEntry>;

/** How long it took, in ms; null where nothing was counted. */
const times = { n: z.int(), medianMs: z.number().nullable(), p90Ms: z.number().nullable() };

/** Times to acknowledge and to close of a period, by whoever answered and by what it was about. Drills stand apart. */
export const DutyFigures = z.object({
  from: instant,
  to: instant,
  alarms: z.object({
    raised: z.int(),
    /** Over before anybody took it: its cause had gone. */
    endedAlone: z.int(),
    /** The ladder came to its end. */
    unanswered: z.int(),
    taken: z.object(times),
    closed: z.object(times),
  }),
  byPerson: z.array(z.object({ name: line, ...times })),
  byKind: z.array(z.object({ kind: z.string(), raised: z.int(), ...times })),
  incidents: z.object({
    opened: z.int(),
    reportedInTime: z.int(),
    reportedLate: z.int(),
    unreported: z.int(),
    reported: z.object(times),
    closed: z.object(times),
  }),
  handovers: z.object({ accepted: z.int(), overdue: z.int(), waiting: z.int() }),
  drills: z.array(
    z.object({
      drillId: token,
      site: siteId.nullable(),
      on: occasion,
      scenario: line,
      byName: line,
      at: instant,
      takenBy: line.nullable(),
      tookMs: z.number().nullable(),
      /** How many people were called before somebody came. */
      called: z.int(),
    }),
  ),
});
export type DutyFigures = z.infer<typeof DutyFigures>;
