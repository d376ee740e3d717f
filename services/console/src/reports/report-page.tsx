import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { entryOf, gapsOf, reportForm, type ReportField, type ReportRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { readReport, report, reportCounting } from '../api/reports.ts';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, serverNow, short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { useFormWords } from './form-words.ts';
import { periodInWords } from './period-words.ts';
import { ReportDue, ReportTag, savedAt } from './reports-page.tsx';

type Typed = Record<string, { value: string; note: string }>;

/** The form as it will be with what is typed here. */
const withTyped = (row: ReportRow, typed: Typed) => ({ ...row, entries: { ...row.entries, ...typed } });

/** One form: figures with how they were counted, entries to fill, and who answers for it. */
export function ReportPage(): ReactElement {
  const { site, reportId } = useParams({ from: '/reports/$site/$reportId' });
  const answer = useQuery(report(site, reportId));
  const { data, error } = answer;
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  return data ? <Form row={data} /> : <Pending of={answer} />;
}

function Form({ row }: { row: ReportRow }): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const forms = useFormWords();
  const { site, reportId, state } = row;
  const [typed, setTyped] = useState<Typed>({});
  const [asked, setAsked] = useState<'return' | 'amend' | null>(null);
  const [busy, setBusy] = useState<Word | null>(null);
  const changed = Object.keys(typed).length > 0;
  useBlocker({
    shouldBlockFn: () => changed && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed,
  });
  const send = async (intents: Intent[], done: Word, doing: Word): Promise<boolean> => {
    setBusy(doing);
    try {
      let atLeast = 0;
      for (const intent of intents) atLeast = (await decide({ ...intent, site, reportId })).position;
      client.setQueryData(report(site, reportId).queryKey, await readReport(site, reportId, atLeast));
      void client.invalidateQueries({ queryKey: ['reports'] });
      announce('done', t(done));
      return true;
    } catch (caught) {
      announce('failed', sayError(caught, t));
      return false;
    } finally {
      setBusy(null);
    }
  };
  const filled = (): Intent[] =>
    changed
      ? [{ type: 'report.fill', entries: Object.entries(typed).map(([field, said]) => ({ field, ...said })) }]
      : [];
  const save = async () => {
    if (await send(filled(), 'report.saved', 'report.saving')) setTyped({});
  };
  const count = () => send([{ type: 'report.compute' }], 'report.counted', 'report.counting');
  const submit = async () => {
    const revision = row.revision + (changed ? 1 : 0);
    if (await send([...filled(), { type: 'report.submit', revision }], 'report.submitted', 'report.saving'))
      setTyped({});
  };
  const approve = () => send([{ type: 'report.approve', revision: row.revision }], 'report.approved', 'report.saving');
  const filledIn = withTyped(row, typed);
  const gaps = gapsOf(filledIn);
  const isRunning = serverNow() < Date.parse(row.period.to);
  const fills = state === 'open' && hasRole(me, 'manager', 'comms');
  const answers = state === 'submitted' && hasRole(me, 'manager', 'signer');
  const mayApprove = answers && !row.by.includes(me.personId);
  useShortcuts([
    { keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: () => void navigate({ to: '/reports' }) },
    ...(mayApprove
      ? [{ keys: ['a'], says: 'report.approve' as const, group: 'keys.decision' as const, run: () => void approve() }]
      : []),
  ]);
  const type = (field: string, more: Partial<{ value: string; note: string }>) =>
    setTyped((before) => ({ ...before, [field]: { ...entryOf(withTyped(row, before), field), ...more } }));
  const saved = savedAt(row);
  return (
    <div className="rules" data-testid="report" data-state={state}>
      <div className="form-body report">
        <header className="report-head">
          <p className="crumbs">
            <Link to="/reports">{t('nav.reports')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <ReportTag row={row} /> {forms.title(row.template)}（{periodInWords(row)}）
          </h2>
          <p className="linked-moment">
            {siteName(site)} · {reportForm(row.template).basis} · <ReportDue row={row} />
            {row.computedAt !== null && (
              <> · {t('report.asOf', { time: minute(row.computedAt), position: row.position })}</>
            )}
            {saved !== null && <> · {t('report.savedAt', { time: saved })}</>}
          </p>
          {row.returned && (
            <p className="note note-warning">
              {t('report.returnedBy', { name: row.returned.byName, reason: row.returned.reason })}
            </p>
          )}
          <p className="no-print">
            {row.url !== null && (
              <a className="button" href={row.url} target="_blank" rel="noreferrer">
                {t('report.public')}
              </a>
            )}{' '}
            {t('report.take')}{' '}
            {(['pdf', 'xlsx', 'csv'] as const).map((format) => (
              <a key={format} className="button" href={`/api/reports/${site}/${reportId}/report.${format}`} download>
                {format.toUpperCase()}
              </a>
            ))}{' '}
            <button type="button" className="button" onClick={() => window.print()}>
              {t('compliance.print')}
            </button>
          </p>
        </header>
        {reportForm(row.template).sections.map((section) => (
          <section key={section.name} className="report-section">
            <h3>{forms.section(section)}</h3>
            <table className="table report-table">
              <thead>
                <tr>
                  <th>{t('report.col.entry')}</th>
                  <th>{t('report.col.value')}</th>
                  <th>{t('report.col.note')}</th>
                </tr>
              </thead>
              <tbody>
                {section.fields.map((field) => (
                  <Entry
                    key={field.id}
                    field={field}
                    row={row}
                    said={entryOf(filledIn, field.id)}
                    onType={fills ? (more) => type(field.id, more) : null}
                  />
                ))}
              </tbody>
            </table>
          </section>
        ))}
        {row.amendments.length > 0 && (
          <section className="report-section">
            <h3>{t('report.amendments')}</h3>
            {row.amendments.map(({ text, byName, at }) => (
              <p key={at}>
                {short(at)} {byName}：{text}
              </p>
            ))}
          </section>
        )}
      </div>
      <footer className="actions no-print">
        <span className="actions-text" role="status">
          {busy === 'report.counting' ? <Counting site={site} reportId={reportId} /> : busy !== null && t(busy)}
          {busy === null &&
            fills &&
            gaps.length > 0 &&
            t('report.gaps', { count: gaps.length, first: forms.field(gaps[0]!).name })}
          {busy === null &&
            fills &&
            gaps.length === 0 &&
            isRunning &&
            t('report.running', { to: short(row.period.to) })}
          {answers && !mayApprove && t('report.notYours')}
        </span>
        {fills && (
          <>
            <button
              type="button"
              className={row.computedAt === null ? 'button button-primary' : 'button'}
              disabled={busy !== null}
              onClick={() => void count()}
            >
              {t(row.computedAt === null ? 'report.countFirst' : 'report.count')}
            </button>
            <button
              type="button"
              className="button"
              disabled={busy !== null || !changed}
              onClick={() => void save()}
              data-testid="save"
            >
              {t('report.save')}
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={busy !== null || gaps.length > 0 || isRunning}
              onClick={() => void submit()}
              data-testid="submit"
            >
              {t('report.submit')}
            </button>
          </>
        )}
        {answers && (
          <button type="button" className="button" disabled={busy !== null} onClick={() => setAsked('return')}>
            {t('report.return')}
          </button>
        )}
        {mayApprove && (
          <button
            type="button"
            className="button button-primary"
            disabled={busy !== null}
            onClick={() => void approve()}
            data-testid="approve"
          >
            {t('report.approve')} <kbd>A</kbd>
          </button>
        )}
        {(state === 'approved' || state === 'published') && hasRole(me, 'manager', 'signer') && (
          <button type="button" className="button" onClick={() => setAsked('amend')}>
            {t('report.amend')}
          </button>
        )}
      </footer>
      {asked === 'return' && (
        <ReasonDialog
          title={t('report.return')}
          hint={t('report.returnHint')}
          label={t('report.reason')}
          send={t('report.return')}
          onSend={async (reason) => {
            if (await send([{ type: 'report.return', reason }], 'report.returned', 'report.saving')) setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'amend' && (
        <ReasonDialog
          title={t('report.amend')}
          hint={t('report.amendHint')}
          label={t('report.amendText')}
          send={t('report.amend')}
          onSend={async (text) => {
            if (await send([{ type: 'report.amend', text }], 'report.amended', 'report.saving')) setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

/** How far the log is read: of a nation's year it takes a while. */
function Counting({ site, reportId }: { site: string; reportId: string }): ReactElement {
  const t = useWords();
  const { data } = useQuery(reportCounting(site, reportId));
  const share = data?.share ?? null;
  const says = share === null ? t('report.counting') : t('report.countedSoFar', { percent: Math.floor(share * 100) });
  return (
    <span data-testid="counting">
      {says} <progress max={1} {...(share !== null && { value: share })} aria-label={says} />
    </span>
  );
}

function Entry(props: {
  field: ReportField;
  row: ReportRow;
  said: { value: string; note: string };
  onType: ((more: Partial<{ value: string; note: string }>) => void) | null;
}): ReactElement {
  const t = useWords();
  const { field, row, said, onType } = props;
  const { name, official } = useFormWords().field(field);
  const counted = row.figures[field.id];
  const before = row.moved[field.id];
  const differs = counted !== undefined && said.value !== counted;
  const isGap = said.value.trim() === '' && said.note.trim() === '';
  return (
    <tr className={isGap ? 'report-gap' : ''} data-field={field.id}>
      <th scope="row">
        {name}
        {field.unit && <span className="hint">（{field.unit}）</span>}
        <span className="hint report-means">
          {field.from === 'log' ? t('report.fromLog') : t('report.fromPerson')}{' '}
          {official === null ? (
            field.means
          ) : (
            <span lang="zh-CN">
              {official}：{field.means}
            </span>
          )}
        </span>
      </th>
      <td>
        {onType === null ? (
          <span>{said.value || t('report.unknown')}</span>
        ) : (
          <textarea
            rows={1}
            maxLength={4_000}
            value={said.value}
            aria-label={name}
            onChange={({ target }) => onType({ value: target.value })}
          />
        )}
        {counted !== undefined && differs && <span className="hint">{t('report.countedAs', { value: counted })}</span>}
        {before !== undefined && <span className="hint">{t('report.movedFrom', { value: before })}</span>}
      </td>
      <td>
        {onType === null ? (
          <span>{said.note}</span>
        ) : (
          <textarea
            rows={1}
            maxLength={1_000}
            value={said.note}
            aria-label={t('report.noteOf', { name })}
            placeholder={differs ? t('report.noteNeeded') : isGap ? t('report.noteGap') : ''}
            onChange={({ target }) => onType({ note: target.value })}
          />
        )}
      </td>
    </tr>
  );
}
