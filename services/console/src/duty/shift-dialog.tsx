import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Shift } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { dutyPeople } from '../api/duty.ts';
import { sites } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { fromField, toField } from './month.ts';

/** Adds a shift or changes one: another person, another time, or none of it. */
export function ShiftDialog(props: { shift: Shift; isNew: boolean; onClose: () => void }): ReactElement {
  const { shift, isNew, onClose } = props;
  const t = useWords();
  const client = useQueryClient();
  const { data: people } = useQuery(dutyPeople());
  const { data: known } = useQuery(sites());
  const [draft, setDraft] = useState({ ...shift, from: toField(shift.from), to: toField(shift.to) });
  const [busy, setBusy] = useState(false);
  const [from, to] = [fromField(draft.from), fromField(draft.to)];
  const wrong =
    from === null || to === null || from >= to
      ? t('roster.endsFirst')
      : draft.personId !== '' && draft.personId === draft.substituteId
        ? t('roster.samePerson')
        : null;
  const ready = wrong === null && draft.personId !== '' && !busy;
  const nameOf = (id: string) => people?.rows.find(({ personId }) => personId === id)?.name ?? id;

  const register = async (cancelled: boolean) => {
    if ((!ready && !cancelled) || busy || from === null || to === null) return;
    setBusy(true);
    try {
      await decide({ type: 'shift.register', shift: { ...draft, from, to, cancelled } });
      announce(
        'done',
        cancelled
          ? t('roster.removed')
          : t('roster.saved', { name: nameOf(draft.personId), from: short(from), to: short(to) }),
      );
      for (const queryKey of [['shifts'], ['duty-now']]) void client.invalidateQueries({ queryKey });
      onClose();
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void register(false);
  };
  const options = people?.rows.map(({ personId, name, roles }) => (
    <option key={personId} value={personId}>
      {name}（{roles.map((role) => t(`role.${role as 'duty'}`)).join('、')}）
    </option>
  ));
  return (
    <Dialog title={t(isNew ? 'roster.addTitle' : 'roster.editTitle')} onClose={onClose}>
      <div onKeyDown={onKeyDown} data-testid="shift-dialog">
        <label className="field">
          <span>{t('roster.site')}</span>
          <select value={draft.site} onChange={({ target }) => setDraft({ ...draft, site: target.value })}>
            <option value="*">{t('roster.allSites')}</option>
            {known?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('roster.person')}</span>
          <select
            autoFocus
            value={draft.personId}
            onChange={({ target }) => setDraft({ ...draft, personId: target.value })}
            data-testid="shift-person"
          >
            <option value="">{t('roster.choose')}</option>
            {options}
          </select>
        </label>
        <label className="field">
          <span>{t('roster.substitute')}</span>
          <select
            value={draft.substituteId ?? ''}
            onChange={({ target }) => setDraft({ ...draft, substituteId: target.value || null })}
          >
            <option value="">{t('roster.noSubstitute')}</option>
            {options}
          </select>
        </label>
        <div className="field-row">
          <label className="field">
            <span>{t('roster.from')}</span>
            <input
              type="datetime-local"
              value={draft.from}
              onChange={({ target }) => setDraft({ ...draft, from: target.value })}
            />
          </label>
          <label className="field">
            <span>{t('roster.to')}</span>
            <input
              type="datetime-local"
              value={draft.to}
              onChange={({ target }) => setDraft({ ...draft, to: target.value })}
            />
          </label>
        </div>
        {wrong && (
          <p className="alarm-gap" role="alert">
            {wrong}
          </p>
        )}
        <div className="dialog-actions">
          {!isNew && (
            <button type="button" className="button button-danger" disabled={busy} onClick={() => void register(true)}>
              {t('roster.remove')}
            </button>
          )}
          <span className="top-space" />
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={!ready}
            onClick={() => void register(false)}
            data-testid="save-shift"
          >
            {t('roster.save')} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
