import { z } from 'zod';
import { account } from './balance.ts';
import { changeSecrets, secret } from './channel.ts';
import { warningShare } from './repost.ts';
import { commandHead, duration, instant, line, personId, siteId, sourceId, token, urgency } from './words.ts';

/** One site, or all of them. */
export const scope = z.union([siteId, z.literal('*')]);

/** Who answers for a site from one instant to another, and who does when that person does not. */
export const shift = z.object({
  shiftId: token,
  site: scope,
  personId,
  substituteId: personId.nullable().default(null),
  from: instant,
  to: instant,
  cancelled: z.boolean().default(false),
});
export type Shift = z.infer<typeof shift>;

/** @see shift */
export function mustBeAShift({ personId: person, substituteId, from, to }: Shift, context: z.RefinementCtx): void {
  if (from >= to) context.addIssue({ code: 'custom', path: ['to'], message: 'ends before it begins' });
  if (person === substituteId)
    context.addIssue({ code: 'custom', path: ['substituteId'], message: 'is the person who is to be replaced' });
}

/**
 * What people are alarmed about: a share of a task's, a rumor's, an answer's or a full review's time is gone, a source has been unreadable for hours, what a channel
 * had shown is gone, a platform does not let us in or gives no good answer, the public reads something of ours that it must not, what is to go out together
 * is not ready for its moment, an incident waits to be reported, a shift was not handed over, or nobody has entered the holidays of a year that limits
 * run over.
 */
export const occasion = z.enum([
  'share_50',
  'share_75',
  'share_90',
  'share_100',
  'source',
  'delivery_lost',
  'credential',
  'page',
  'linked',
  'incident',
  'calendar',
  'handover',
]);
export type Occasion = z.infer<typeof occasion>;

/** A ladder of before there was such an occasion is climbed as for another: nobody is told of nothing. */
export const occasionInstead: Partial<Record<Occasion, Occasion>> = {
  delivery_lost: 'share_100',
  credential: 'source',
  page: 'share_100',
  linked: 'share_100',
  incident: 'share_100',
  calendar: 'share_100',
  handover: 'source',
};

/** `console`: the alarm itself, live on every screen of the person. */
export const means = z.enum(['console', 'email', 'webhook', 'sms', 'wecom', 'dingtalk', 'feishu']);
export type Means = z.infer<typeof means>;

/** Roles are looked up at the moment of telling, so that a ladder needs no change when the roster does. */
export const whom = z.union([
  z.enum(['duty', 'substitute', 'editors', 'managers']),
  z.object({ personId, name: line.optional() }),
]);
export type Whom = z.infer<typeof whom>;

const patience = duration.refine((value) => !/^P(?:0\D|T0\D)+$/.test(value), 'is no time at all');

/** Whom to tell, by what, and how long to wait for somebody to take it before the next step is told. */
export const ladderStep = z.object({ whom, by: z.array(means).min(1), within: patience });
export type LadderStep = z.infer<typeof ladderStep>;

/** Who is told of what, in which order. A site's own ladder stands instead of the one for all sites. */
export const ladder = z.object({
  site: scope,
  name: line,
  steps: z.array(z.object({ on: occasion, ...ladderStep.shape })).max(50),
});
export type Ladder = z.infer<typeof ladder>;

/** How a person is reached outside the console. */
export const contact = z.object({
  personId,
  phone: z.string().trim().max(40).nullable().default(null),
  email: z.email().nullable().default(null),
  /** By Standard Webhooks 1.0.0; the secret is `whsec_` and base64. */
  webhook: z
    .strictObject({ url: z.url(), secret: secret(z.string().startsWith('whsec_')) })
    .nullable()
    .default(null),
});
export type Contact = z.infer<typeof contact>;

/** Whose secrets they are, under which they are sealed. */
export const contactOwnerOf = ({ personId: id }: Pick<Contact, 'personId'>): string => `contact/${id}`;

/** The same with every secret in it changed; `path` names the field. */
export const withContactSecrets = (of: Contact, change: (value: string, path: string) => string): Contact =>
  changeSecrets(contact, of, change);

