import { useQuery, useQueryClient } from '@tanstack/react-query';
import { drillAlarmId, occasion, type AlarmRow, type Occasion } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import { sites } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';

const mayDrill = ['duty', 'manager', 'admin'] as const;

/** Tries out whether somebody comes: by the real ladder, and marked as a drill wherever it is told. */
export function BeginDrill(): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const { data: known } = useQuery(sites());
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState<{ site: string; on: Occasion; scenario: string }>({
    site: '',
    on: 'page',
    scenario: '',
  });
  if (!hasRole(me, ...mayDrill)) return null;
  const site = draft.site || (known?.rows[0]?.siteId ?? '');
  const scenario = draft.scenario.trim();
  const send = async () => {
    try {
      await decide({ type: 'drill.begin', drillId: newId(), site, on: draft.on, scenario });
      announce('done', t('drill.begun'));
      void client.invalidateQueries({ queryKey: ['alarms'] });
      setOpen(false);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)} data-testid="begin-drill">
        {t('drill.begin')}
      </button>
      {open && (
        <FormDialog
          title="drill.title"
          send="drill.begin"
          problems={scenario === '' ? [{ field: 'scenario', word: 'drill.needScenario' }] : []}
          onSend={send}
          onClose={() => setOpen(false)}
        >
          <p className="hint">{t('drill.hint')}</p>
          <label className="field">
            <span>
              {t('drill.scenario')} <small>{t('drill.scenarioHint')}</small>
            </span>
            <input
              id="field-scenario"
              autoFocus
              maxLength={500}
              value={draft.scenario}
              onChange={({ target }) => setDraft({ ...draft, scenario: target.value })}
            />
          </label>
          <div className="field-row">
            <label className="field">
              <span>{t('drill.on')}</span>
              <select
                value={draft.on}
                onChange={({ target }) => setDraft({ ...draft, on: target.value as Occasion })}
                data-testid="drill-on"
              >
                {occasion.options.map((each) => (
                  <option key={each} value={each}>
                    {t(`ladder.on.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t('drill.site')}</span>
              <select value={site} onChange={({ target }) => setDraft({ ...draft, site: target.value })}>
                {known?.rows.map(({ siteId, name }) => (
                  <option key={siteId} value={siteId}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </div>
        </FormDialog>
      )}
    </>
  );
}

/** Breaks a drill off that nobody took. */
export function EndDrill({ row: { about, site, state } }: { row: AlarmRow }): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  if (about.kind !== 'drill' || state === 'closed' || !hasRole(me, ...mayDrill)) return null;
  const end = async () => {
    try {
      await decide({ type: 'drill.end', drillId: about.drillId, site }, `end-${drillAlarmId(about.drillId)}`);
      announce('done', t('drill.ended'));
      void client.invalidateQueries({ queryKey: ['alarms'] });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  return (
    <button type="button" className="button" onClick={() => void end()} data-testid="end-drill">
      {t('drill.end')}
    </button>
  );
}
