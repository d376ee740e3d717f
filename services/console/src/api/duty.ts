import { queryOptions } from '@tanstack/react-query';
import type {
  AlarmMeansRow,
  AlarmRow,
  DutyBookEntry,
  DutyFigures,
  HandoverRow,
  DutyNow,
  DutyPerson,
  Forecast,
  IncidentRow,
  Ladder,
  ShiftRow,
} from '@tongsheng/contracts';
import { read } from './client.ts';
import type { Rows } from './views.ts';

export const alarmKey = ({ site, alarmId }: Pick<AlarmRow, 'site' | 'alarmId'>): string =>
  site === null ? alarmId : `${site}/${alarmId}`;

export const alarms = (show: 'open' | 'all') =>
  queryOptions({
    queryKey: ['alarms', show],
    queryFn: ({ signal }) => read<Rows<AlarmRow>>(`/api/alarms?show=${show}`, signal),
  });

/** Who is on duty changes with the hour, and nobody tells. */
export const dutyNow = () =>
  queryOptions({
    queryKey: ['duty-now'],
    queryFn: ({ signal }) => read<DutyNow>('/api/duty/now', signal),
    refetchInterval: 30_000,
  });

export const shifts = (from: string, to: string) =>
  queryOptions({
    queryKey: ['shifts', from, to],
    queryFn: ({ signal }) => read<{ rows: ShiftRow[] }>(`/api/duty/shifts?from=${from}&to=${to}`, signal),
    placeholderData: (before) => before,
  });

export const dutyPeople = () =>
  queryOptions({
    queryKey: ['duty-people'],
    queryFn: ({ signal }) => read<{ rows: DutyPerson[] }>('/api/duty/people', signal),
  });

export const ladders = () =>
  queryOptions({
    queryKey: ['ladders'],
    queryFn: ({ signal }) => read<{ rows: Ladder[] }>('/api/duty/ladders', signal),
  });

export const alarmMeans = () =>
  queryOptions({
    queryKey: ['alarm-means'],
    queryFn: ({ signal }) => read<{ rows: AlarmMeansRow[] }>('/api/duty/means', signal),
  });

export const forecast = () =>
  queryOptions({
    queryKey: ['forecast'],
    queryFn: ({ signal }) => read<Forecast>('/api/duty/forecast', signal),
    refetchInterval: 60_000,
  });

export const incidents = () =>
  queryOptions({
    queryKey: ['incidents'],
    queryFn: ({ signal }) => read<Rows<IncidentRow>>('/api/incidents', signal),
  });

export const incident = (site: string, incidentId: string) =>
  queryOptions({
    queryKey: ['incident', `${site}/${incidentId}`],
    queryFn: ({ signal }) => readIncident(site, incidentId, 0, signal),
  });

/** As it is once the log has been read that far. */
export const readIncident = (
  site: string,
  incidentId: string,
  atLeast: number,
  signal?: AbortSignal,
): Promise<IncidentRow> => read(`/api/incidents/${incidentId}?site=${site}&atLeast=${atLeast}`, signal);

type Period = { from: string; to: string };

/** One's own shift that runs or has just ended, and what nobody has accepted yet. The hour changes it, and nobody tells. */
export const handovers = () =>
  queryOptions({
    queryKey: ['handovers'],
    queryFn: ({ signal }) =>
      read<{
        mine: { handoverId: string; site: string; from: string; to: string; isGiven: boolean }[];
        waiting: HandoverRow[];
        open: { alarms: number; incidents: number };
      }>('/api/duty/handovers', signal),
    refetchInterval: 60_000,
  });

export const dutyBook = (period: Period) =>
  queryOptions({
    queryKey: ['duty-book', period.from, period.to],
    queryFn: ({ signal }) => read<{ rows: DutyBookEntry[] }>(`/api/duty/book?${new URLSearchParams(period)}`, signal),
    refetchInterval: 60_000,
  });

export const dutyFigures = (period: Period) =>
  queryOptions({
    queryKey: ['duty-figures', period.from, period.to],
    queryFn: ({ signal }) => read<DutyFigures>(`/api/duty/figures?${new URLSearchParams(period)}`, signal),
  });
