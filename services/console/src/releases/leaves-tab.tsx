import { useQueryClient } from '@tanstack/react-query';
import { reviewStep, type Leave, type ReviewStep } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import type { Reviews } from '../api/reviews.ts';
import { fromField, toField } from '../duty/month.ts';
import { announce } from '../parts/announcer.tsx';
import { ChooseMany } from '../parts/choose-many.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, sayError } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { PastOf } from './past-of.tsx';

const dayMs = 86_400_000;

/** Who is away from a site, or will be, and who signs for them meanwhile. */
export function LeavesTab(props: { site: string; book: Reviews; mayForOthers: boolean }): ReactElement {
  const t = useWords();
  const me = useMe();
  const { site, book, mayForOthers } = props;
  const [editing, setEditing] = useState<Leave | null>(null);
  const begin = () => {
    const now = Date.now();
    const [from, to] = [now, now + dayMs].map((at) => new Date(at).toISOString());
    setEditing({
      leaveId: newId(),
      site,
      personId: me.personId,
      deputyId: null,
      steps: [],
      from: from!,
      to: to!,
      reason: '',
      cancelled: false,
    });
  };
  return (
    <>
      <div className="page-bar">
        <p className="hint">{t('leaves.hint')}</p>
        <span className="top-space" />
        <button type="button" className="button button-primary" onClick={begin} data-testid="new-leave">
          {t('leaves.new')}
        </button>
      </div>
      {book.leaves.length === 0 ? (
        <Empty title={t('leaves.empty')}>{t('leaves.emptyHint')}</Empty>
      ) : (
        <table className="table" data-testid="leaves">
          <thead>
            <tr>
              <th>{t('leaves.who')}</th>
              <th>{t('leaves.deputy')}</th>
              <th>{t('leaves.steps')}</th>
              <th>{t('roster.from')}</th>
              <th>{t('roster.to')}</th>
              <th>{t('leaves.reason')}</th>
              <th>{t('signing.colEdit')}</th>
            </tr>
          </thead>
          <tbody>
            {book.leaves.map((leave) => (
              <tr key={leave.leaveId}>
                <td>{leave.name}</td>
                <td>{leave.deputyName ?? t('leaves.noDeputy')}</td>
                <td>{leave.deputyId === null ? '—' : stepsInWords(leave.steps, t)}</td>
                <td className="cell-time">{short(leave.from)}</td>
                <td className="cell-time">{short(leave.to)}</td>
                <td>{leave.reason}</td>
                <td>
                  {(mayForOthers || leave.personId === me.personId) && (
                    <button
                      type="button"
                      className="button"
                      onClick={() => {
                        const { name: _name, deputyName: _deputyName, ...plain } = leave;
                        setEditing(plain);
                      }}
                    >
                      {t('signing.edit')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editing && (
        <LeaveDialog
          start={editing}
          isNew={!book.leaves.some(({ leaveId }) => leaveId === editing.leaveId)}
          people={book.people}
          mayForOthers={mayForOthers}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

const stepsInWords = (steps: readonly ReviewStep[], t: ReturnType<typeof useWords>) =>
  steps.length === 0 ? t('leaves.allSteps') : steps.map((step) => t(`release.step.${step}`)).join('、');

function LeaveDialog(props: {
  start: Leave;
  isNew: boolean;
  people: Reviews['people'];
  mayForOthers: boolean;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const { start, isNew, people, mayForOthers, onClose } = props;
  const [draft, setDraft] = useState({ ...start, from: toField(start.from), to: toField(start.to) });
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const [from, to] = [fromField(draft.from), fromField(draft.to)];
  const wrong =
    from === null || to === null || from >= to
      ? t('roster.endsFirst')
      : draft.personId === draft.deputyId
        ? t('leaves.samePerson')
        : null;
  const save = async (cancelled: boolean) => {
    if (busy || from === null || to === null || (!cancelled && wrong !== null)) return;
    setBusy(true);
    setTold(null);
    try {
      await decide({ type: 'leave.register', leave: { ...draft, from, to, cancelled } });
      announce('done', t(cancelled ? 'leaves.cancelled' : 'leaves.saved'));
      for (const queryKey of [['reviews'], ['approvals'], ['release']]) void client.invalidateQueries({ queryKey });
      onClose();
    } catch (caught) {
      setTold(sayError(caught, t));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save(false);
  };
  const options = people.map(({ personId, name, roles }) => (
    <option key={personId} value={personId}>
      {name}（{roles.map((role) => t(`role.${role}`)).join('、')}）
    </option>
  ));
  return (
    <Dialog title={t(isNew ? 'leaves.new' : 'leaves.edit')} onClose={onClose}>
      <div onKeyDown={onKeyDown} data-testid="leave-dialog">
        <label className="field">
          <span>{t('leaves.who')}</span>
          <select
            value={draft.personId}
            disabled={!mayForOthers}
            onChange={({ target }) => setDraft({ ...draft, personId: target.value })}
            data-testid="leave-person"
          >
            {options}
          </select>
        </label>
        <label className="field">
          <span>{t('leaves.deputy')}</span>
          <select
            value={draft.deputyId ?? ''}
            onChange={({ target }) => setDraft({ ...draft, deputyId: target.value || null })}
            data-testid="leave-deputy"
          >
            <option value="">{t('leaves.noDeputy')}</option>
            {options}
          </select>
        </label>
        {draft.deputyId !== null && (
          <ChooseMany
            id="leave-steps"
            legend={t('leaves.stepsHint')}
            choices={reviewStep.options.map((value) => ({ value, label: t(`release.step.${value}`) }))}
            chosen={draft.steps}
            onChange={(steps) => setDraft({ ...draft, steps: steps as ReviewStep[] })}
          />
        )}
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
        <label className="field">
          <span>
            {t('leaves.reason')} <small>{t('app.optional')}</small>
          </span>
          <input
            value={draft.reason}
            maxLength={200}
            onChange={({ target }) => setDraft({ ...draft, reason: target.value })}
          />
        </label>
        {(wrong ?? told) && (
          <p className="alarm-gap" role="alert">
            {wrong ?? told}
          </p>
        )}
        {!isNew && <PastOf kind="leave" id={start.leaveId} />}
        <div className="dialog-actions">
          {!isNew && (
            <button type="button" className="button button-danger" disabled={busy} onClick={() => void save(true)}>
              {t('leaves.cancel')}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy || wrong !== null}
            onClick={() => void save(false)}
            data-testid="save-leave"
          >
            {t('rules.save')} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
