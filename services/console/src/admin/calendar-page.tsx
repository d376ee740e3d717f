import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { CalendarsView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { calendars } from '../api/corrections.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { Pending } from '../parts/states.tsx';
import { useRegister } from '../rules/register.ts';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { daysOf, linesOf } from './days.ts';

type Known = CalendarsView['calendars'][number];

/** The holidays that working days are counted by; a new year is entered here when its notice is out. */
export function WorkCalendarPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const { register } = useRegister();
  const answer = useQuery(calendars());
  const [edited, setEdited] = useState<Known | number | null>(null);
  const enters = hasRole(me, 'admin');
  const { data } = answer;
  return (
    <div className="page">
      <p className="hint">{t('workCalendar.hint')}</p>
      <Pending of={answer} />
      {data?.missing.map(({ year, openCases }) => (
        <p key={year} className="alarm-gap" data-testid="missing-year">
          {t('workCalendar.missing', { year, n: openCases })}{' '}
          {enters && (
            <button type="button" className="button" onClick={() => setEdited(year)}>
              {t('workCalendar.enter', { year })}
            </button>
          )}
        </p>
      ))}
      {data && (
        <table className="table" data-testid="calendars">
          <thead>
            <tr>
              <th>{t('workCalendar.year')}</th>
              <th>{t('workCalendar.notice')}</th>
              <th>{t('workCalendar.holidays')}</th>
              <th>{t('workCalendar.workdays')}</th>
              <th>
                <span className="unseen">{t('workCalendar.change')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.calendars.map((known) => (
              <tr key={known.year}>
                <th scope="row">{known.year}</th>
                <td>{known.notice ?? t('workCalendar.by.library')}</td>
                <td>
                  <Days days={known.holidays} />
                </td>
                <td>
                  <Days days={known.workdays} />
                </td>
                <td>
                  {enters && (
                    <button type="button" className="button" onClick={() => setEdited(known)}>
                      {t('workCalendar.change')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {edited !== null && (
        <CalendarDialog
          of={edited}
          onClose={() => setEdited(null)}
          onSend={async (calendar) => {
            const said = t('workCalendar.saved', { year: calendar.year });
            if (!(await register([{ type: 'calendar.register', calendar }], said))) return;
            setEdited(null);
            await client.invalidateQueries({ queryKey: ['calendars'] });
          }}
        />
      )}
    </div>
  );
}

function Days({ days }: { days: string[] }): ReactElement {
  return (
    <ul className="plain-list day-list">
      {linesOf(days)
        .split('\n')
        .map((line) => (
          <li key={line}>{line}</li>
        ))}
    </ul>
  );
}

function CalendarDialog(props: {
  of: Known | number;
  onSend: (calendar: { year: number; notice: string; holidays: string[]; workdays: string[] }) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { of, onSend, onClose } = props;
  const t = useWords();
  const known = typeof of === 'number' ? null : of;
  const [notice, setNotice] = useState(known?.notice ?? '');
  const [off, setOff] = useState(linesOf(known?.holidays ?? []));
  const [worked, setWorked] = useState(linesOf(known?.workdays ?? []));
  const year = known?.year ?? (of as number);
  const [holidays, workdays] = [daysOf(off), daysOf(worked)];
  const problems: FieldProblem[] = [
    ...(notice.trim() === '' ? [{ field: 'notice', word: 'workCalendar.need.notice' as const }] : []),
    ...(holidays?.length ? [] : [{ field: 'off', word: 'workCalendar.need.days' as const }]),
    ...(workdays ? [] : [{ field: 'worked', word: 'workCalendar.need.workdays' as const }]),
  ];
  return (
    <FormDialog
      title="workCalendar.formTitle"
      send="workCalendar.save"
      problems={problems}
      onSend={() => onSend({ year, notice: notice.trim(), holidays: holidays ?? [], workdays: workdays ?? [] })}
      onClose={onClose}
    >
      <p>
        <strong>{year}</strong>
      </p>
      <label className="field">
        <span>{t('workCalendar.notice')}</span>
        <input
          id="field-notice"
          autoFocus
          maxLength={200}
          value={notice}
          onChange={({ target }) => setNotice(target.value)}
        />
      </label>
      <p className="hint">{t('workCalendar.daysHint')}</p>
      <div className="field-row">
        <label className="field">
          <span>{t('workCalendar.holidays')}</span>
          <textarea id="field-off" rows={8} value={off} onChange={({ target }) => setOff(target.value)} />
        </label>
        <label className="field">
          <span>{t('workCalendar.workdays')}</span>
          <textarea id="field-worked" rows={8} value={worked} onChange={({ target }) => setWorked(target.value)} />
        </label>
      </div>
    </FormDialog>
  );
}
