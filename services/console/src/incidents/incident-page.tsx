import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { IncidentEntry, IncidentRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { incident, readIncident } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { useDecisionKeys } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { AnswerDialog, CloseDialog, GradeDialog, NoteDialog, ReferDialog, ReportDialog } from './incident-dialogs.tsx';
import { IncidentTags, ReportClock } from './incidents-page.tsx';

type Asked =
  | { what: 'note'; corrects: IncidentEntry | null }
  | { what: 'answer'; referralId: string }
  | { what: 'report' | 'refer' | 'grade' | 'close' | 'reopen' };

const done: Record<string, Word> = {
  'incident.note': 'incident.noted',
  'incident.report': 'incident.reportDone',
  'incident.refer': 'incident.referDone',
  'incident.record_answer': 'incident.answerDone',
  'incident.grade': 'incident.gradeDone',
  'incident.close': 'incident.closeDone',
  'incident.reopen': 'incident.reopenDone',
};

/** One incident: what happened when, to whom it was reported and handed on, and what was said at the end. It prints as its report. */
export function IncidentPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const { site, incidentId } = useParams({ from: '/incidents/$site/$incidentId' });
  const answer = useQuery(incident(site, incidentId));
  const [asked, setAsked] = useState<Asked | null>(null);
  const row = answer.data;
  const isOpen = row?.state === 'open';
  const leads = hasRole(me, 'duty', 'manager', 'admin');
  const ask = (what: 'report' | 'refer' | 'grade' | 'close' | 'reopen') => () => setAsked({ what });
  const note = (corrects: IncidentEntry | null) => setAsked({ what: 'note', corrects });
  const keys = [
    { key: 'n', says: 'incident.note', may: isOpen, run: () => note(null) },
    { key: 'r', says: 'incident.report', may: isOpen && leads, run: ask('report') },
    { key: 'f', says: 'incident.refer', may: isOpen && leads, run: ask('refer') },
    { key: 'x', says: 'incident.close', may: isOpen && leads, run: ask('close') },
  ] as const;
  useDecisionKeys(keys, () => void navigate({ to: '/incidents' }));
  const send = async (intent: Intent) => {
    try {
      const { position } = await decide({ ...intent, site, incidentId });
      client.setQueryData(incident(site, incidentId).queryKey, await readIncident(site, incidentId, position));
      announce('done', t(done[intent.type]!));
      setAsked(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  const { error } = answer;
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!row) return <Pending of={answer} />;
  const dialog = { row, onSend: send, onClose: () => setAsked(null) };
  const origin =
    row.origin.from === 'finding'
      ? t('incident.origin.finding', { finding: row.origin.finding })
      : t(`incident.origin.${row.origin.from}`);
  return (
    <div className="release incident" data-testid="incident" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs no-print">
            <Link to="/incidents">{t('nav.incidents')}</Link> <kbd>Esc</kbd>
          </p>
          <p className="print-only incident-report-name">{t('incident.reportName')}</p>
          <h2 className="task-title">
            <IncidentTags row={row} /> {row.title}
          </h2>
          <p className="linked-moment">
            <ReportClock row={row} />
            <span className="hint">
              {siteName(site)} · {t(`incident.kind.${row.kind}`)} · {origin} ·{' '}
              {t('incident.by', { name: row.openedByName, time: minute(row.openedAt) })} ·{' '}
              {t('incident.due', { time: minute(row.dueAt) })}
              {row.url && <> · {row.url}</>}
            </span>
          </p>
        </header>
        <div className="rumor-body">
          {row.closed && <Conclusion closed={row.closed} />}
          <Entries row={row} onCorrect={isOpen ? note : null} />
          <Referrals row={row} onAnswer={leads ? (referralId) => setAsked({ what: 'answer', referralId }) : null} />
        </div>
        <footer className="actions no-print">
          <div className="actions-left">
            <button type="button" className="button" onClick={() => window.print()}>
              {t('incident.print')}
            </button>
            {isOpen && leads && (
              <button type="button" className="button" onClick={ask('grade')} data-testid="grade">
                {t('incident.grade')}
              </button>
            )}
          </div>
          <span className="actions-text" />
          {!isOpen && leads && (
            <button type="button" className="button" onClick={ask('reopen')} data-testid="reopen">
              {t('incident.reopen')}
            </button>
          )}
          {keys
            .filter(({ may }) => may)
            .map(({ key, says, run }) => (
              <button
                key={key}
                type="button"
                className={
                  says === (row.reportedAt === null ? 'incident.report' : 'incident.note')
                    ? 'button button-primary'
                    : 'button'
                }
                onClick={run}
                data-testid={says.slice('incident.'.length)}
              >
                {t(says)} <kbd>{key.toUpperCase()}</kbd>
              </button>
            ))}
        </footer>
      </div>
      {asked?.what === 'note' && <NoteDialog {...dialog} corrects={asked.corrects} />}
      {asked?.what === 'report' && <ReportDialog {...dialog} />}
      {asked?.what === 'refer' && <ReferDialog {...dialog} />}
      {asked?.what === 'answer' && <AnswerDialog {...dialog} referralId={asked.referralId} />}
      {asked?.what === 'grade' && <GradeDialog {...dialog} />}
      {asked?.what === 'close' && <CloseDialog {...dialog} />}
      {asked?.what === 'reopen' && (
        <ReasonDialog
          title={t('incident.reopenTitle')}
          hint={t('incident.reopenHint')}
          label={t('task.reason')}
          send={t('incident.reopen')}
          onClose={dialog.onClose}
          onSend={(reason) => send({ type: 'incident.reopen', reason })}
        />
      )}
    </div>
  );
}

function Conclusion({ closed }: { closed: NonNullable<IncidentRow['closed']> }): ReactElement {
  const t = useWords();
  return (
    <section data-testid="conclusion">
      <h3>{t('incident.conclusion')}</h3>
      <dl className="rumor-facts">
        <dt>{t('incident.outcome')}</dt>
        <dd>
          {t(`incident.outcome.${closed.outcome}`)}{' '}
          <span className="hint">
            {closed.byName} {minute(closed.at)}
          </span>
        </dd>
        {(['cause', 'impact', 'measures', 'prevention'] as const).map((each) => (
          <Fact key={each} word={`incident.${each}`} text={closed[each]} />
        ))}
      </dl>
    </section>
  );
}

function Fact({ word, text }: { word: Word; text: string }): ReactElement {
  const t = useWords();
  return (
    <>
      <dt>{t(word)}</dt>
      <dd className="text-lines">{text || '—'}</dd>
    </>
  );
}

const incidentFile = ({ site, incidentId }: IncidentRow, hash: string) =>
  `/api/incidents/${incidentId}/files/${hash}?${new URLSearchParams({ site })}`;

function Files({ row, files }: { row: IncidentRow; files: IncidentEntry['evidence'] }): ReactElement {
  return (
    <>
      {files.map(({ hash, name }) => (
        <div key={hash}>
          <a href={incidentFile(row, hash)} target="_blank" rel="noreferrer">
            {name}
          </a>
        </div>
      ))}
    </>
  );
}

/** By when it happened, as corrections say it; what was corrected stays where it was written. */
function Entries({
  row,
  onCorrect,
}: {
  row: IncidentRow;
  onCorrect: ((entry: IncidentEntry) => void) | null;
}): ReactElement {
  const t = useWords();
  const inOrder = [...row.entries].sort((one, other) =>
    one.happenedAt === other.happenedAt ? 0 : one.happenedAt < other.happenedAt ? -1 : 1,
  );
  const named = new Map(row.entries.map((each) => [each.entryId, each]));
  const correctedBy = new Set(row.entries.map(({ corrects }) => corrects));
  const corrigible = ({ entry }: IncidentEntry) =>
    entry === 'opened' || entry === 'noticed' || entry === 'done' || entry === 'correction';
  return (
    <section data-testid="incident-timeline">
      <h3>{t('incident.timeline')}</h3>
      <table className="table table-dense">
        <tbody>
          {inOrder.map((each) => (
            <tr key={each.entryId}>
              <td className="cell-time">{minute(each.happenedAt)}</td>
              <td>{t(`incident.entry.${each.entry}`)}</td>
              <td className="cell-wide">
                <span className={correctedBy.has(each.entryId) ? 'text-lines incident-corrected' : 'text-lines'}>
                  {each.text}
                </span>
                {each.corrects && (
                  <div className="hint">
                    {t('incident.corrects', {
                      text: `${minute(named.get(each.corrects)?.happenedAt ?? each.happenedAt)} ${named.get(each.corrects)?.text ?? ''}`,
                    })}
                  </div>
                )}
                {correctedBy.has(each.entryId) && <div className="alarm-gap">{t('incident.corrected')}</div>}
                <Files row={row} files={each.evidence} />
              </td>
              <td className="hint">{t('incident.notedLater', { name: each.byName, time: short(each.notedAt) })}</td>
              <td className="no-print">
                {onCorrect && corrigible(each) && (
                  <button
                    type="button"
                    className="link"
                    onClick={() => onCorrect(each)}
                    aria-label={`${t('incident.correct')} ${each.text}`}
                  >
                    {t('incident.correct')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Referrals({
  row,
  onAnswer,
}: {
  row: IncidentRow;
  onAnswer: ((referralId: string) => void) | null;
}): ReactElement {
  const t = useWords();
  return (
    <section data-testid="referrals">
      <h3>{t('incident.referrals')}</h3>
      {row.referrals.length === 0 && <p className="hint">{t('incident.noReferrals')}</p>}
      {row.referrals.map((each) => (
        <div key={each.referralId} className="incident-referral">
          <p>
            <strong>
              {t(`incident.authority.${each.authority}`)} · {each.office}
            </strong>{' '}
            {minute(each.referredAt)} {each.number} {each.contact} <span className="hint">{each.byName}</span>
          </p>
          {each.text && <p className="text-lines">{each.text}</p>}
          <Files row={row} files={each.evidence} />
          {each.answers.length === 0 && <p className="hint">{t('incident.unanswered')}</p>}
          {each.answers.map(({ text, answeredAt, byName }) => (
            <p key={answeredAt} className="text-lines">
              {t('incident.answered', { time: minute(answeredAt), text })} <span className="hint">{byName}</span>
            </p>
          ))}
          {onAnswer && (
            <button type="button" className="button button-small no-print" onClick={() => onAnswer(each.referralId)}>
              {t('incident.answer')}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}
