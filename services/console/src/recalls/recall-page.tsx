import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { RecallRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { ReceivedLink } from '../parts/received.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { owesLook, PlaceName, PlanCells, RecallTag, type Place } from './recall-words.tsx';
import { ReportDialog } from './report-dialog.tsx';

type Asked = 'approve' | 'drop' | 'object';

/** One correction or withdrawal: what is done at every place, how it ended there, and what a person has to do. */
export function RecallPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const { site, releaseId, round: named } = useParams({ from: '/releases/recalls/$site/$releaseId/$round' });
  const round = Number(named);
  const answer = useQuery(views.recall(site, releaseId, round));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [reporting, setReporting] = useState<Place | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const row = answer.data?.row;
  const isProposed = row?.state === 'proposed';
  const approves = isProposed && hasRole(me, 'signer');
  const looks = row !== undefined && owesLook(row) && hasRole(me, 'signer', 'manager');
  const whyNot =
    approves && row.proposed?.by === me.personId
      ? t('recall.sameProposer')
      : looks && row.decided?.by === me.personId
        ? t('recall.sameDecider')
        : null;
  const reports = row?.state === 'running' && hasRole(me, 'comms', 'duty');

  const say = async (intent: Omit<Intent, 'site' | 'releaseId' | 'round'> & { type: string }, said: string) => {
    setBusy(true);
    setTold(null);
    try {
      const { position } = await decide({ ...intent, site, releaseId, round });
      client.setQueryData(
        views.recall(site, releaseId, round).queryKey,
        await views.readRecall(site, releaseId, round, position),
      );
      setAsked(null);
      setReporting(null);
      announce('done', said);
    } catch (caught) {
      setTold(sayError(caught, t));
      announce('failed', sayError(caught, t));
      setAsked(null);
      setReporting(null);
    } finally {
      setBusy(false);
    }
  };
  const ask = (what: Asked) => (whyNot && what !== 'drop' ? announce('told', whyNot) : setAsked(what));
  const agree = () =>
    whyNot
      ? announce('told', whyNot)
      : void say({ type: 'recall.countersign', verdict: 'agreed', note: '' }, t('recall.looked'));
  useShortcuts([
    ...(approves
      ? [{ keys: ['a'], says: 'recall.approve' as const, group: 'keys.decision' as const, run: () => ask('approve') }]
      : []),
    ...(looks ? [{ keys: ['a'], says: 'recall.agree' as const, group: 'keys.decision' as const, run: agree }] : []),
    {
      keys: ['Escape'],
      says: 'keys.escape',
      group: 'keys.anywhere',
      run: () => (asked ? setAsked(null) : void navigate({ to: '/releases/recalls' })),
    },
  ]);

  const { error } = answer;
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!row) return <Pending of={answer} />;
  return (
    <div className="release" data-testid="recall" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to="/releases/recalls">{t('recalls.title')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <span className={`tag tag-recall-${row.kind}`}>{t(`recall.kind.${row.kind}`)}</span> {row.title}{' '}
            <RecallTag row={row} />
          </h2>
          <Facts row={row} siteName={siteName(site)} />
        </header>
        {told && (
          <p className="banner banner-refused" role="alert" data-testid="refusal">
            {told}
          </p>
        )}
        {row.together.length > 0 && (
          <div className="banner" data-testid="together">
            {t('recall.together')}
            <ul>
              {row.together.map((part) => (
                <li key={part.releaseId}>
                  <Link to="/releases/$site/$releaseId" params={{ site, releaseId: part.releaseId }}>
                    {part.title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="recall-places">
          <Places row={row} reports={reports} onReport={setReporting} />
        </div>
        {asked === 'approve' && (
          <ConfirmBar
            text={t('recall.approveConfirm', { n: row.targets.length })}
            busy={busy}
            onConfirm={() => void say({ type: 'recall.approve' }, t('recall.approved'))}
            onCancel={() => setAsked(null)}
          />
        )}
        {asked !== 'approve' && (isProposed || looks) && (
          <footer className="actions">
            <div className="actions-left">
              {isProposed && hasRole(me, 'comms', 'signer') && (
                <button type="button" className="button" onClick={() => ask('drop')} data-testid="drop">
                  {t('recall.drop')}
                </button>
              )}
              {looks && (
                <button type="button" className="button" disabled={whyNot !== null} onClick={() => ask('object')}>
                  {t('recall.object')}
                </button>
              )}
            </div>
            <span className="actions-text">{whyNot}</span>
            {(approves || looks) && (
              <button
                type="button"
                className="button button-primary"
                aria-disabled={whyNot !== null || busy}
                title={whyNot ?? undefined}
                onClick={() => (approves ? ask('approve') : agree())}
                data-testid="decide"
              >
                {t(approves ? 'recall.approve' : 'recall.agree')} <kbd>A</kbd>
              </button>
            )}
          </footer>
        )}
      </div>
      <aside className="release-side">
        <p>
          <Link to="/releases/$site/$releaseId" params={{ site, releaseId }}>
            {t('recall.release')} →
          </Link>
        </p>
        <h3>{t('recall.timeline')}</h3>
        <Timeline entries={answer.data!.timeline} />
      </aside>
      {asked === 'drop' && (
        <ReasonDialog
          title={t('recall.drop')}
          hint={t('recall.dropHint')}
          label={t('task.reason')}
          send={t('recall.drop')}
          onClose={() => setAsked(null)}
          onSend={(reason) => say({ type: 'recall.drop', reason }, t('recall.dropped'))}
        />
      )}
      {asked === 'object' && (
        <ReasonDialog
          title={t('recall.object')}
          hint={t('recall.objectHint')}
          label={t('task.reason')}
          send={t('recall.object')}
          onClose={() => setAsked(null)}
          onSend={(note) => say({ type: 'recall.countersign', verdict: 'objected', note }, t('recall.looked'))}
        />
      )}
      {reporting && (
        <ReportDialog
          place={reporting}
          kind={row.kind}
          onClose={() => setReporting(null)}
          onSend={(end, note) =>
            say(
              { type: 'recall.report', targetId: reporting.targetId, end, note, screenshot: null },
              t('recall.reported'),
            )
          }
        />
      )}
    </div>
  );
}

function Facts({ row, siteName }: { row: RecallRow; siteName: string }): ReactElement {
  const t = useWords();
  const { reason, publicReason, proposed, decided, countersigned, erased } = row;
  const said = ({ byName: name, at }: { byName: string; at: string }) => ({ name, time: minute(at) });
  return (
    <div className="recall-facts">
      <p>
        {siteName} · {t('recall.reason')}：{reason}
        {row.kind !== 'correct' && ` · ${t('recall.publicReason')}：${publicReason ?? t('recall.noPublicReason')}`}
      </p>
      <p className="hint">
        {[
          proposed && t('recall.proposedBy', said(proposed)),
          decided && t('recall.decidedBy', said(decided)),
          countersigned &&
            `${t(`recall.countersigned.${countersigned.verdict}`, said(countersigned))}${countersigned.note && `（${countersigned.note}）`}`,
          erased &&
            (erased.refused === null
              ? t('recall.erased', { n: erased.messages, time: minute(erased.at) })
              : t('recall.notErased', { reason: erased.refused })),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  );
}

/** Every place, in the order of the plan. */
function Places(props: { row: RecallRow; reports: boolean; onReport: (place: Place) => void }): ReactElement {
  const t = useWords();
  return (
    <table className="table" data-testid="places">
      <thead>
        <tr>
          <th>{t('recall.colPlace')}</th>
          <th>{t('recall.colHas')}</th>
          <th>{t('recall.colMeans')}</th>
          <th>{t('recall.colEnd')}</th>
          <th>{t('recall.colProof')}</th>
        </tr>
      </thead>
      <tbody>
        {props.row.targets.map((place) => (
          <tr key={place.targetId} data-end={place.end ?? (place.failed ? 'failed' : 'waiting')}>
            <td>
              <PlaceName target={place} />
            </td>
            <PlanCells target={place} />
            <td>
              {props.row.decided && <End place={place} />}
              {props.reports && place.end === null && (
                <button
                  type="button"
                  className="button button-small"
                  onClick={() => props.onReport(place)}
                  data-testid="report-place"
                >
                  {t('recall.report')}
                </button>
              )}
            </td>
            <td>
              <Proof place={place} path={`${props.row.site}/${props.row.releaseId}/${props.row.round}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function End({ place: { end, told, failed, at } }: { place: Place }): ReactElement {
  const t = useWords();
  const [state, word] =
    end !== null
      ? (['done', `recall.end.${end}`] as const)
      : failed
        ? (['failed', 'recall.byPerson'] as const)
        : (['waiting', told ? 'recall.looking' : 'recall.waiting'] as const);
  return (
    <>
      <span className={`tag tag-end-${state}`}>{t(word)}</span>
      {at && <div className="hint">{precise(at)}</div>}
    </>
  );
}

function Proof({ place: { evidence, byName, detail }, path }: { place: Place; path: string }): ReactElement {
  const t = useWords();
  if (evidence)
    return (
      <>
        {t('recall.proof', { status: evidence.status, hash: evidence.pageHash.slice(0, 8) })}
        {evidence.snapshot && (
          <div>
            <ReceivedLink path={`/api/recalls/${path}/evidence/${evidence.snapshot}`}>
              {t('recall.snapshot')}
            </ReceivedLink>
          </div>
        )}
      </>
    );
  return (
    <>
      {byName && `${t('recall.saidBy', { name: byName })}：`}
      <span className={byName ? undefined : 'hint'}>{detail}</span>
    </>
  );
}
