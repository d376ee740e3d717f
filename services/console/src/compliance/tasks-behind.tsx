import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ComplianceTask } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { complianceFile, complianceTasks, isBuilding, pageSize, type AskedTasks } from '../api/compliance.ts';
import { useSiteName } from '../api/site-names.ts';
import { Empty, Trouble } from '../parts/states.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useComplianceWords } from './words.ts';

const mostInFile = 20_000;

/** The tasks that a figure counts, some at a time, each with its evidence behind it. */
export function TasksBehind({ asked, title }: { asked: AskedTasks; title: string }): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const siteName = useSiteName();
  const { page = 1 } = useSearch({ from: '/compliance' });
  const { data, error, refetch } = useQuery({ ...complianceTasks(asked, page), placeholderData: keepPreviousData });
  const found = data && !isBuilding(data) ? data : null;
  const pages = Math.max(1, Math.ceil((found?.count ?? 0) / pageSize));
  return (
    <section className="behind" data-testid="tasks-behind">
      <h2>
        {title} <span className="badge">{found?.count ?? '…'}</span>
        <span className="top-space" />
        {found && found.count > mostInFile ? (
          <small className="hint">{own('fileTooLong')}</small>
        ) : (
          <a className="button button-small no-print" href={complianceFile(asked)} download>
            {t('compliance.csv')}
          </a>
        )}
        <Link
          from="/compliance"
          to="/compliance"
          search={({ outcome: _outcome, of: _of, part: _part, duty: _duty, page: _page, ...search }) => search}
          className="button button-small no-print"
        >
          {t('app.close')}
        </Link>
      </h2>
      {error && !data && <Trouble error={error} onRetry={() => void refetch()} />}
      {found?.count === 0 && <Empty title={t('compliance.emptyTasks')} />}
      {found && found.count > 0 && (
        <>
          <div className="behind-scroll" tabIndex={0} role="region" aria-label={title}>
            <table className="table">
              <thead>
                <tr>
                  <th>{t('releases.colTitle')}</th>
                  <th>{t('releases.colSite')}</th>
                  <th>{t('sources.colName')}</th>
                  <th>{own('column')}</th>
                  <th>{t('compliance.colDue')}</th>
                  <th>{t('compliance.colPublished')}</th>
                  <th>{t('compliance.colOutcome')}</th>
                  <th>{own('colBy')}</th>
                </tr>
              </thead>
              <tbody>
                {found.tasks.map((task) => (
                  <tr key={`${task.site}/${task.taskId}/${task.sourceId}/${task.duty}/${task.dueAt}`}>
                    <td className="cell-title">
                      {asked.neighbour === undefined ? (
                        <Link to="/reposts/$site/$taskId" params={{ site: task.site, taskId: task.taskId }}>
                          {task.title}
                        </Link>
                      ) : (
                        task.title
                      )}
                    </td>
                    <td>{siteName(task.site)}</td>
                    <td>{task.sourceName}</td>
                    <td>{task.column}</td>
                    <td className="cell-time">{precise(task.dueAt)}</td>
                    <td className="cell-time">{task.publishedAt ? precise(task.publishedAt) : '—'}</td>
                    <td>
                      <span className={`tag tag-${task.outcome}`}>{t(`compliance.outcome.${task.outcome}`)}</span>
                    </td>
                    <td className="cell-wide">
                      <By task={task} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {pages > 1 && (
            <nav className="page-bar no-print" aria-label={title}>
              <Turn to={page - 1} of={pages} word="prev" />
              {own('pageOf', { page, pages })}
              <Turn to={page + 1} of={pages} word="next" />
            </nav>
          )}
        </>
      )}
    </section>
  );
}

function By({ task: { byName, exemption } }: { task: ComplianceTask }): ReactElement {
  const own = useComplianceWords();
  if (byName === null) return <>—</>;
  if (exemption === null) return <>{byName}</>;
  return <>{own('exemptedBy', { name: byName, asked: exemption.requestedByName, reason: exemption.reason })}</>;
}

function Turn({ to, of, word }: { to: number; of: number; word: 'prev' | 'next' }): ReactElement {
  const own = useComplianceWords();
  if (to < 1 || to > of) return <span className="button button-small button-off">{own(word)}</span>;
  return (
    <Link
      from="/compliance"
      to="/compliance"
      search={(search) => ({ ...search, page: to })}
      className="button button-small"
      data-testid={`page-${word}`}
    >
      {own(word)}
    </Link>
  );
}
