import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { useWords, type Word } from '../words/index.ts';
import { Dialog } from './dialog.tsx';
import { ProblemList, type FieldProblem } from './problem-list.tsx';

type FormProps = {
  title: Word;
  send: Word;
  problems: FieldProblem[];
  onSend: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
};

/** A form in a dialog: what is missing is said when it is sent, all at once. Ctrl+Enter sends. */
export function FormDialog({ title, send: word, problems, onSend, onClose, children }: FormProps): ReactElement {
  const t = useWords();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setTried(true);
    if (problems.length > 0 || busy) return;
    setBusy(true);
    try {
      await onSend();
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
  };
  return (
    <Dialog title={t(title)} onClose={onClose} wide>
      <div onKeyDown={onKeyDown}>
        {tried && <ProblemList problems={problems} />}
        {children}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void send()}
            data-testid="send-form"
          >
            {t(word)} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
