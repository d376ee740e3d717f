import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { audit } from '../api/views.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What happened at the door, straight from the log. */
export function AuditPage(): ReactElement {
  const t = useWords();
  const entries = useQuery(audit());
  const { data } = entries;
  return (
    <div className="page">
      <p className="hint">{t('audit.hint')}</p>
      <Pending of={entries} />
      {data && data.rows.length === 0 && <Empty title={t('audit.empty')} />}
      {data && data.rows.length > 0 && (
        <table className="table" data-testid="audit">
          <thead>
            <tr>
              <th>{t('dead.at')}</th>
              <th>{t('audit.what')}</th>
              <th>{t('audit.who')}</th>
              <th>{t('audit.detail')}</th>
              <th>{t('audit.where')}</th>
              <th className="cell-number">#</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map(({ position, at, type, facts }) => {
              const word = wordFor(`event.${type}`);
              return (
                <tr key={position}>
                  <td className="cell-time">{minute(at)}</td>
                  <td>{word ? t(word) : type}</td>
                  <td>{text(facts['personId'])}</td>
                  <td className="cell-wide">
                    {text(facts['action'])} {facts['code'] ? <code>{text(facts['code'])}</code> : null}
                  </td>
                  <td className="cell-time">{text(facts['address'])}</td>
                  <td className="cell-number">{position}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </div>
  );
}