/** A shift, as it stands from now on; the log keeps who had it before. */
export const ShiftRegistered = z.object({ type: z.literal('shift.registered'), ...shift.shape });
/** A ladder, as it is climbed from now on; alarms that were raised keep the steps they were born with. */
export const LadderRegistered = z.object({ type: z.literal('ladder.registered'), ...ladder.shape });
/** How a person is reached from now on. */
export const ContactRegistered = z.object({ type: z.literal('contact.registered'), ...contact.shape });
export type ShiftRegistered = z.infer<typeof ShiftRegistered>;
export type LadderRegistered = z.infer<typeof LadderRegistered>;
export type ContactRegistered = z.infer<typeof ContactRegistered>;

/** A ladder's name in the log: one a site, and one for all. */
export const ladderIdOf = ({ site }: Pick<Ladder, 'site'>): string => (site === '*' ? '_' : site);

/**
 * The shifts that answer for a site at an instant: its own, else those for all sites. Without a site (a source serves
 * many) those for all sites, else everybody who is on duty.
 */
export function onDuty<S extends Shift>(shifts: readonly S[], site: string | null, at: string): S[] {
  const running = shifts.filter(({ cancelled, from, to }) => !cancelled && from <= at && at < to);
  const own = running.filter((each) => each.site === (site ?? '*'));
  if (own.length > 0) return own;
  return site === null ? running : running.filter((each) => each.site === '*');
}

/** Where nobody is on duty for a site within a period, from the first hole to the last. */
export function holes(
  shifts: readonly Shift[],
  site: string,
  period: { from: string; to: string },
): { from: string; to: string }[] {
  const found: { from: string; to: string }[] = [];
  let covered = period.from;
  const serving = shifts
    .filter((each) => !each.cancelled && (each.site === site || each.site === '*'))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
  for (const { from, to } of serving) {
    if (to <= covered || from >= period.to) continue;
    if (from > covered) found.push({ from: covered, to: from });
    covered = to;
  }
  if (covered < period.to) found.push({ from: covered, to: period.to });
  return found;
}

/** Somebody pretends to be us; somebody got in or changed a page; we can't be reached; what is not public got out; anything else. */
export const incidentKind = z.enum(['fake_site', 'attack', 'outage', 'leak', 'other']);
export type IncidentKind = z.infer<typeof incidentKind>;

/** 一般、较大、重大、特别重大. From `major` on, people are alarmed at once. */
export const incidentSeverity = z.enum(['ordinary', 'serious', 'major', 'extreme']);
export type IncidentSeverity = z.infer<typeof incidentSeverity>;

