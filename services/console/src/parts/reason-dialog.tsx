import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { Dialog } from './dialog.tsx';

/** Asks for a reason in writing; Ctrl+Enter sends. */
export function ReasonDialog(props: {
  title: string;
  hint: string;
  label: string;
  placeholder?: string;
  send: string;
  danger?: boolean;
  onSend: (reason: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const send = async () => {
    if (reason.trim() === '') return field.current?.focus();
    setBusy(true);
    try {
      await props.onSend(reason.trim());
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p className="hint">{props.hint}</p>
      <label className="field">
        <span>{props.label}</span>
        <textarea
          ref={field}
          rows={4}
          maxLength={500}
          autoFocus
          value={reason}
          placeholder={props.placeholder}
          onChange={({ target }) => setReason(target.value)}
          onKeyDown={onKeyDown}
          data-testid="reason"
        />
      </label>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className={props.danger ? 'button button-danger' : 'button button-primary'}
          disabled={busy || reason.trim() === ''}
          onClick={() => void send()}
          data-testid="send-reason"
        >
          {props.send} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </Dialog>
  );
}
