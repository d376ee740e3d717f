import type { RecallEnd, RecallKind } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { useWords } from '../words/index.ts';
import type { Place } from './recall-words.tsx';

type End = Exclude<RecallEnd, 'gone'>;

const ends: Record<RecallKind, readonly End[]> = {
  correct: ['corrected', 'noticed', 'never_had', 'kept'],
  withdraw: ['absent', 'noticed', 'never_had', 'kept'],
  kill: ['absent', 'noticed', 'never_had', 'kept'],
};

/** What a person did at a place that could not be dealt with by itself, and how they know. */
export function ReportDialog(props: {
  place: Place;
  kind: RecallKind;
  onSend: (end: End, note: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const [end, setEnd] = useState<End>(ends[props.kind][0]!);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (note.trim() === '' || busy) return;
    setBusy(true);
    try {
      await props.onSend(end, note.trim());
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('recall.reportTitle', { name: props.place.name })} onClose={props.onClose}>
      <fieldset className="field">
        <legend>{t('recall.reportEnd')}</legend>
        {ends[props.kind].map((each) => (
          <label key={each} className="choice">
            <input type="radio" name="end" checked={end === each} onChange={() => setEnd(each)} />{' '}
            {t(`recall.end.${each}`)}
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span>{t('recall.reportNote')}</span>
        <textarea
          rows={3}
          maxLength={500}
          autoFocus
          value={note}
          onChange={({ target }) => setNote(target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
          }}
          data-testid="report-note"
        />
      </label>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || note.trim() === ''}
          onClick={() => void send()}
          data-testid="send-report"
        >
          {t('recall.report')} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </Dialog>
  );
}
