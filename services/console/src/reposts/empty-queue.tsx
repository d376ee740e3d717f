import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { closedKeptDays } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import * as views from '../api/views.ts';
import { Empty } from '../parts/states.tsx';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { conditionNames, type Asked } from './asked.ts';

/** An empty queue proves nothing unless the sources are well. */
export function EmptyQueue({ asked }: { asked: Asked }): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.sources());
  const { view, filter } = asked;
  if (conditionNames.some((name) => filter[name] !== undefined)) return <NoneFound asked={asked} />;
  if (view === 'review') return <Empty title={t('queue.emptyReview')} />;
  if (view === 'waiting_exemption') return <Empty title={t('queue.emptyWaiting')} />;
  if (view === 'drifted') return <Empty title={t('queue.emptyDrifted')} />;
  if (view === 'closed')
    return (
      <Empty title={t('queue.emptyClosed', { days: closedKeptDays })}>
        <p className="empty-text">{t('queue.closedOlder')}</p>
      </Empty>
    );
  const rows = data?.rows ?? [];
  const bad = rows.filter(({ troubles }) => troubles.length > 0).length;
  const last = rows.map(({ lastItemAt }) => lastItemAt ?? '').reduce((one, other) => (one > other ? one : other), '');
  return (
    <Empty title={t('queue.empty')}>
      {data && (
        <p>
          {bad > 0
            ? t('queue.emptyTrouble', { bad })
            : last
              ? t('queue.emptyHealthy', { n: rows.length, time: short(last) })
              : t('queue.emptyNever', { n: rows.length })}{' '}
          <Link to="/sources">{t('queue.seeSources')}</Link>
        </p>
      )}
    </Empty>
  );
}

/** Nothing meets the conditions; what there is without them. */
function NoneFound({ asked }: { asked: Asked }): ReactElement {
  const t = useWords();
  const { turn } = asked.filter;
  const { data } = useQuery(views.queueFigures({ ...asked, filter: turn ? { turn } : {} }));
  const without = data?.total ?? 0;
  return <Empty title={t('queue.noneFound')}>{without > 0 && <p>{t('queue.noneFoundHint', { n: without })}</p>}</Empty>;
}

export function SourcesLine(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(views.sources());
  if (!data) return null;
  const good = data.rows.filter(({ troubles }) => troubles.length === 0).length;
  return (
    <Link to="/sources" className={good === data.rows.length ? 'sources-line' : 'sources-line sources-bad'}>
      {t('nav.sources')} {good}/{data.rows.length}
    </Link>
  );
}
