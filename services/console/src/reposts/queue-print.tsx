import type { RepostRow } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { useSiteName } from '../api/site-names.ts';
import { useMe } from '../session.ts';
import { clockState, minute, serverNow, span } from '../time.ts';
import { useWords } from '../words/index.ts';
import { viewWords, type Asked } from './asked.ts';
import { useActive } from './condition-words.ts';

/** As many as a person can hold in the hand. */
export const mostPrinted = 2_000;

/** The queue on paper: all rows that were read, not those that the window shows; it says whether that is all. */
export function QueueSheet(props: {
  asked: Asked;
  /** In their order. */
  rows: () => RepostRow[];
  /** Of what was asked for; null: nobody counted. */
  total: number | null;
  isWhole: boolean;
}): ReactElement | null {
  const { asked } = props;
  const t = useWords();
  const me = useMe();
  const siteName = useSiteName();
  const active = useActive(asked.view, asked.filter);
  const [printed, setPrinted] = useState<RepostRow[] | null>(null);
  useEffect(() => {
    // The page is laid out for paper as soon as this returns.
    const begin = () => flushSync(() => setPrinted(props.rows().slice(0, mostPrinted)));
    const end = () => setPrinted(null);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  });
  if (!printed) return null;
  const now = serverNow();
  const stateOf = ({ state, startsAt, dueAt }: RepostRow) =>
    state === 'queued' ? t(`clock.${clockState(Date.parse(startsAt), Date.parse(dueAt), now)}`) : t(`state.${state}`);
  const leftOf = ({ state, dueAt }: RepostRow) => {
    const left = Date.parse(dueAt) - now;
    return state === 'queued' ? `${t(left < 0 ? 'clock.over' : 'clock.left')}${span(left)}` : '';
  };
  const extent = () => {
    if (printed.length === mostPrinted) return t('queue.sheet.most', { n: mostPrinted });
    if (props.isWhole) return t('queue.sheet.all', { n: printed.length });
    const total = props.total ?? t('queue.atLeast', { n: printed.length });
    return t('queue.sheet.part', { total, n: printed.length });
  };
  return (
    <div className="queue-sheet" data-testid="queue-sheet">
      <p>
        <strong>{t(viewWords[asked.view])}</strong>
        {' · '}
        {active.length > 0 ? active.map(({ says }) => says).join('；') : t('queue.sheet.noFilter')}
        {' · '}
        {extent()}
      </p>
      <p>{t('queue.sheet.by', { name: me.name, time: minute(now) })}</p>
      <table className="table">
        <thead>
          <tr>
            <th>{t('queue.sheet.left')}</th>
            <th>{t('queue.sheet.due')}</th>
            <th>{t('queue.sheet.title')}</th>
            <th>{t('queue.by.site')}</th>
            <th>{t('queue.by.source')}</th>
            <th>{t('queue.by.column')}</th>
            <th>{t('queue.sheet.number')}</th>
            <th>{t('queue.sheet.state')}</th>
          </tr>
        </thead>
        <tbody>
          {printed.map((row) => (
            <tr key={`${row.site}/${row.taskId}`}>
              <td>{leftOf(row)}</td>
              <td>{minute(row.dueAt)}</td>
              <td>{row.title}</td>
              <td>{siteName(row.site)}</td>
              <td>{row.sourceName}</td>
              <td>{row.column}</td>
              <td>{row.documentNumber ?? ''}</td>
              <td>{stateOf(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
