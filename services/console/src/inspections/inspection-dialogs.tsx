import {
  leastShare,
  worksheetItem,
  type InspectionList,
  type Judgement,
  type ReleaseFile,
  type WorksheetItem,
} from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { EvidenceField } from '../parts/evidence-field.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import type { FieldProblem } from '../parts/problem-list.tsx';
import { useWords, type Word } from '../words/index.ts';

type Dialog<F> = { onSend: (fields: F) => Promise<void>; onClose: () => void };

const when = (holds: boolean, field: string, word: Word): FieldProblem[] => (holds ? [{ field, word }] : []);
const blank = (text: string) => text.trim() === '';
/** What a field for a moment of Beijing says, as an instant; null: it says none. */
const instantOf = (local: string): string | null => {
  const at = Date.parse(`${local}:00.000+08:00`);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

export type Opening = { share: number; publicValueName: string; exclude: { siteId: string; reason: string }[] };

/** Freezes the list: who is on it, who is not and why, and which value will decide. */
export function OpenDialog({
  sites,
  onSend,
  onClose,
}: Dialog<Opening> & { sites: InspectionList['sites'] }): ReactElement {
  const t = useWords();
  const [share, setShare] = useState(String(leastShare));
  const [valueName, setValueName] = useState(t('inspection.openValuePreset'));
  const [left, setLeft] = useState<Record<string, string>>({});
  const exclude = Object.entries(left).map(([siteId, reason]) => ({ siteId, reason: reason.trim() }));
  const percent = Number(share);
  const problems = [
    ...when(!(Number.isInteger(percent) && percent >= leastShare && percent <= 100), 'share', 'inspection.need.share'),
    ...when(blank(valueName), 'valueName', 'inspection.need.valueName'),
    ...when(
      exclude.some(({ reason }) => reason === ''),
      'exclude',
      'inspection.need.exclude',
    ),
  ];
  return (
    <FormDialog
      title="inspections.open"
      send="inspections.open"
      problems={problems}
      onSend={() => onSend({ share: percent, publicValueName: valueName.trim(), exclude })}
      onClose={onClose}
    >
      <label className="field">
        <span>
          {t('inspection.share')} <small>{t('inspection.shareHint')}</small>
        </span>
        <input
          id="field-share"
          inputMode="numeric"
          autoFocus
          value={share}
          onChange={({ target }) => setShare(target.value)}
        />
      </label>
      <label className="field">
        <span>
          {t('inspection.openValue')} <small>{t('inspection.openValueHint')}</small>
        </span>
        <input
          id="field-valueName"
          maxLength={500}
          value={valueName}
          onChange={({ target }) => setValueName(target.value)}
        />
      </label>
      <fieldset className="inspection-exclude" id="field-exclude" tabIndex={-1}>
        <legend>{t('inspection.exclude')}</legend>
        {sites.map(({ siteId, name }) => (
          <div key={siteId} className="field-row">
            <label className="check">
              <input
                type="checkbox"
                checked={left[siteId] !== undefined}
                onChange={({ target }) =>
                  setLeft(({ [siteId]: _before, ...others }) => (target.checked ? { ...others, [siteId]: '' } : others))
                }
              />{' '}
              {name}
            </label>
            {left[siteId] !== undefined && (
              <input
                aria-label={`${t('inspection.reason')} ${name}`}
                placeholder={t('inspection.reason')}
                maxLength={500}
                value={left[siteId]}
                onChange={({ target }) => setLeft((before) => ({ ...before, [siteId]: target.value }))}
              />
            )}
          </div>
        ))}
      </fieldset>
    </FormDialog>
  );
}

export function DrawDialog({ valueName, onSend, onClose }: Dialog<{ publicValue: string }> & { valueName: string }) {
  const t = useWords();
  const [value, setValue] = useState('');
  return (
    <FormDialog
      title="inspection.draw"
      send="inspection.draw"
      problems={when(blank(value), 'value', 'inspection.need.value')}
      onSend={() => onSend({ publicValue: value.trim() })}
      onClose={onClose}
    >
      <p className="hint">{t('inspection.drawHint', { name: valueName })}</p>
      <label className="field">
        <span>{t('inspection.value')}</span>
        <input
          id="field-value"
          autoFocus
          maxLength={500}
          value={value}
          onChange={({ target }) => setValue(target.value)}
        />
      </label>
    </FormDialog>
  );
}

export function EnlargeDialog({ left, onSend, onClose }: Dialog<{ count: number; reason: string }> & { left: number }) {
  const t = useWords();
  const [count, setCount] = useState('1');
  const [reason, setReason] = useState('');
  const n = Number(count);
  return (
    <FormDialog
      title="inspection.enlarge"
      send="inspection.enlarge"
      problems={[
        ...when(!(Number.isInteger(n) && n >= 1 && n <= left), 'count', 'inspection.need.count'),
        ...when(blank(reason), 'reason', 'inspection.need.reason'),
      ]}
      onSend={() => onSend({ count: n, reason: reason.trim() })}
      onClose={onClose}
    >
      <p className="hint">{t('inspection.enlargeHint', { left })}</p>
      <label className="field">
        <span>{t('inspection.count')}</span>
        <input
          id="field-count"
          inputMode="numeric"
          autoFocus
          value={count}
          onChange={({ target }) => setCount(target.value)}
        />
      </label>
      <label className="field">
        <span>{t('inspection.reason')}</span>
        <input id="field-reason" maxLength={500} value={reason} onChange={({ target }) => setReason(target.value)} />
      </label>
    </FormDialog>
  );
}

const verdicts = ['fine', 'fault', 'unclear', 'not_applicable'] as const;
type Line = { verdict: Judgement['verdict']; note: string; url: string };

/** The worksheet of one site: what no machine can judge. At first nothing is judged, so that nothing passes by itself. */
export function JudgeDialog({
  site,
  known,
  evidence: kept,
  onSend,
  onClose,
}: Dialog<{ judgements: Judgement[]; evidence: ReleaseFile[] }> & {
  /** Who inspects. */
  site: string;
  known: readonly Judgement[];
  evidence: readonly ReleaseFile[];
}): ReactElement {
  const t = useWords();
  const [evidence, setEvidence] = useState<ReleaseFile[]>([...kept]);
  const [lines, setLines] = useState<Record<WorksheetItem, Line>>(
    () =>
      Object.fromEntries(
        worksheetItem.options.map((item) => {
          const before = known.find((each) => each.item === item);
          return [item, { verdict: before?.verdict ?? 'unclear', note: before?.note ?? '', url: before?.url ?? '' }];
        }),
      ) as Record<WorksheetItem, Line>,
  );
  const set = (item: WorksheetItem, change: Partial<Line>) =>
    setLines((before) => ({ ...before, [item]: { ...before[item], ...change } }));
  const judgements = worksheetItem.options.map((item) => {
    const { verdict, note, url } = lines[item];
    return { item, verdict, note: note.trim(), url: blank(url) ? null : url.trim() };
  });
  const problems = judgements.flatMap(({ item, verdict, note, url }) => [
    ...when(verdict === 'fault' && note === '', `note-${item}`, 'inspection.need.note'),
    ...when(url !== null && !(/^https?:\/\//.test(url) && URL.canParse(url)), `url-${item}`, 'inspection.need.url'),
  ]);
  return (
    <FormDialog
      title="inspection.judge"
      send="inspection.judge"
      problems={problems}
      onSend={() => onSend({ judgements, evidence })}
      onClose={onClose}
    >
      <p className="hint">{t('inspection.judgeHint')}</p>
      <table className="table table-dense inspection-sheet">
        <thead>
          <tr>
            <th>{t('inspection.item')}</th>
            <th>{t('inspection.verdict')}</th>
            <th>{t('inspection.note')}</th>
            <th>{t('inspection.where')}</th>
          </tr>
        </thead>
        <tbody>
          {worksheetItem.options.map((item) => (
            <tr key={item}>
              <th scope="row" className="cell-wide">
                {t(`finding.${item}`)}
              </th>
              <td>
                <select
                  aria-label={`${t('inspection.verdict')} ${t(`finding.${item}`)}`}
                  value={lines[item].verdict}
                  onChange={({ target }) => set(item, { verdict: target.value as Judgement['verdict'] })}
                  data-testid={`judge-${item}`}
                >
                  {verdicts.map((each) => (
                    <option key={each} value={each}>
                      {t(`inspection.verdict.${each}`)}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                <input
                  id={`field-note-${item}`}
                  aria-label={`${t('inspection.note')} ${t(`finding.${item}`)}`}
                  maxLength={2_000}
                  value={lines[item].note}
                  onChange={({ target }) => set(item, { note: target.value })}
                />
              </td>
              <td>
                <input
                  id={`field-url-${item}`}
                  aria-label={`${t('inspection.where')} ${t(`finding.${item}`)}`}
                  maxLength={2_000}
                  value={lines[item].url}
                  onChange={({ target }) => set(item, { url: target.value })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <EvidenceField site={site} files={evidence} onFiles={setEvidence} />
    </FormDialog>
  );
}

export function NoticeDialog({
  text: preset,
  onSend,
  onClose,
}: Dialog<{ text: string; mendBy: string }> & { text: string }) {
  const t = useWords();
  const [text, setText] = useState(preset);
  const [by, setBy] = useState('');
  const mendBy = instantOf(by);
  return (
    <FormDialog
      title="inspection.notice"
      send="inspection.notice"
      problems={[
        ...when(blank(text), 'text', 'inspection.need.text'),
        ...when(mendBy === null, 'mendBy', 'inspection.need.time'),
      ]}
      onSend={() => onSend({ text: text.trim(), mendBy: mendBy! })}
      onClose={onClose}
    >
      <label className="field">
        <span>{t('inspection.noticeText')}</span>
        <textarea
          id="field-text"
          rows={8}
          autoFocus
          maxLength={10_000}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <label className="field">
        <span>{t('inspection.mendBy')}</span>
        <input id="field-mendBy" type="datetime-local" value={by} onChange={({ target }) => setBy(target.value)} />
      </label>
    </FormDialog>
  );
}

type Interview = { with: string; where: string; heldAt: string; record: string };

export function InterviewDialog({ onSend, onClose }: Dialog<Interview>): ReactElement {
  const t = useWords();
  const [fields, setFields] = useState({ with: '', where: '', at: '', record: '' });
  const set = (change: Partial<typeof fields>) => setFields((before) => ({ ...before, ...change }));
  const heldAt = instantOf(fields.at);
  return (
    <FormDialog
      title="inspection.interview"
      send="inspection.interview"
      problems={[
        ...when(blank(fields.with), 'with', 'inspection.need.with'),
        ...when(blank(fields.where), 'where', 'inspection.need.with'),
        ...when(heldAt === null, 'heldAt', 'inspection.need.time'),
        ...when(blank(fields.record), 'record', 'inspection.need.text'),
      ]}
      onSend={() =>
        onSend({
          with: fields.with.trim(),
          where: fields.where.trim(),
          heldAt: heldAt!,
          record: fields.record.trim(),
        })
      }
      onClose={onClose}
    >
      <label className="field">
        <span>{t('inspection.with')}</span>
        <input
          id="field-with"
          autoFocus
          maxLength={500}
          value={fields.with}
          onChange={({ target }) => set({ with: target.value })}
        />
      </label>
      <div className="field-row">
        <label className="field">
          <span>{t('inspection.place')}</span>
          <input
            id="field-where"
            maxLength={500}
            value={fields.where}
            onChange={({ target }) => set({ where: target.value })}
          />
        </label>
        <label className="field">
          <span>{t('inspection.heldAt')}</span>
          <input
            id="field-heldAt"
            type="datetime-local"
            value={fields.at}
            onChange={({ target }) => set({ at: target.value })}
          />
        </label>
      </div>
      <label className="field">
        <span>{t('inspection.record')}</span>
        <textarea
          id="field-record"
          rows={6}
          maxLength={10_000}
          value={fields.record}
          onChange={({ target }) => set({ record: target.value })}
        />
      </label>
    </FormDialog>
  );
}

export function RecheckDialog({ onSend, onClose }: Dialog<{ mended: boolean; note: string }>): ReactElement {
  const t = useWords();
  const [mended, setMended] = useState(true);
  const [note, setNote] = useState('');
  return (
    <FormDialog
      title="inspection.recheck"
      send="inspection.recheck"
      problems={when(blank(note), 'note', 'inspection.need.text')}
      onSend={() => onSend({ mended, note: note.trim() })}
      onClose={onClose}
    >
      <label className="field">
        <span>{t('inspection.recheck')}</span>
        <select value={mended ? 'yes' : 'no'} onChange={({ target }) => setMended(target.value === 'yes')}>
          <option value="yes">{t('inspection.mended')}</option>
          <option value="no">{t('inspection.notMended')}</option>
        </select>
      </label>
      <label className="field">
        <span>{t('inspection.recheckNote')}</span>
        <textarea
          id="field-note"
          rows={4}
          autoFocus
          maxLength={10_000}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </label>
    </FormDialog>
  );
}
