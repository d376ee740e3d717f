import type { CorrectionOutcome, CorrectionRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { useWords } from '../words/index.ts';

type Written = { outcome: CorrectionOutcome; answer: string };

/** The answer begins with what is usually said; what was written by hand is not overwritten. */
export function AnswerDialog(props: {
  row: CorrectionRow;
  onSend: (fields: Written) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, onSend, onClose } = props;
  const t = useWords();
  const outcomes: CorrectionOutcome[] =
    row.outcome === 'folded' ? ['folded'] : row.forwarded !== null ? ['forwarded'] : ['corrected', 'unchanged'];
  const usual = (outcome: CorrectionOutcome) =>
    outcome === 'folded'
      ? ''
      : outcome === 'forwarded'
        ? t('correction.draft.forwarded', { to: row.forwarded?.to ?? '' })
        : t(`correction.draft.${outcome}`);
  const [outcome, setOutcome] = useState(row.outcome ?? outcomes[0]!);
  const [answer, setAnswer] = useState(row.answer || usual(outcome));
  const choose = (next: CorrectionOutcome) => {
    if (answer.trim() === '' || answer === usual(outcome)) setAnswer(usual(next));
    setOutcome(next);
  };
  const problems: FieldProblem[] =
    answer.trim().length < 2 ? [{ field: 'answer', word: 'correction.need.answer' as const }] : [];
  return (
    <FormDialog
      title="correction.answerTitle"
      send="correction.answer"
      problems={problems}
      onSend={() => onSend({ outcome, answer: answer.trim() })}
      onClose={onClose}
    >
      <p className="hint">
        {t('correction.answerHint', { mail: row.contacts > 0 ? t('correction.answerMail', { n: row.contacts }) : '' })}
      </p>
      <label className="field">
        <span>{t('correction.outcome')}</span>
        <select value={outcome} onChange={({ target }) => choose(target.value as CorrectionOutcome)}>
          {outcomes.map((each) => (
            <option key={each} value={each}>
              {t(`correction.outcome.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('correction.answerText')}</span>
        <textarea
          id="field-answer"
          autoFocus
          rows={6}
          maxLength={2_000}
          value={answer}
          onChange={({ target }) => setAnswer(target.value)}
        />
      </label>
    </FormDialog>
  );
}

export function ForwardDialog(props: {
  onSend: (fields: { to: string; reason: string }) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { onSend, onClose } = props;
  const t = useWords();
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const problems: FieldProblem[] = [
    ...(to.trim() === '' ? [{ field: 'to', word: 'correction.need.to' as const }] : []),
    ...(reason.trim() === '' ? [{ field: 'reason', word: 'correction.need.reason' as const }] : []),
  ];
  return (
    <FormDialog
      title="correction.forwardTitle"
      send="correction.forward"
      problems={problems}
      onSend={() => onSend({ to: to.trim(), reason: reason.trim() })}
      onClose={onClose}
    >
      <label className="field">
        <span>{t('correction.forwardTo')}</span>
        <input id="field-to" autoFocus maxLength={200} value={to} onChange={({ target }) => setTo(target.value)} />
      </label>
      <label className="field">
        <span>{t('correction.forwardReason')}</span>
        <textarea
          id="field-reason"
          rows={3}
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
    </FormDialog>
  );
}

export function FoldDialog(props: {
  others: readonly CorrectionRow[];
  onSend: (into: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { others, onSend, onClose } = props;
  const t = useWords();
  const [into, setInto] = useState(others[0]?.correctionId ?? '');
  const problems: FieldProblem[] = /^[\w-]{1,64}$/.test(into.trim())
    ? []
    : [{ field: 'into', word: 'correction.need.id' as const }];
  return (
    <FormDialog
      title="correction.foldTitle"
      send="correction.foldInto"
      problems={problems}
      onSend={() => onSend(into.trim())}
      onClose={onClose}
    >
      <p className="hint">{t('correction.foldHint')}</p>
      <label className="field">
        <span>{t('correction.foldId')}</span>
        <input
          id="field-into"
          autoFocus
          list="same-page"
          maxLength={64}
          value={into}
          onChange={({ target }) => setInto(target.value)}
        />
      </label>
      <datalist id="same-page">
        {others.map(({ correctionId, text }) => (
          <option key={correctionId} value={correctionId}>
            {text.slice(0, 40)}
          </option>
        ))}
      </datalist>
    </FormDialog>
  );
}
