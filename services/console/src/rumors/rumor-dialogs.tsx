import type { Clue, RumorRow, RumorVerdict } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { useWords } from '../words/index.ts';
import { ClueFields } from './clue-fields.tsx';
import { blankClue, clueOf, problemsOfClue } from './clue.ts';

type Assessed = { verdict: RumorVerdict; decision: 'rebut' | 'watch' | 'drop'; facts: string; basis: string };

const verdicts = ['false', 'misleading', 'outdated', 'true', 'unclear'] as const;
const decisions = ['rebut', 'watch', 'drop'] as const;

export function AssessDialog(props: {
  row: RumorRow;
  onSend: (fields: Assessed) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, onSend, onClose } = props;
  const t = useWords();
  const [verdict, setVerdict] = useState<RumorVerdict>(row.verdict ?? 'false');
  const [decision, setDecision] = useState<Assessed['decision']>('rebut');
  const [facts, setFacts] = useState(row.facts);
  const [basis, setBasis] = useState(row.basis);
  const isTrue = verdict === 'true' || verdict === 'unclear';
  const problems: FieldProblem[] =
    decision !== 'rebut'
      ? []
      : [
          ...(isTrue ? [{ field: 'verdict', word: 'rumor.onlyFalse' as const }] : []),
          ...(facts.trim() === '' ? [{ field: 'facts', word: 'rumor.need.facts' as const }] : []),
        ];
  return (
    <FormDialog
      title="rumor.assessment"
      send="rumor.assess"
      problems={problems}
      onSend={() => onSend({ verdict, decision, facts: facts.trim(), basis: basis.trim() })}
      onClose={onClose}
    >
      <div className="field-row">
        <label className="field">
          <span>{t('rumor.verdict')}</span>
          <select
            id="field-verdict"
            autoFocus
            value={verdict}
            onChange={({ target }) => setVerdict(target.value as RumorVerdict)}
          >
            {verdicts.map((each) => (
              <option key={each} value={each}>
                {t(`rumor.verdict.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('rumor.decision')}</span>
          <select value={decision} onChange={({ target }) => setDecision(target.value as Assessed['decision'])}>
            {decisions.map((each) => (
              <option key={each} value={each}>
                {t(`rumor.decision.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        <span>{t('rumor.facts')}</span>
        <textarea
          id="field-facts"
          rows={5}
          maxLength={4_000}
          value={facts}
          onChange={({ target }) => setFacts(target.value)}
        />
      </label>
      <label className="field">
        <span>{t('rumor.basis')}</span>
        <input maxLength={1_000} value={basis} onChange={({ target }) => setBasis(target.value)} />
      </label>
    </FormDialog>
  );
}

export function ClueDialog(props: {
  row: RumorRow;
  onSend: (clue: Clue) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, onSend, onClose } = props;
  const [draft, setDraft] = useState(() => ({ ...blankClue, claim: row.claim }));
  return (
    <FormDialog
      title="rumor.addClue"
      send="rumor.addClue"
      problems={problemsOfClue(draft)}
      onSend={() => onSend(clueOf(draft))}
      onClose={onClose}
    >
      <ClueFields
        site={row.site}
        draft={draft}
        onChange={(fields) => setDraft((before) => ({ ...before, ...fields }))}
        onEvidence={(change) => setDraft((before) => ({ ...before, evidence: change(before.evidence) }))}
      />
    </FormDialog>
  );
}

type Effect = { spread: 'rising' | 'falling' | 'gone'; reach: string; note: string };
const spreads = ['rising', 'falling', 'gone'] as const;

export function EffectDialog(props: { onSend: (effect: Effect) => Promise<void>; onClose: () => void }): ReactElement {
  const { onSend, onClose } = props;
  const t = useWords();
  const [effect, setEffect] = useState<Effect>({ spread: 'falling', reach: '', note: '' });
  const set = (fields: Partial<Effect>) => setEffect((before) => ({ ...before, ...fields }));
  return (
    <FormDialog
      title="rumor.effect"
      send="rumor.noteEffect"
      problems={[]}
      onSend={() => onSend({ ...effect, reach: effect.reach.trim(), note: effect.note.trim() })}
      onClose={onClose}
    >
      <div className="field-row">
        <label className="field">
          <span>{t('rumor.spread')}</span>
          <select
            autoFocus
            value={effect.spread}
            onChange={({ target }) => set({ spread: target.value as Effect['spread'] })}
          >
            {spreads.map((each) => (
              <option key={each} value={each}>
                {t(`rumor.spread.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field field-wide">
          <span>
            {t('rumor.reach')} <small>{t('rumor.reachHint')}</small>
          </span>
          <input maxLength={200} value={effect.reach} onChange={({ target }) => set({ reach: target.value })} />
        </label>
      </div>
      <label className="field">
        <span>{t('rumor.note')}</span>
        <textarea
          rows={3}
          maxLength={2_000}
          value={effect.note}
          onChange={({ target }) => set({ note: target.value })}
        />
      </label>
    </FormDialog>
  );
}
