import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { dutyPeople, shifts } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { sites } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { Loading, sayError } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { tableOfFile, tableOfText } from './roster-file.ts';
import { planOf, type Plan, type Table } from './roster-import.ts';

const mostWeeks = 26;
const mostShown = 200;
const always = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };

/** Brings a roster out of a spreadsheet: what is wrong is said line by line, and nothing counts before it was looked at. */
export function ImportPage(): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const siteName = useSiteName();
  const { data: people } = useQuery(dutyPeople());
  const { data: siteList } = useQuery(sites());
  const { data: registered } = useQuery(shifts(always.from, always.to));
  const [text, setText] = useState('');
  const [table, setTable] = useState<Table | null>(null);
  const [weeks, setWeeks] = useState(1);
  const [knowsHoles, setKnowsHoles] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  if (!people || !siteList || !registered) return <Loading />;
  const nameOf = (id: string) => people.rows.find(({ personId }) => personId === id)?.name ?? id;
  const siteWords = (site: string) => (site === '*' ? t('roster.allSites') : siteName(site));
  const known = { people: people.rows, sites: siteList.rows, shifts: registered.rows };
  const plan = table && planOf(table, weeks, known);
  const bring = (next: Table) => {
    setTable(next);
    setKnowsHoles(false);
    setDone(null);
  };
  const bringFile = async ([file]: File[]) => {
    if (!file) return;
    try {
      bring(await tableOfFile(file));
    } catch {
      announce('failed', t('import.unreadable', { name: file.name }));
    }
  };
  const busy = done !== null && plan !== null && done < plan.planned.length;
  const send = async ({ planned }: Plan) => {
    try {
      for (const [n, { shift }] of planned.entries()) {
        setDone(n);
        await decide({ type: 'shift.register', shift });
      }
      setDone(planned.length);
      announce('done', t('import.done', { n: planned.length }));
    } catch (caught) {
      // What was brought stands; bringing the whole table again changes nothing of it.
      announce('failed', t('import.stopped', { reason: sayError(caught, t) }));
      setDone(null);
    }
    for (const queryKey of [['shifts'], ['duty-now']]) void client.invalidateQueries({ queryKey });
  };
  return (
    <div className="page" data-testid="import-page">
      <p className="crumbs">
        <Link to="/duty/roster">{t('duty.tab.roster')}</Link> › {t('import.title')}
      </p>
      <p className="hint">{t('import.hint')}</p>
      <label className="field">
        <span>{t('import.paste')}</span>
        <textarea
          rows={6}
          value={text}
          placeholder={t('import.example')}
          onChange={({ target }) => {
            setText(target.value);
            if (target.value.trim() !== '') bring(tableOfText(target.value));
            else setTable(null);
          }}
          data-testid="import-text"
        />
      </label>
      <p>
        <FileButton
          says={t('import.file')}
          accept=".csv,.txt,.xlsx"
          testId="import-file"
          onFiles={(files) => void bringFile(files)}
        />
      </p>
      <div className="field-row">
        <label className="field">
          <span>{t('import.weeks')}</span>
          <input
            type="number"
            min={1}
            max={mostWeeks}
            value={weeks}
            onChange={({ target }) => setWeeks(Math.min(mostWeeks, Math.max(1, Math.trunc(Number(target.value)) || 1)))}
            data-testid="import-weeks"
          />
        </label>
      </div>
      {plan && (
        <>
          {plan.problems.length > 0 && (
            <div className="problems" role="alert" data-testid="import-problems">
              <strong>{t('import.problems', { n: plan.problems.length })}</strong>
              <ul>
                {plan.problems.map(({ row, code, values }) => (
                  <li key={`${row} ${code} ${Object.values(values).join(' ')}`}>
                    {t('import.row', { row })}
                    {t(`import.problem.${code}`, {
                      ...values,
                      ...(code === 'overlapsShift' && {
                        from: minute(values['from'] ?? 0),
                        to: minute(values['to'] ?? 0),
                      }),
                    })}
                  </li>
                ))}
              </ul>
            </div>
          )}
          {plan.holes.length > 0 && (
            <div data-testid="import-holes">
              <p className="alarm-gap">{t('import.holes', { n: plan.holes.length })}</p>
              <ul>
                {plan.holes.slice(0, mostShown).map(({ site, from, to }) => (
                  <li key={`${site} ${from}`}>
                    {siteWords(site)} {minute(from)} – {minute(to)}
                  </li>
                ))}
              </ul>
              <label>
                <input
                  type="checkbox"
                  checked={knowsHoles}
                  onChange={({ target }) => setKnowsHoles(target.checked)}
                  data-testid="import-knows-holes"
                />{' '}
                {t('import.knowsHoles')}
              </label>
            </div>
          )}
          {plan.planned.length > 0 && (
            <table className="table table-dense" data-testid="import-preview">
              <caption>{t('import.preview', { n: plan.planned.length })}</caption>
              <thead>
                <tr>
                  <th className="cell-number">{t('import.line')}</th>
                  <th>{t('roster.person')}</th>
                  <th>{t('roster.substitute')}</th>
                  <th>{t('roster.from')}</th>
                  <th>{t('roster.to')}</th>
                  <th>{t('roster.site')}</th>
                </tr>
              </thead>
              <tbody>
                {plan.planned.slice(0, mostShown).map(({ row, week, shift }) => (
                  <tr key={`${row} ${week}`}>
                    <td className="cell-number">{row}</td>
                    <td>{nameOf(shift.personId)}</td>
                    <td>{shift.substituteId ? nameOf(shift.substituteId) : '—'}</td>
                    <td className="cell-time">{minute(shift.from)}</td>
                    <td className="cell-time">{minute(shift.to)}</td>
                    <td>{siteWords(shift.site)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <div className="dialog-actions">
            <span role="status">{busy && t('import.going', { done, all: plan.planned.length })}</span>
            <Link to="/duty/roster" className="button">
              {t('duty.tab.roster')}
            </Link>
            <button
              type="button"
              className="button button-primary"
              disabled={
                plan.problems.length > 0 ||
                plan.planned.length === 0 ||
                (plan.holes.length > 0 && !knowsHoles) ||
                done !== null
              }
              onClick={() => void send(plan)}
              data-testid="import-send"
            >
              {t('import.send', { n: plan.planned.length })}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
