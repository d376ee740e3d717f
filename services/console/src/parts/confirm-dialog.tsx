import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { Dialog } from './dialog.tsx';

/** Says what will be gone before it is: Enter goes on, Escape goes back. */
export function ConfirmDialog(props: {
  title: string;
  text: string;
  send: string;
  onConfirm: () => void;
  onClose: () => void;
}): ReactElement {
  const { title, text, send, onConfirm, onClose } = props;
  const t = useWords();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button type="button" className="button button-danger" autoFocus onClick={onConfirm} data-testid="confirmed">
          {send} <kbd>Enter</kbd>
        </button>
      </div>
    </Dialog>
  );
}
