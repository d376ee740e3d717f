import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { queueViews } from '@tongsheng/contracts';
import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import { mergeQueue } from '../api/merge.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { askedIn, filterOf, inOrder, viewWords, type Asked } from './asked.ts';
import { SourcesLine } from './empty-queue.tsx';
import { useLastQueue } from './last-queue.ts';
import { QueueFilterBar } from './queue-filter.tsx';
import { QueueWork } from './queue-work.tsx';

/** The queue of repost tasks, as its address asks for it, most urgent first unless it says otherwise. */
export function QueuePage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const usual = hasRole(me, 'editor', 'manager', 'duty', 'admin') ? 'open' : 'review';
  const search = useSearch({ from: '/reposts' });
  const question = JSON.stringify(askedIn(search, usual));
  const asked = useMemo(() => JSON.parse(question) as Asked, [question]);
  const found = useInfiniteQuery(views.queue(asked));
  const { data: figures } = useQuery(views.queueFigures(asked, asked.filter.clock ? 100 : 1));
  const pages = found.data?.pages;
  const counted = figures ?? pages?.[0];
  const total = figures?.total ?? pages?.at(-1)?.total ?? null;
  const client = useQueryClient();
  // Nothing tells of a row that becomes urgent but the clock: it comes as what is new does.
  useEffect(() => {
    if (figures)
      client.setQueryData(
        views.queue(asked).queryKey,
        (before) => before && { ...before, pages: mergeQueue(before.pages, figures.rows, () => true, inOrder(asked)) },
      );
  }, [client, asked, figures]);
  useEffect(() => useLastQueue.setState({ search }), [search]);
  return (
    <div className="queue">
      <div className="queue-bar">
        <div className="tabs" role="group">
          {queueViews.map((view) => (
            <Link
              key={view}
              from="/reposts"
              to="/reposts"
              search={{ ...(view !== usual && { view }), ...filterOf(search) }}
              className={view === asked.view ? 'tab tab-here' : 'tab'}
              aria-current={view === asked.view ? 'page' : undefined}
            >
              {t(viewWords[view])}
            </Link>
          ))}
        </div>
        {total !== null && counted && (
          <Counts key={question} total={total} urgent={counted.urgent} overdue={counted.overdue} />
        )}
        <span className="top-space" />
        <SourcesLine />
      </div>
      <QueueFilterBar asked={asked} search={search} />
      <Pending of={found} />
      {pages && <QueueWork key={question} asked={asked} found={found} pages={pages} total={total} />}
    </div>
  );
}

/** Of all that is asked for, read or not; as the server counts it. */
function Counts({ total, urgent, overdue }: { total: number; urgent: number; overdue: number }): ReactElement {
  const t = useWords();
  // Countdowns themselves are silent: what has become urgent or overdue since it was last counted is said together.
  const before = useRef({ urgent, overdue });
  useEffect(() => {
    const [more, late] = [urgent - before.current.urgent, overdue - before.current.overdue];
    before.current = { urgent, overdue };
    if (late > 0) announce('told', t('clock.spoken.overdue', { n: late }));
    else if (more > 0) announce('told', t('clock.spoken.urgent', { n: more }));
  }, [urgent, overdue, t]);
  return (
    <span className="counts">
      <span data-testid="queue-count">{t('queue.count', { n: total })}</span>
      {urgent > 0 && <span className="tag tag-urgent">{t('queue.urgent', { n: urgent })}</span>}
      {overdue > 0 && <span className="tag tag-overdue">{t('queue.overdue', { n: overdue })}</span>}
    </span>
  );
}