/** What an alarm is about, as it stood when it was raised. */
export const alarmSubject = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('task'),
    taskId: token,
    share: warningShare,
    title: line,
    sourceName: line,
    startsAt: instant,
    dueAt: instant,
  }),
  z.object({
    kind: z.literal('source'),
    sourceId,
    name: line,
    detector: z.url().nullable(),
    code: z.string().max(64),
    failingSince: instant,
    hours: z.int().min(1),
  }),
  /** What a channel had shown is gone, or was taken down; nobody but a person can find out whether it arrived; a rebuttal did not get through. */
  z.object({
    kind: z.literal('delivery'),
    deliveryId: token,
    releaseId: token,
    title: line,
    channelName: line,
    because: z.enum(['gone', 'banned', 'bounced', 'unknown', 'failed']),
    detail: z.string().max(500),
    lostAt: instant,
  }),
  /** A share of the time from the clue of a rumor to its rebuttal is gone. */
  z.object({
    kind: z.literal('rumor'),
    rumorCaseId: token,
    share: warningShare,
    claim: line,
    startsAt: instant,
    dueAt: instant,
  }),
  /** A share of the time to answer a netizen is gone. */
  z.object({
    kind: z.literal('correction'),
    correctionId: token,
    share: warningShare,
    title: line,
    startsAt: instant,
    dueAt: instant,
  }),
  /** So many days are left until a yearly table has to be public; 0: its last one is over. */
  z.object({ kind: z.literal('report'), reportId: token, days: z.int().min(0), title: line, dueAt: instant }),
  /** Working days of a year are counted whose holidays nobody has entered; until then only weekends are left out. */
  z.object({ kind: z.literal('calendar'), year: z.int(), since: instant }),
  /** A share of the quarter is gone, or all of it, and its inspection is not public. */
  z.object({
    kind: z.literal('inspection'),
    inspectionId: token,
    share: warningShare,
    startsAt: instant,
    dueAt: instant,
  }),
  /** A share of the time to answer an offer, or a counter-proposal, is gone. */
  z.object({
    kind: z.literal('submission'),
    submissionId: token,
    /** The site that offered it. */
    from: siteId,
    share: warningShare,
    title: line,
    /** Whose answer is waited for, by name; null: the offering site's own. */
    waitsFor: line.nullable(),
    startsAt: instant,
    dueAt: instant,
  }),
  /** A share of the time in which an urgent signature must be followed by the full review is gone. */
  z.object({
    kind: z.literal('review_debt'),
    releaseId: token,
    share: warningShare,
    title: line,
    startsAt: instant,
    dueAt: instant,
  }),
  /** Most of the time to hand something over by hand is gone, or all of it. */
  z.object({
    kind: z.literal('assignment'),
    deliveryId: token,
    releaseId: token,
    title: line,
    channelName: line,
    share: warningShare,
    startsAt: instant,
    dueAt: instant,
  }),
  /** A platform does not let us in, and nothing is pushed there until somebody has done something. */
  z.object({
    kind: z.literal('credential'),
    credentialId: token,
    channelId: token,
    channelName: line,
    detail: z.string().max(500),
    failedAt: instant,
  }),
  /** A channel gives no good answer, and something waits there. */
  z.object({
    kind: z.literal('stoppage'),
    channelId: token,
    channelName: line,
    urgency,
    waiting: z.int().min(1),
    detail: z.string().max(500),
    since: instant,
  }),
  /** What was taken in by a source, a site or a channel is not where it must be: it got lost, or is there twice. */
  z.object({
    kind: z.literal('balance'),
    account: account.shape.kind,
    accountId: token,
    name: line,
    /** How many are missing; and of how many there is one too many. */
    missing: z.int().min(0),
    doubled: z.int().min(0),
    /** The first few, by name. */
    titles: z.array(line).max(5),
    since: instant,
  }),
  /** What was taken down can be read again, or something else stands in a page of ours. */
  z.object({
    kind: z.literal('page'),
    taskId: token,
    title: line,
    drift: z.enum(['reappeared', 'replaced']),
    url: z.url(),
    detail: z.string().max(500),
    driftedAt: instant,
  }),
  /** A place that should have been corrected or cleared is not by itself; or one signer killed a release and a second one has not looked yet. */
  z.object({
    kind: z.literal('recall'),
    releaseId: token,
    round: z.int().min(1),
    title: line,
    because: z.enum(['failed', 'countersign']),
    target: line.nullable(),
    detail: z.string().max(500),
    since: instant,
  }),
  /** What is to go out together is not ready shortly before its moment, or did not go out at it. */
  z.object({
    kind: z.literal('linked'),
    linkedId: token,
    title: line,
    t0: instant,
    /** Minutes before T0; null: T0 went by without it. */
    minutes: z.int().min(1).nullable(),
    /** `no_interpretation`: a policy would go alone. `part_unsigned`, `not_ready`: what must not be missing is. */
    because: z.enum(['not_ready', 'part_unsigned', 'no_interpretation']),
    /** What is missing, in words, the first few; and how many in all. */
    missing: z.array(line).max(10),
    count: z.int().min(0),
  }),
  /** An incident that is grave; or a share of the time to its first report is gone. */
  z.object({
    kind: z.literal('incident'),
    incidentId: token,
    incident: incidentKind,
    severity: incidentSeverity,
    title: line,
    /** Null: it is grave, whatever time is left. */
    share: warningShare.nullable(),
    startsAt: instant,
    dueAt: instant,
  }),
  /** A shift has ended, and nobody handed it over, or nobody took it over. */
  z.object({
    kind: z.literal('handover'),
    handoverId: token,
    because: z.enum(['not_given', 'not_accepted']),
    /** Whose shift it was, and whose comes after it. */
    name: line,
    nextName: line.nullable(),
    endedAt: instant,
  }),
  /** Nothing is wrong: somebody tries out whether the ladder for such an occasion works. */
  z.object({
    kind: z.literal('drill'),
    drillId: token,
    on: occasion,
    scenario: line,
    by: personId,
    byName: line,
    startedAt: instant,
  }),
]);
export type AlarmSubject = z.infer<typeof alarmSubject>;

/** What an alarm is about, by its name. */
export function nameOfAlarm(about: AlarmSubject): string {
  switch (about.kind) {
    case 'task':
    case 'delivery':
    case 'assignment':
    case 'page':
    case 'recall':
    case 'submission':
    case 'review_debt':
    case 'linked':
    case 'incident':
    case 'report':
    case 'correction':
      return about.title;
    case 'handover':
      return about.name;
    case 'drill':
      return about.scenario;
    case 'inspection':
      return about.inspectionId;
    case 'calendar':
      return `${about.year} 年放假安排`;
    case 'rumor':
      return about.claim;
    case 'source':
    case 'balance':
      return about.name;
    case 'credential':
    case 'stoppage':
      return about.channelName;
  }
}

