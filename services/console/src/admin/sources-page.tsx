import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { sources } from '../api/views.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { minute, short } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

/** Each source with what it brought and what is wrong with it. */
export function SourcesPage(): ReactElement {
  const t = useWords();
  const list = useQuery(sources());
  const { data } = list;
  return (
    <div className="page">
      <Pending of={list} />
      {data && data.rows.length === 0 && <Empty title={t('sources.empty')} />}
      {data && data.rows.length > 0 && (
        <table className="table" data-testid="sources">
          <thead>
            <tr>
              <th>{t('sources.colName')}</th>
              <th>{t('sources.colHealth')}</th>
              <th className="cell-number">{t('sources.colItems')}</th>
              <th>{t('sources.colLast')}</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.sourceId} className="source-row" data-testid="source">
                <td>
                  <strong>{row.name}</strong>
                  <br />
                  <a className="cell-address" href={row.url} target="_blank" rel="noreferrer noopener">
                    {row.url}
                  </a>
                </td>
                <td className="cell-wide">
                  {row.troubles.map(({ detector, code, detail, since }) => (
                    <p key={detector}>
                      <span className="tag tag-failed">{t('sources.failed')}</span> <code>{code}</code> {detail}{' '}
                      <span className="hint">{t('sources.since', { time: minute(since) })}</span>
                    </p>
                  ))}
                  {row.troubles.length === 0 && (
                    <span className={row.paused ? 'tag tag-paused' : 'tag tag-good'}>
                      {t(row.paused ? 'sources.paused' : 'sources.ok')}
                    </span>
                  )}
                  {row.rejected.length > 0 && (
                    <details className="rejected">
                      <summary>{t('sources.rejected', { n: row.rejected.length })}</summary>
                      <ul>
                        {row.rejected.map(({ title, code, detail, at }) => (
                          <li key={`${at} ${title} ${code}`}>
                            <time>{short(at)}</time> {title || '—'} <TroubleWords code={code} detail={detail} />
                          </li>
                        ))}
                      </ul>
                    </details>
                  )}
                </td>
                <td className="cell-number">{row.items}</td>
                <td className="cell-time">{row.lastItemAt ? short(row.lastItemAt) : '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** What is wrong, in words, and what the adapter found, for who has to mend it. */
function TroubleWords({ code, detail }: { code: string; detail: string }): ReactElement {
  const t = useWords();
  const word = wordFor(`trouble.${code}`);
  return (
    <>
      {word && t(word)} <code>{code}</code> <span className="hint">{detail}</span>
    </>
  );
}
