import type { ReactElement } from 'react';
import { useShortcuts } from '../keys.ts';
import { useWords } from '../words/index.ts';

/** Says in place what will happen before it does: Enter confirms, Escape goes back. */
export function ConfirmBar(props: {
  text: string;
  busy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}): ReactElement {
  const { text, busy, onConfirm, onCancel } = props;
  const t = useWords();
  useShortcuts([
    { keys: ['Enter'], says: 'app.confirm', group: 'keys.decision', run: () => !busy && onConfirm() },
    { keys: ['Escape'], says: 'app.cancel', group: 'keys.decision', run: onCancel },
  ]);
  return (
    <footer className="actions actions-asking" data-testid="actions">
      <span className="actions-text" role="status">
        {text}
      </span>
      <button type="button" className="button" onClick={onCancel}>
        {t('app.cancel')} <kbd>Esc</kbd>
      </button>
      <button
        type="button"
        className="button button-primary"
        disabled={busy}
        autoFocus
        onClick={onConfirm}
        data-testid="confirm"
      >
        {busy ? t('state.sending') : t('app.confirm')} <kbd>Enter</kbd>
      </button>
    </footer>
  );
}