const reached = z.object({ personId, name: line });
export type Reached = z.infer<typeof reached>;

/** One step being told: everyone in it at the same moment, and until when one of them is waited for. */
export const alarmCall = z.object({
  step: z.int().min(0),
  people: z.array(z.object({ ...reached.shape, by: means })).min(1),
  answerBy: instant,
});
export type AlarmCall = z.infer<typeof alarmCall>;

/** Steps that were passed over because they meant nobody at that moment: a hole in the roster, which must be seen. */
const gaps = z.array(z.object({ step: z.int().min(0), whom }));

const alarmKey = { alarmId: token, site: siteId.nullable() };

/** Somebody must act, and the first step of the ladder is being told. Without a call the ladder meant nobody at all. */
const AlarmRaised = z.object({
  type: z.literal('alarm.raised'),
  ...alarmKey,
  about: alarmSubject,
  steps: z.array(ladderStep).min(1),
  call: alarmCall.nullable(),
  gaps,
  raisedAt: instant,
});
/** Somebody is about to be told by a means that can't tell a second copy: what this does not end is never sent again. */
const AlarmTelling = z.object({
  type: z.literal('alarm.telling'),
  ...alarmKey,
  step: z.int().min(0),
  personId,
  by: means,
  tellingAt: instant,
});
export const tellingOutcome = z.enum(['confirmed', 'failed', 'unknown']);
/** What became of telling one person by one means outside the console. */
const AlarmTold = z.object({
  type: z.literal('alarm.told'),
  ...alarmKey,
  step: z.int().min(0),
  personId,
  by: means,
  outcome: tellingOutcome,
  detail: z.string().max(500),
  toldAt: instant,
});
/** Nobody took it in time: the next step is being told. */
const AlarmPassedOn = z.object({
  type: z.literal('alarm.passed_on'),
  ...alarmKey,
  call: alarmCall,
  gaps,
  passedOnAt: instant,
});
/** The ladder has come to its end, and nobody has taken it. It stays open. */
const AlarmUnanswered = z.object({ type: z.literal('alarm.unanswered'), ...alarmKey, gaps, unansweredAt: instant });
/** Somebody took it: nobody else is told. */
const AlarmAcknowledged = z.object({
  type: z.literal('alarm.acknowledged'),
  ...alarmKey,
  by: personId,
  byName: line,
  acknowledgedAt: instant,
});
/** `reviewed`: the full review is done, or found a fault. `reported`: the incident was. `drilled`: it was an exercise. `superseded`: more of the time is gone, and a newer alarm speaks of the same. `lifted`: the source has again what it took back. */
export const closeReason = z.enum([
  'published',
  'exempted',
  'merged',
  'recovered',
  'paused',
  'superseded',
  'withdrawn',
  'lifted',
  'redriven',
  'mended',
  'answered',
  'reviewed',
  'reported',
  'drilled',
]);
/** What it was about is over. */
const AlarmClosed = z.object({
  type: z.literal('alarm.closed'),
  ...alarmKey,
  because: closeReason,
  closedAt: instant,
});

export const AlarmEvent = z.discriminatedUnion('type', [
  AlarmRaised,
  AlarmTelling,
  AlarmTold,
  AlarmPassedOn,
  AlarmUnanswered,
  AlarmAcknowledged,
  AlarmClosed,
]);
export type AlarmEvent = z.infer<typeof AlarmEvent>;

const command = { ...commandHead, ...alarmKey };
/** Whom each step of the ladder means at this moment, in the order of its steps. */
const roster = z.array(z.array(reached));

export const AlarmCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alarm.raise'),
    ...command,
    about: alarmSubject,
    steps: z.array(ladderStep).min(1),
    roster,
  }),
  z.strictObject({ type: z.literal('alarm.begin_telling'), ...command, step: z.int().min(0), personId, by: means }),
  z.strictObject({
    type: z.literal('alarm.record_told'),
    ...command,
    step: z.int().min(0),
    personId,
    by: means,
    outcome: tellingOutcome,
    detail: z.string().max(500),
  }),
  /** `step` is the one that was waited for; when it is no longer that one, somebody was faster. */
  z.strictObject({ type: z.literal('alarm.pass_on'), ...command, step: z.int().min(0), roster }),
  z.strictObject({ type: z.literal('alarm.acknowledge'), ...command }),
  z.strictObject({ type: z.literal('alarm.close'), ...command, because: closeReason }),
]);
export type AlarmCommand = z.infer<typeof AlarmCommand>;

