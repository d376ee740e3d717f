import {
  referralOffice,
  incidentSeverity,
  type ClosingReport,
  type IncidentEntry,
  type IncidentRow,
  type ReferralOffice,
  type ReleaseFile,
  type IncidentSeverity,
} from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { newId, type Intent } from '../api/client.ts';
import { fromField, toField } from '../duty/month.ts';
import { EvidenceField } from '../parts/evidence-field.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { serverNow } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';

type Props = { row: IncidentRow; onSend: (intent: Intent) => Promise<void>; onClose: () => void };

const nowField = () => toField(new Date(serverNow()).toISOString());
const missing = (value: string, field: string, word: Word): FieldProblem[] =>
  value.trim() === '' ? [{ field, word }] : [];

function TextField(props: {
  id: string;
  word: Word;
  hint?: Word;
  value: string;
  rows?: number;
  first?: boolean;
  most?: number;
  onChange: (value: string) => void;
}): ReactElement {
  const t = useWords();
  const { id, word, hint, value, rows, first, most = 4_000, onChange } = props;
  const field = {
    id: `field-${id}`,
    maxLength: most,
    value,
    autoFocus: first ?? false,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  return (
    <label className="field field-wide">
      <span>
        {t(word)} {hint && <small>{t(hint)}</small>}
      </span>
      {rows ? <textarea rows={rows} {...field} /> : <input {...field} />}
    </label>
  );
}

function TimeField(props: { word: Word; value: string; onChange: (value: string) => void }): ReactElement {
  const t = useWords();
  return (
    <label className="field">
      <span>{t(props.word)}</span>
      <input
        id="field-time"
        type="datetime-local"
        value={props.value}
        onChange={({ target }) => props.onChange(target.value)}
      />
    </label>
  );
}

/** What was noticed or done; or what of an entry of before was wrong, which stays as it is. */
export function NoteDialog({
  row,
  onSend,
  onClose,
  corrects,
}: Props & { corrects: IncidentEntry | null }): ReactElement {
  const t = useWords();
  const [entryId] = useState(newId);
  const [entry, setEntry] = useState<'noticed' | 'done'>('done');
  const [text, setText] = useState(corrects?.text ?? '');
  const [at, setAt] = useState(corrects ? toField(corrects.happenedAt) : nowField());
  const [evidence, setEvidence] = useState<ReleaseFile[]>([]);
  const happenedAt = fromField(at);
  const problems = [
    ...missing(text, 'text', 'incident.need.text'),
    ...missing(happenedAt ?? '', 'time', 'incident.need.time'),
  ];
  const what = corrects ? { entry: 'correction', corrects: corrects.entryId } : { entry };
  return (
    <FormDialog
      title={corrects ? 'incident.correct' : 'incident.noteTitle'}
      send={corrects ? 'incident.correct' : 'incident.note'}
      problems={problems}
      onSend={() => onSend({ type: 'incident.note', entryId, ...what, text: text.trim(), happenedAt, evidence })}
      onClose={onClose}
    >
      {corrects && <p className="hint">{t('incident.correctHint')}</p>}
      <div className="field-row">
        {!corrects && (
          <label className="field">
            <span>{t('incident.noteKind')}</span>
            <select value={entry} onChange={({ target }) => setEntry(target.value as 'done')}>
              <option value="done">{t('incident.entry.done')}</option>
              <option value="noticed">{t('incident.entry.noticed')}</option>
            </select>
          </label>
        )}
        <TimeField word="incident.happenedAt" value={at} onChange={setAt} />
      </div>
      <TextField id="text" word="incident.text" rows={4} first value={text} onChange={setText} />
      <EvidenceField site={row.site} files={evidence} onFiles={setEvidence} />
    </FormDialog>
  );
}

export function ReportDialog({ onSend, onClose }: Props): ReactElement {
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [at, setAt] = useState(nowField);
  const reportedAt = fromField(at);
  const problems = [
    ...missing(to, 'to', 'incident.need.to'),
    ...missing(text, 'text', 'incident.need.text'),
    ...missing(reportedAt ?? '', 'time', 'incident.need.time'),
  ];
  return (
    <FormDialog
      title="incident.reportTitle"
      send="incident.report"
      problems={problems}
      onSend={() => onSend({ type: 'incident.report', to: to.trim(), text: text.trim(), reportedAt })}
      onClose={onClose}
    >
      <div className="field-row">
        <TextField
          id="to"
          word="incident.reportTo"
          hint="incident.reportToHint"
          most={500}
          first
          value={to}
          onChange={setTo}
        />
        <TimeField word="incident.reportedAt" value={at} onChange={setAt} />
      </div>
      <TextField id="text" word="incident.reportText" rows={4} value={text} onChange={setText} />
    </FormDialog>
  );
}

export function ReferDialog({ row, onSend, onClose }: Props): ReactElement {
  const t = useWords();
  const [referralId] = useState(newId);
  const [draft, setDraft] = useState({
    authority: 'police' as ReferralOffice,
    office: '',
    number: '',
    contact: '',
    text: '',
  });
  const [at, setAt] = useState(nowField);
  const [evidence, setEvidence] = useState<ReleaseFile[]>([]);
  const set = (fields: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...fields }));
  const referredAt = fromField(at);
  const problems = [
    ...missing(draft.office, 'office', 'incident.need.office'),
    ...missing(referredAt ?? '', 'time', 'incident.need.time'),
  ];
  const send = () => {
    const { office, number, contact, text, authority } = draft;
    const said = { office: office.trim(), number: number.trim(), contact: contact.trim(), text: text.trim() };
    return onSend({ type: 'incident.refer', referralId, referral: { authority, ...said, referredAt, evidence } });
  };
  return (
    <FormDialog title="incident.referTitle" send="incident.refer" problems={problems} onSend={send} onClose={onClose}>
      <div className="field-row">
        <label className="field">
          <span>{t('incident.authority')}</span>
          <select value={draft.authority} onChange={({ target }) => set({ authority: target.value as ReferralOffice })}>
            {referralOffice.options.map((each) => (
              <option key={each} value={each}>
                {t(`incident.authority.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <TextField
          id="office"
          word="incident.office"
          most={500}
          first
          value={draft.office}
          onChange={(office) => set({ office })}
        />
      </div>
      <div className="field-row">
        <TextField
          id="number"
          word="incident.number"
          most={100}
          value={draft.number}
          onChange={(number) => set({ number })}
        />
        <TextField
          id="contact"
          word="incident.contact"
          most={200}
          value={draft.contact}
          onChange={(contact) => set({ contact })}
        />
        <TimeField word="incident.referredAt" value={at} onChange={setAt} />
      </div>
      <TextField id="text" word="incident.referText" rows={3} value={draft.text} onChange={(text) => set({ text })} />
      <EvidenceField site={row.site} files={evidence} onFiles={setEvidence} />
    </FormDialog>
  );
}

export function AnswerDialog({ onSend, onClose, referralId }: Props & { referralId: string }): ReactElement {
  const [number, setNumber] = useState('');
  const [text, setText] = useState('');
  const [at, setAt] = useState(nowField);
  const answeredAt = fromField(at);
  const problems = [
    ...missing(text, 'text', 'incident.need.text'),
    ...missing(answeredAt ?? '', 'time', 'incident.need.time'),
  ];
  const said = { number: number.trim(), text: text.trim(), answeredAt };
  return (
    <FormDialog
      title="incident.answerTitle"
      send="incident.answer"
      problems={problems}
      onSend={() => onSend({ type: 'incident.record_answer', referralId, ...said })}
      onClose={onClose}
    >
      <div className="field-row">
        <TextField id="number" word="incident.number" most={100} value={number} onChange={setNumber} />
        <TimeField word="incident.answeredAt" value={at} onChange={setAt} />
      </div>
      <TextField id="text" word="incident.answerText" rows={4} first value={text} onChange={setText} />
    </FormDialog>
  );
}

export function GradeDialog({ row, onSend, onClose }: Props): ReactElement {
  const t = useWords();
  const [grade, setGrade] = useState<IncidentSeverity>(row.severity);
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title="incident.grade"
      send="incident.grade"
      problems={missing(reason, 'reason', 'incident.need.text')}
      onSend={() => onSend({ type: 'incident.grade', severity: grade, reason: reason.trim() })}
      onClose={onClose}
    >
      <label className="field">
        <span>{t('incident.severity')}</span>
        <select value={grade} autoFocus onChange={({ target }) => setGrade(target.value as IncidentSeverity)}>
          {incidentSeverity.options.map((each) => (
            <option key={each} value={each}>
              {t(`severity.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField id="reason" word="incident.gradeReason" most={500} value={reason} onChange={setReason} />
    </FormDialog>
  );
}

export function CloseDialog({ row, onSend, onClose }: Props): ReactElement {
  const t = useWords();
  const unreported = row.reportedAt === null;
  const [draft, setDraft] = useState<ClosingReport>({
    outcome: unreported ? 'false_alarm' : 'handled',
    cause: '',
    impact: '',
    measures: '',
    prevention: '',
  });
  const set = (fields: Partial<ClosingReport>) => setDraft((before) => ({ ...before, ...fields }));
  const { outcome, cause, impact, measures, prevention } = draft;
  const report = { outcome, cause: cause.trim(), impact: impact.trim(), measures: measures.trim() };
  return (
    <FormDialog
      title="incident.closeTitle"
      send="incident.close"
      problems={[
        ...missing(cause, 'cause', 'incident.need.cause'),
        ...missing(measures, 'measures', 'incident.need.measures'),
      ]}
      onSend={() => onSend({ type: 'incident.close', report: { ...report, prevention: prevention.trim() } })}
      onClose={onClose}
    >
      {unreported && <p className="alarm-gap">{t('incident.unreportedClose')}</p>}
      <label className="field">
        <span>{t('incident.outcome')}</span>
        <select value={outcome} onChange={({ target }) => set({ outcome: target.value as 'handled' })}>
          {!unreported && <option value="handled">{t('incident.outcome.handled')}</option>}
          <option value="false_alarm">{t('incident.outcome.false_alarm')}</option>
        </select>
      </label>
      <TextField
        id="cause"
        word="incident.cause"
        rows={2}
        first
        value={cause}
        onChange={(value) => set({ cause: value })}
      />
      <TextField
        id="impact"
        word="incident.impact"
        rows={2}
        value={impact}
        onChange={(value) => set({ impact: value })}
      />
      <TextField
        id="measures"
        word="incident.measures"
        rows={2}
        value={measures}
        onChange={(value) => set({ measures: value })}
      />
      <TextField
        id="prevention"
        word="incident.prevention"
        rows={2}
        value={prevention}
        onChange={(value) => set({ prevention: value })}
      />
    </FormDialog>
  );
}
