import { useQuery } from '@tanstack/react-query';
import type { ItemDetail, MatrixView, Priority } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { ChooseMany } from '../parts/choose-many.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { hoursOf, limitOf } from '../parts/limit.ts';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { Pending } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { presetOf } from './preset.ts';
import type { Assignment } from './use-assign.ts';

const priorities = ['high', 'normal', 'low'] as const;

/** Which sites must repost an item, with what the obligations would say filled in. */
export function AssignDialog(props: {
  detail: ItemDetail;
  busy: boolean;
  onAssign: (assignment: Assignment) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const { detail, onClose } = props;
  const { sourceId } = detail.row;
  const sites = useQuery(views.sites());
  const ids = sites.data?.rows.map(({ siteId }) => siteId) ?? [];
  const matrix = useQuery(views.matrix(ids, [sourceId]));
  const book = useQuery(views.rulebook());
  const ready = sites.data && book.data && (matrix.data || ids.length === 0);
  return (
    <Dialog title={t('unrouted.assignTitle')} onClose={onClose} wide>
      {ready ? (
        <Form
          {...props}
          cells={matrix.data?.cells ?? []}
          sites={sites.data.rows}
          column={columnOf(detail, book.data)}
        />
      ) : (
        <Pending of={sites.data ? (book.data ? matrix : book) : sites} />
      )}
    </Dialog>
  );
}

const columnOf = ({ row }: ItemDetail, book: { sources: { sourceId: string; column: string }[] }) =>
  book.sources.find(({ sourceId }) => sourceId === row.sourceId)?.column ?? null;

function Form(props: {
  detail: ItemDetail;
  busy: boolean;
  cells: MatrixView['cells'];
  sites: { siteId: string; name: string }[];
  /** The source's own. */
  column: string | null;
  onAssign: (assignment: Assignment) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { detail, busy, cells, sites, column: sourceColumn, onAssign, onClose } = props;
  const t = useWords();
  const decided = detail.routing.findLast((event) => event.type === 'routing.decided');
  const columns = [detail.row.column, sourceColumn].filter((each) => each !== null);
  const preset = presetOf(cells, { columns, kind: decided?.kind ?? null });
  const [chosen, setChosen] = useState(preset.sites);
  const [column, setColumn] = useState(decided?.column ?? sourceColumn ?? '');
  const [hours, setHours] = useState(String(hoursOf(preset.limit)));
  const [priority, setPriority] = useState<Priority>(decided?.priority ?? 'normal');
  const [reason, setReason] = useState('');
  const [told, setTold] = useState(false);
  const problems: FieldProblem[] = [
    ...(chosen.length > 0 ? [] : [{ field: 'assign-sites', word: 'rules.need.sites' as const }]),
    ...(column.trim() ? [] : [{ field: 'assign-column', word: 'rules.need.column' as const }]),
    ...(Number(hours) > 0 && Number(hours) <= 720
      ? []
      : [{ field: 'assign-hours', word: 'rules.need.limit' as const }]),
    ...(reason.trim() ? [] : [{ field: 'assign-reason', word: 'rules.need.reason' as const }]),
  ];
  const send = () => {
    setTold(true);
    if (problems.length > 0 || busy) return;
    const limit = limitOf(Number(hours));
    void onAssign({
      effect: 'mandatory',
      sites: chosen,
      column: column.trim(),
      limit,
      priority,
      reason: reason.trim(),
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) send();
  };
  return (
    <div onKeyDown={onKeyDown} data-testid="assign-form">
      <p className="hint">
        <strong>{detail.row.title}</strong>
        <br />
        {t(preset.sites.length > 0 ? 'unrouted.assignHint' : 'unrouted.assignNone')}
      </p>
      {told && <ProblemList problems={problems} />}
      <ChooseMany
        id="field-assign-sites"
        legend={t('rules.sites')}
        choices={sites.map(({ siteId, name }) => ({ value: siteId, label: name }))}
        chosen={chosen}
        onChange={setChosen}
      />
      <div className="field-row">
        <label className="field field-wide">
          <span>{t('rules.column')}</span>
          <input
            id="field-assign-column"
            value={column}
            maxLength={100}
            onChange={({ target }) => setColumn(target.value)}
          />
        </label>
        <label className="field">
          <span>{t('rules.limitHours')}</span>
          <input
            id="field-assign-hours"
            type="number"
            min="0.25"
            max="720"
            step="any"
            value={hours}
            onChange={({ target }) => setHours(target.value)}
          />
        </label>
        <label className="field">
          <span>{t('rules.priority')}</span>
          <select value={priority} onChange={({ target }) => setPriority(target.value as Priority)}>
            {priorities.map((each) => (
              <option key={each} value={each}>
                {t(`rules.priority.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        <span>{t('rules.reason')}</span>
        <input
          id="field-assign-reason"
          autoFocus
          value={reason}
          maxLength={400}
          placeholder={t('task.reasonHint')}
          onChange={({ target }) => setReason(target.value)}
          data-testid="assign-reason"
        />
      </label>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={send}
          data-testid="assign-send"
        >
          {busy ? t('state.sending') : t('unrouted.assign')} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </div>
  );
}
