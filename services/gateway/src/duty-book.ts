import {
  nameOfAlarm,
  type AlarmRow,
  type DutyBookEntry,
  type DutyBookWhat,
  type HandoverRow,
  type IncidentRow,
  type ShiftRow,
} from '@tongsheng/contracts';

export type DutyRecord = {
  shifts: readonly ShiftRow[];
  handovers: readonly HandoverRow[];
  alarms: readonly AlarmRow[];
  incidents: readonly IncidentRow[];
};
export type Period = { from: string; to: string };

type Line = Omit<DutyBookEntry, 'at'> & { at: string | null | undefined };

/** The duty book of a period: what happened in it, in its order, out of all that is recorded. */
export function dutyBook(record: DutyRecord, { from, to }: Period): DutyBookEntry[] {
  const lines: Line[] = [
    ...record.shifts.flatMap(shiftLines),
    ...record.handovers.flatMap(handoverLines),
    ...record.alarms.flatMap(alarmLines),
    ...record.incidents.flatMap(incidentLines),
  ];
  return lines
    .filter((each): each is DutyBookEntry => typeof each.at === 'string' && from <= each.at && each.at < to)
    .sort((one, other) => (one.at === other.at ? 0 : one.at < other.at ? -1 : 1));
}

const siteOf = (site: string) => (site === '*' ? null : site);

function shiftLines({ site: of, name, substituteName, from, to }: ShiftRow): Line[] {
  const detail = substituteName ? `备班 ${substituteName}` : '';
  const line = { site: siteOf(of), title: name, detail, who: name };
  return [
    { ...line, at: from, what: 'shift_began' },
    { ...line, at: to, what: 'shift_ended' },
  ];
}

function handoverLines({ site: of, shift, next, notes, given, accepted, overdue, ...open }: HandoverRow): Line[] {
  const line = { site: siteOf(of), title: shift?.name ?? '' };
  const left = [
    notes,
    ...open.alarms.map(({ title }) => `未解除告警：${title}`),
    ...open.incidents.map(({ title }) => `处置中事件：${title}`),
  ].filter(Boolean);
  return [
    { ...line, at: given?.at, what: 'handed_over', detail: left.join('\n'), who: given?.byName ?? '' },
    { ...line, at: accepted?.at, what: 'taken_over', detail: accepted?.remark ?? '', who: accepted?.byName ?? '' },
    { ...line, at: overdue?.at, what: 'handover_overdue', detail: next?.name ?? '', who: '' },
  ];
}

function alarmLines({ about, site, raisedAt, told, gaps, acknowledged, closed, state }: AlarmRow): Line[] {
  const line = { site, title: nameOfAlarm(about) };
  const people = [...new Set(told.map(({ name }) => name))].join('、');
  if (about.kind === 'drill') {
    return [
      { ...line, at: raisedAt, what: 'drill_begun', detail: people, who: about.byName },
      { ...line, at: acknowledged?.at, what: 'drill_taken', detail: '', who: acknowledged?.byName ?? '' },
      { ...line, at: acknowledged ? null : closed?.at, what: 'drill_ended', detail: '', who: '' },
    ];
  }
  // When the ladder came to its end is when its last person was told, or the hole was met.
  const end = [...told, ...gaps].reduce((latest, { at }) => (at > latest ? at : latest), raisedAt);
  return [
    { ...line, at: raisedAt, what: 'alarm_raised', detail: people, who: '' },
    { ...line, at: acknowledged?.at, what: 'alarm_taken', detail: '', who: acknowledged?.byName ?? '' },
    { ...line, at: state === 'unanswered' ? end : null, what: 'alarm_unanswered', detail: people, who: '' },
    { ...line, at: closed?.at, what: 'alarm_closed', detail: '', who: '' },
  ];
}

const ofEntry: Record<IncidentRow['entries'][number]['entry'], DutyBookWhat> = {
  opened: 'incident_opened',
  noticed: 'incident_noted',
  done: 'incident_noted',
  correction: 'incident_noted',
  graded: 'incident_noted',
  reported: 'incident_reported',
  closed: 'incident_closed',
  reopened: 'incident_noted',
};

/** By when it was written down: the book says what duty did, the incident when it happened. */
function incidentLines({ site, title, entries, referrals }: IncidentRow): Line[] {
  const line = { site, title };
  return [
    ...entries.map(({ entry, text: detail, notedAt: at, byName: who }) => ({
      ...line,
      at,
      what: ofEntry[entry],
      detail,
      who,
    })),
    ...referrals.map(({ office, number, notedAt: at, byName: who }) => ({
      ...line,
      at,
      what: 'incident_referred' as const,
      detail: [office, number].filter(Boolean).join(' '),
      who,
    })),
  ];
}
