import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { SourceRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { sources } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, short } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';
import { HealthTag } from './health-tag.tsx';
import { needsCare } from './health.ts';
import { useSpan } from './spans.ts';

const filters = {
  all: () => true,
  care: needsCare,
  paused: ({ paused }: SourceRow) => paused,
};

/** Every source with its health at a glance. */
export function SourcesPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { show = 'all' } = useSearch({ from: '/sources' });
  const list = useQuery(sources());
  const { data } = list;
  const sorted = [...(data?.rows ?? [])].sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  const rows = sorted.filter(filters[show]);
  const open = (row: SourceRow | undefined) =>
    row && void navigate({ to: '/sources/$sourceId', params: { sourceId: row.sourceId } });
  const chosen = useRowKeys(rows.length, (index) => open(rows[index]));
  const mayAdd = hasRole(me, 'admin');
  useShortcuts(
    mayAdd
      ? [{ keys: ['c'], says: 'sources.add', group: 'keys.list', run: () => void navigate({ to: '/sources/new' }) }]
      : [],
  );
  return (
    <div className="page">
      <div className="page-bar">
        <div className="tabs" role="group">
          {(['all', 'care', 'paused'] as const).map((each) => (
            <Link
              key={each}
              to="/sources"
              search={each === 'all' ? {} : { show: each }}
              className={show === each ? 'tab tab-here' : 'tab'}
              aria-current={show === each ? 'page' : undefined}
            >
              {t(`sources.show.${each}`)} <span className="badge">{sorted.filter(filters[each]).length}</span>
            </Link>
          ))}
        </div>
        <span className="top-space" />
        {mayAdd && (
          <Link to="/sources/new" className="button button-primary" data-testid="add-source">
            {t('sources.add')} <kbd>C</kbd>
          </Link>
        )}
      </div>
      <Pending of={list} />
      {data && rows.length === 0 && (
        <Empty title={t(data.rows.length === 0 ? 'sources.empty' : `sources.none.${show}`)}>
          {data.rows.length === 0 && t('sources.emptyHint')}
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table" data-testid="sources">
          <thead>
            <tr>
              <th>{t('sources.colHealth')}</th>
              <th>{t('sources.colName')}</th>
              <th>{t('sources.colColumn')}</th>
              <th>{t('sources.colKind')}</th>
              <th className="cell-number">{t('sources.colItems')}</th>
              <th>{t('sources.colLast')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr
                key={row.sourceId}
                aria-selected={index === chosen}
                className="row-opens"
                onClick={() => open(row)}
                data-testid="source"
              >
                <td className="cell-tag">
                  <HealthTag row={row} />
                </td>
                <td className="cell-wide">
                  <Link
                    to="/sources/$sourceId"
                    params={{ sourceId: row.sourceId }}
                    onClick={(event) => event.stopPropagation()}
                  >
                    {row.name}
                  </Link>
                  <Complaint row={row} />
                </td>
                <td>{row.column}</td>
                <td>{row.detectors.map(({ kind }) => t(`source.kind.${kind}`)).join(' + ')}</td>
                <td className="cell-number">{row.items}</td>
                <td className="cell-time" title={row.lastItemAt ? minute(row.lastItemAt) : undefined}>
                  {row.lastItemAt ? short(row.lastItemAt) : '—'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** The gravest of what is wrong with a source, in one line; all of it is on its page. */
function Complaint({ row: { troubles, disagreements, quiet, rejected, paused } }: { row: SourceRow }): ReactElement {
  const t = useWords();
  const span = useSpan();
  if (paused) return <></>;
  const [trouble] = troubles;
  const word = trouble && wordFor(`trouble.${trouble.code}`);
  return (
    <small className="complaint">
      {trouble && `${word ? t(word) : trouble.code} · ${t('sources.since', { time: short(trouble.since) })}`}
      {!trouble && disagreements.length > 0 && t('sources.disagrees', { n: missingOf(disagreements) })}
      {!trouble &&
        disagreements.length === 0 &&
        quiet &&
        t('sources.quiet', { time: short(quiet.lastAt), usual: span(quiet.usualSeconds) })}
      {!trouble && rejected.length > 0 && ` ${t('sources.rejected', { n: rejected.length })}`}
    </small>
  );
}

const missingOf = (disagreements: SourceRow['disagreements']) =>
  disagreements.reduce((sum, { missing }) => sum + missing.length, 0);