/** An exercise: an alarm by the real ladder of a site, marked as one wherever it is told. The service says whom it calls. */
export const DrillCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('drill.begin'),
    ...commandHead,
    drillId: token,
    site: siteId,
    on: occasion,
    scenario: line,
  }),
  /** It is broken off; one that somebody took is over by that. */
  z.strictObject({ type: z.literal('drill.end'), ...commandHead, drillId: token, site: siteId }),
]);
export type DrillCommand = z.infer<typeof DrillCommand>;

/** The alarm of a drill. */
export const drillAlarmId = (drillId: string): string => `drill-${drillId}`.slice(0, 64);

export const alarmState = z.enum(['calling', 'unanswered', 'acknowledged', 'closed']);

/** An alarm as the duty board shows it: what, who was told when and by what, who is next. */
export const AlarmRow = z.object({
  ...alarmKey,
  about: alarmSubject,
  state: alarmState,
  raisedAt: instant,
  steps: z.array(ladderStep),
  /** The step being told, and until when one of its people is waited for. */
  step: z.int().nullable(),
  answerBy: instant.nullable(),
  told: z.array(
    z.object({
      ...reached.shape,
      step: z.int(),
      by: means,
      at: instant,
      /** `sending` until the means has said what became of it; `spared` when somebody took it before. */
      outcome: z.enum(['shown', 'sending', 'spared', ...tellingOutcome.options]),
      detail: z.string(),
    }),
  ),
  gaps: z.array(z.object({ step: z.int(), whom, at: instant })),
  acknowledged: z.object({ by: personId, byName: line, at: instant }).nullable(),
  closed: z.object({ because: closeReason, at: instant }).nullable(),
});
export type AlarmRow = z.infer<typeof AlarmRow>;

/** A shift with the names that people read. */
export const ShiftRow = z.object({ ...shift.shape, name: line, substituteName: line.nullable() });
export type ShiftRow = z.infer<typeof ShiftRow>;

/** Somebody who may be put on the roster, and by what they can be reached; never the secret of a webhook. */
export const DutyPerson = z.object({
  personId,
  name: line,
  roles: z.array(z.string()),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  webhook: z.string().nullable(),
});
export type DutyPerson = z.infer<typeof DutyPerson>;

/** Who answers at this moment, for each site. An empty list is a hole in the roster. */
export const DutyNow = z.object({
  serverTime: instant,
  sites: z.array(
    z.object({
      site: siteId,
      people: z.array(
        z.object({
          ...reached.shape,
          phone: z.string().nullable(),
          until: instant,
          substitute: z.object({ ...reached.shape, phone: z.string().nullable() }).nullable(),
        }),
      ),
    }),
  ),
  /** Without a ladder nobody is told of anything. */
  hasLadder: z.boolean(),
});
export type DutyNow = z.infer<typeof DutyNow>;

/** Which sites; all of them where none is named. */
export const ForecastQuery = z.strictObject({ at: instant, sites: z.array(siteId).optional() });
export type ForecastQuery = z.infer<typeof ForecastQuery>;

/** What of the open tasks will be late within a day if people go on deciding as they have. */
export const Forecast = z.object({
  asOf: instant,
  /** `hourly`: by hour of the day. `even`: under a week is known, so every hour counts the same. `none`: nothing is. */
  basis: z.enum(['hourly', 'even', 'none']),
  /** Days that the pace was taken from. */
  days: z.number(),
  open: z.int(),
  overdue: z.int(),
  /** The full hour after which the first will be late, and how many until the end of the day that is looked at. */
  after: instant.nullable(),
  late: z.int(),
  hours: z.array(z.object({ from: instant, decisions: z.number(), due: z.int(), late: z.int() })),
  tasks: z.array(
    z.object({
      taskId: token,
      site: siteId,
      title: line,
      sourceName: line,
      dueAt: instant,
      expectedAt: instant.nullable(),
    }),
  ),
});
export type Forecast = z.infer<typeof Forecast>;
