import { queryOptions } from '@tanstack/react-query';
import type { CalendarsView, CorrectionDetail, CorrectionFigures, CorrectionRow } from '@tongsheng/contracts';
import { read } from './client.ts';

export const corrections = () =>
  queryOptions({
    queryKey: ['corrections'],
    queryFn: ({ signal }) => read<{ rows: CorrectionRow[]; position: number }>('/api/corrections', signal),
  });

export const correction = (site: string, correctionId: string) =>
  queryOptions({
    queryKey: ['correction', `${site}/${correctionId}`],
    queryFn: ({ signal }) => readCorrection(site, correctionId, 0, signal),
  });

/** As of a position of the log: after a decision, the case as it was decided. */
export const readCorrection = (
  site: string,
  correctionId: string,
  atLeast: number,
  signal?: AbortSignal,
): Promise<CorrectionDetail> => read(`/api/corrections/${correctionId}?site=${site}&atLeast=${atLeast}`, signal);

export const correctionFigures = () =>
  queryOptions({
    queryKey: ['correction-figures'],
    queryFn: ({ signal }) => read<CorrectionFigures>('/api/corrections/figures', signal),
  });

export const calendars = () =>
  queryOptions({ queryKey: ['calendars'], queryFn: ({ signal }) => read<CalendarsView>('/api/calendars', signal) });
