import { useNavigate } from '@tanstack/react-router';
import { closedKeptDays, queueSorts, type QueueSort } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { queueCsvPath } from '../api/views.ts';
import { useWords } from '../words/index.ts';
import type { Asked } from './asked.ts';

/** Above the list: its order, and what can be taken along of it. */
export function QueueHead(props: { asked: Asked; printing: boolean; onPrint: () => void }): ReactElement {
  const { asked, printing, onPrint } = props;
  const { view, sort, reverse } = asked;
  const t = useWords();
  const navigate = useNavigate({ from: '/reposts' });
  const order = (next: QueueSort, backwards: boolean) =>
    void navigate({
      search: ({ sort: _sort, reverse: _reverse, task: _task, ...rest }) => ({
        ...rest,
        ...(next !== 'due' && { sort: next }),
        ...(backwards && { reverse: true as const }),
      }),
    });
  return (
    <div className="queue-head">
      {view === 'closed' ? (
        <span className="hint" title={t('queue.closedOlder')}>
          {t('queue.closedOrder', { days: closedKeptDays })}
        </span>
      ) : (
        <>
          <select
            aria-label={t('queue.sort')}
            value={sort}
            onChange={({ target }) => order(target.value as QueueSort, false)}
            data-testid="queue-sort"
          >
            {queueSorts.map((each) => (
              <option key={each} value={each}>
                {t(`queue.sort.${each}`)}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="button button-small"
            aria-pressed={reverse}
            aria-label={t(reverse ? 'queue.backward' : 'queue.forward')}
            title={t(reverse ? 'queue.backward' : 'queue.forward')}
            onClick={() => order(sort, !reverse)}
            data-testid="queue-reverse"
          >
            {reverse ? '↓' : '↑'}
          </button>
        </>
      )}
      <span className="top-space" />
      <a className="button button-small" href={queueCsvPath(asked)} download data-testid="queue-csv">
        {t('queue.csv')}
      </a>
      <button
        type="button"
        className="button button-small"
        aria-disabled={printing}
        onClick={onPrint}
        data-testid="queue-print"
      >
        {t('queue.print')}
      </button>
    </div>
  );
}
