import type { SubmissionRow } from '@tongsheng/contracts';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { fromField, toField } from '../duty/month.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { minute, serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';

const BodyEditor = lazy(() => import('../releases/body-editor.tsx').then((module) => ({ default: module.BodyEditor })));

type Sending = { onSend: () => Promise<void>; onClose: () => void };

/** What is agreed to, and what follows from it. */
export function AgreeDialog({
  row,
  isAbroad,
  onSend,
  onClose,
}: Sending & { row: SubmissionRow; isAbroad: boolean }): ReactElement {
  const t = useWords();
  const { slot, to } = row;
  return (
    <FormDialog title="submission.agreeTitle" send="submission.agree" problems={[]} onSend={onSend} onClose={onClose}>
      <p>
        {isAbroad
          ? t('submission.agreeAbroad')
          : to.kind !== 'site'
            ? t('submission.agreeOffice', { name: to.name })
            : slot === null
              ? t('submission.agreeOwn')
              : t('submission.agreeTogether', { time: minute(slot) })}
      </p>
    </FormDialog>
  );
}

/** A field for a moment that two publish together; empty: none. */
export function SlotField(props: {
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
}): ReactElement {
  const t = useWords();
  return (
    <label className="field">
      <span>{t('submission.slotField')}</span>
      <input
        id="field-slot"
        type="datetime-local"
        value={props.value}
        disabled={props.disabled}
        onChange={({ target }) => props.onChange(target.value)}
      />
      <small className="hint">{t(props.disabled ? 'offer.public' : 'submission.slotHint')}</small>
    </label>
  );
}

/** What is wrong with the moment of a field; an empty one is none. */
export const slotProblems = (value: string): FieldProblem[] => {
  const at = value === '' ? null : fromField(value);
  return value !== '' && (at === null || Date.parse(at) <= serverNow())
    ? [{ field: 'slot', word: 'submission.need.slot' }]
    : [];
};

/** Another moment, another text, or both. */
export function CounterDialog(props: {
  row: SubmissionRow;
  /** The text on the table, and whether that is as it was offered. */
  html: string;
  isOffered: boolean;
  onSend: (fields: { slot: string | null; html: string | null; message: string }) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, html: before, isOffered, onSend, onClose } = props;
  const t = useWords();
  const [slot, setSlot] = useState(row.slot === null ? '' : toField(row.slot));
  const [html, setHtml] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const [message, setMessage] = useState('');
  const at = slot === '' ? null : fromField(slot);
  const changed = html !== null && html !== before;
  const problems: FieldProblem[] = [
    ...slotProblems(slot),
    ...(!changed && at === row.slot ? [{ field: 'slot', word: 'submission.need.change' as const }] : []),
  ];
  return (
    <FormDialog
      title="submission.counterTitle"
      send="submission.counter"
      problems={problems}
      onSend={() => onSend({ slot: at, html: changed ? html : isOffered ? null : before, message: message.trim() })}
      onClose={onClose}
    >
      <SlotField value={slot} onChange={setSlot} />
      {editing ? (
        <div className="field">
          <span id="counter-text">{t('submission.textField')}</span>
          <Suspense fallback={null}>
            <BodyEditor id="field-text" labelledBy="counter-text" html={before} onChange={setHtml} />
          </Suspense>
        </div>
      ) : (
        <p>
          <button type="button" className="button" onClick={() => setEditing(true)} data-testid="change-text">
            {t('submission.changeText')}
          </button>
        </p>
      )}
      <label className="field">
        <span>{t('submission.message')}</span>
        <textarea rows={3} maxLength={2_000} value={message} onChange={({ target }) => setMessage(target.value)} />
      </label>
    </FormDialog>
  );
}

export function ClaimDialog(props: { onSend: (url: string) => Promise<void>; onClose: () => void }): ReactElement {
  const t = useWords();
  const [url, setUrl] = useState('');
  const isAddress = /^https?:\/\/\S+$/.test(url.trim());
  const problems: FieldProblem[] = isAddress ? [] : [{ field: 'url', word: 'submission.needUrl' }];
  return (
    <FormDialog
      title="submission.claimTitle"
      send="submission.claim"
      problems={problems}
      onSend={() => props.onSend(url.trim())}
      onClose={props.onClose}
    >
      <p className="hint">{t('submission.claimHint')}</p>
      <label className="field">
        <span>{t('submission.url')}</span>
        <input id="field-url" type="url" autoFocus value={url} onChange={({ target }) => setUrl(target.value)} />
      </label>
    </FormDialog>
  );
}
