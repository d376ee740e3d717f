import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { taskKey, type RepostRow } from '@tongsheng/contracts';
import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';
import { ApiError, decide, newId } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { useSiteName } from '../api/site-names.ts';
import { repost, rulebook } from '../api/views.ts';
import { PresenceTag } from '../items/presence-tag.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Loading, Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { ChainLine } from './chain-line.tsx';
import { useChainWords } from './chain-words.ts';
import { ClusterSection, Pairs, type Regrouping } from './cluster-section.tsx';
import { percentOf } from './fidelity-words.ts';
import { Obligations } from './obligations.tsx';

import { StageTimes } from './stage-times.tsx';
import { TaskNews } from './task-news.tsx';
import { TaskPanes } from './task-panes.tsx';
import { TextCompare } from './text-compare.tsx';
import { mayReturn, toSign, turnOf } from './turn.ts';

/** Its own chunk: most tasks are approved as they are. */
const EditText = lazy(() => import('./edit-text.tsx').then((module) => ({ default: module.EditText })));

type Ask = null | 'approve' | 'countersign' | 'drop' | Regrouping;
type Writing = null | 'exempt' | 'refuse' | 'return';

export type TaskPanelProps = {
  row: RepostRow;
  /** Told once a decision stands; what to say of it. */
  onDecided: (key: string, said: string) => void;
  onSending?: (key: string, is: boolean) => void;
};

/** One task: the original beside our page, why and until when, and the decision. */
export function TaskPanel({ row, onDecided, onSending = () => {} }: TaskPanelProps): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const key = taskKey(row);
  /** Whose text, where several sources carry the same policy; null: whichever is due first, or was approved. */
  const [chosen, setChosen] = useState<string | null>(null);
  const owed = row.obligations.some(({ itemId }) => itemId === chosen) ? chosen : null;
  const answer = useQuery({
    ...repost(row.site, row.taskId, owed ?? undefined),
    staleTime: 5_000,
    placeholderData: (before) => before,
  });
  const { data: detail } = answer;
  const siteName = useSiteName()(row.site);
  const offline = useLive(({ state }) => state === 'offline');
  const [ask, setAsk] = useState<Ask>(null);
  const [writing, setWriting] = useState<Writing>(null);
  const [history, setHistory] = useState(false);
  const [why, setWhy] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const [seenHash, setSeenHash] = useState<string | null>(null);
  const [comparing, setComparing] = useState(row.state === 'queued' && row.update !== null);
  const [editing, setEditing] = useState(false);
  const { data: book } = useQuery(rulebook());
  const chainWords = useChainWords();

  const open = row.state === 'queued';
  const isEditor = hasRole(me, 'editor');
  // The version of the item that is on the screen, as its source has it now.
  const shown = row.obligations.find(({ itemId }) => itemId === (owed ?? detail?.original.itemId)) ?? row;
  const { hash: version, edit, isOld } = toSign(row, shown);
  const bothSeen = detail?.original.contentHash === shown.contentHash && seenHash === version;
  const turn = turnOf(row, book?.chains ?? [], me);
  const { act } = turn;
  // What is edited is what is on the screen.
  const mayEdit = open && isEditor && !offline && detail?.original.contentHash === shown.contentHash;
  const mayReturnIt = open && mayReturn(row, turn);
  const whyNot = () => {
    if (act && !turn.isMine)
      return turn.hasSigned
        ? t('review.hasSigned', { steps: chainWords.steps(act) })
        : t('review.notTurn', { roles: chainWords.roles(act), steps: chainWords.steps(act) });
    if (offline) return t('task.offline');
    if (isOld) return t('edit.old');
    return bothSeen && book ? null : t('task.notLoaded');
  };
  const whyNotNow = whyNot();
  const mayApprove = open && whyNotNow === null && !busy;

  // A version that nobody has looked at can't be confirmed.
  useEffect(() => setAsk(null), [version]);

  const regroup = async (asked: Regrouping) => {
    setBusy(true);
    setTold(null);
    try {
      const { reason } = asked;
      await decide(
        asked.kind === 'split'
          ? { type: 'cluster.split', clusterId: asked.clusterId, itemId: asked.itemId, to: newId(), reason }
          : { type: 'cluster.merge', clusterId: asked.clusterId, into: asked.into, reason },
      );
      announce('done', t(asked.kind === 'split' ? 'cluster.splitDone' : 'cluster.mergeDone'));
    } catch (caught) {
      setTold(sayError(caught, t));
    } finally {
      setAsk(null);
      setBusy(false);
      for (const view of ['repost', 'similar']) void client.invalidateQueries({ queryKey: [view] });
    }
  };
  const send = async (type: string, fields: Record<string, unknown>, said: string) => {
    setBusy(true);
    setTold(null);
    onSending(key, true);
    try {
      await decide({ type, site: row.site, taskId: row.taskId, ...fields });
      setWriting(null);
      onDecided(key, said);
    } catch (caught) {
      const refused = refusalFor(caught);
      setTold(refused);
      announce('failed', refused);
      if (caught instanceof ApiError && caught.status === 409) {
        setWriting(null);
        void client.invalidateQueries({ queryKey: ['repost', key] });
      }
    } finally {
      setAsk(null);
      setBusy(false);
      onSending(key, false);
    }
  };
  const refusalFor = (caught: unknown): string => {
    if (!(caught instanceof ApiError)) return sayError(caught, t);
    const { code, params } = caught;
    if (code === 'repost_already_approved')
      return t('task.alreadyApproved', { name: String(params['byName']), time: precise(String(params['at'])) });
    if (code === 'repost_changed') return t('task.changed', { version: String(params['version'] ?? '') });
    return sayError(caught, t);
  };

  const approve = () => {
    if (!open || editing) return;
    if (whyNotNow) return announce('told', whyNotNow);
    if (mayApprove) setAsk('approve');
  };
  const mine = row.claim?.by === me.personId;
  /** No decision: the task stays on the screen. Answers whether it was done. */
  const change = async (type: string, fields: Record<string, unknown>, said: string): Promise<boolean> => {
    setBusy(true);
    setTold(null);
    try {
      await decide({ type, site: row.site, taskId: row.taskId, ...fields });
      announce('done', said);
      return true;
    } catch (caught) {
      setTold(refusalFor(caught));
      return false;
    } finally {
      setAsk(null);
      setBusy(false);
    }
  };
  const claim = () =>
    void change(mine ? 'repost.release_claim' : 'repost.claim', {}, t(mine ? 'claim.released' : 'claim.taken'));
  const confirm = () => {
    if (busy || ask === null) return;
    if (ask === 'approve') {
      const said = t(turn.isLast ? 'task.approved' : 'review.passed', { title: shown.title });
      if (mayApprove) void send('repost.approve', { seenHash: version }, said);
    } else if (ask === 'drop') void change('repost.drop_edit', {}, t('edit.dropped'));
    else if (typeof ask === 'object') void regroup(ask);
    else void send('repost.exempt', {}, t('task.countersigned'));
  };
  const exemption = open ? row.exemption : null;
  const mayCountersign = exemption !== null && exemption.by !== me.personId && hasRole(me, 'editor', 'manager');

  useShortcuts([
    { keys: ['a'], says: 'task.approve', group: 'keys.decision', run: approve },
    ...(open && isEditor && !exemption
      ? [
          {
            keys: ['e'],
            says: 'task.exempt' as const,
            group: 'keys.decision' as const,
            run: () => setWriting('exempt'),
          },
        ]
      : []),
    ...(open && isEditor
      ? [{ keys: ['c'], says: 'claim.take' as const, group: 'keys.decision' as const, run: claim }]
      : []),
    ...(mayEdit && !editing
      ? [{ keys: ['t'], says: 'edit.do' as const, group: 'keys.decision' as const, run: () => setEditing(true) }]
      : []),
    ...(mayReturnIt
      ? [
          {
            keys: ['r'],
            says: 'return.do' as const,
            group: 'keys.decision' as const,
            run: () => setWriting('return'),
          },
        ]
      : []),
    { keys: ['d'], says: 'compare.open', group: 'keys.decision', run: () => setComparing(!comparing) },
    { keys: ['h'], says: 'task.history', group: 'keys.decision', run: () => setHistory(!history) },
    { keys: ['w'], says: 'cluster.panel', group: 'keys.decision', run: () => setWhy(!why) },
  ]);

  /** What Enter signs, in words, and what becomes of it. */
  const signText = () => {
    if (!act) return '';
    const secret = act.steps.includes('confidentiality');
    const steps = chainWords.steps(act);
    const said = { steps, noSecret: t('review.noSecret'), version: versionText };
    if (turn.isLast)
      return t(secret ? 'review.willApprove' : 'review.willApproveOnly', {
        ...said,
        site: siteName,
        column: row.column,
      });
    const after = turn.chain.acts[row.reviews.length + 1]!;
    const then = { roles: chainWords.roles(after), next: chainWords.steps(after) };
    return t(secret ? 'review.willSign' : 'review.willSignOnly', { ...said, ...then });
  };

  const members = detail?.cluster?.members.length ?? row.obligations.length;
  const confirmText = () => {
    if (ask === 'approve') return signText();
    if (ask === 'drop') return t('edit.dropConfirm');
    if (ask === 'countersign' || ask === null) return t('task.countersignConfirm', { site: siteName });
    return ask.kind === 'split' ? t('cluster.splitConfirm', { title: ask.title }) : t('cluster.mergeConfirm');
  };
  const historyToggle = (
    <button type="button" className="button button-quiet" aria-pressed={history} onClick={() => setHistory(!history)}>
      {t('task.history')} <kbd>H</kbd>
    </button>
  );
  const compareToggle = (
    <button
      type="button"
      className="button button-quiet"
      aria-pressed={comparing}
      onClick={() => setComparing(!comparing)}
      data-testid="compare-toggle"
    >
      {t('compare.open')} <kbd>D</kbd>
    </button>
  );
  const versionText = t('task.version', { version: shown.version, hash: version.slice(0, 8) });
  return (
    <section className="task" aria-label={row.title} data-testid="task" data-state={row.state}>
      <header className="task-head">
        <h2 className="task-title">{shown.title}</h2>
        <div className="task-facts">
          {open ? (
            <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />
          ) : (
            <span className={`tag tag-${row.state}`}>{t(`state.${row.state}`)}</span>
          )}
          {detail && <PresenceTag presence={detail.presence} />}
          <Link to="/items/$sourceId/$itemId" params={{ sourceId: shown.sourceId, itemId: shown.itemId }}>
            {t('task.item')}
          </Link>
          <button
            type="button"
            className="link why-toggle"
            aria-expanded={why}
            onClick={() => setWhy(!why)}
            data-testid="why"
          >
            {t('cluster.open', { obligations: row.obligations.length, members })} <kbd>W</kbd>
          </button>
          {detail?.cluster && <Pairs cluster={detail.cluster} site={row.site} />}
          {edit && (
            <span className="edit-facts" data-testid="edit">
              {t('edit.facts', { name: edit.byName, time: precise(edit.at), percent: percentOf(edit.fidelity) })}
              {open && isEditor && (
                <button type="button" className="link" onClick={() => setAsk('drop')} data-testid="drop-edit">
                  {t('edit.drop')}
                </button>
              )}
            </span>
          )}
          <span>{t('task.due', { time: minute(row.dueAt) })}</span>
          <span>{t(`task.basis.${row.basis}`)}</span>
          <span title={row.rule.because}>{t('task.because', { rule: row.rule.name, because: row.rule.because })}</span>
        </div>
      </header>
      {told && (
        <p className="banner banner-refused" role="alert" data-testid="refusal">
          {told}
        </p>
      )}
      {row.mergedInto && (
        <p className="banner" data-testid="merged-into">
          {t('cluster.mergedInto')}{' '}
          <Link to="/reposts/$site/$taskId" params={{ site: row.site, taskId: row.mergedInto }}>
            {t('cluster.goThere')}
          </Link>
        </p>
      )}
      <TaskNews row={row} onRetry={() => void send('repost.retry_publication', {}, t('out.retried'))} />
      <ChainLine row={row} turn={turn} />
      <Pending of={answer} />
      {comparing && detail && <TextCompare detail={detail} />}
      {why && (
        <div className="task-why">
          <Obligations row={row} />
          {detail?.cluster && <ClusterSection cluster={detail.cluster} open={open} onRegroup={setAsk} />}
        </div>
      )}
      {history && detail && (
        <div className="task-history">
          <StageTimes row={row} />
          <Timeline entries={detail.timeline} />
        </div>
      )}
      {detail && editing && open && (
        <Suspense fallback={<Loading />}>
          <EditText
            row={row}
            detail={detail}
            basedOn={shown.contentHash}
            busy={busy}
            onSave={(made) => change('repost.edit', made, t('edit.saved'))}
            onClose={() => setEditing(false)}
          />
        </Suspense>
      )}
      {detail && !(editing && open) && (
        <TaskPanes
          row={row}
          detail={detail}
          siteName={siteName}
          versionText={versionText}
          onSeen={setSeenHash}
          {...(open && { onChoose: setChosen })}
        />
      )}
      {editing && open ? null : ask ? (
        <ConfirmBar text={confirmText()} busy={busy} onConfirm={confirm} onCancel={() => setAsk(null)} />
      ) : (
        <footer className="actions" data-testid="actions">
          {open ? (
            <>
              <div className="actions-left">
                {exemption ? (
                  <ExemptionActions
                    row={row}
                    may={mayCountersign}
                    onSign={() => setAsk('countersign')}
                    onRefuse={() => setWriting('refuse')}
                  />
                ) : (
                  isEditor && (
                    <button type="button" className="button" onClick={() => setWriting('exempt')} data-testid="exempt">
                      {t('task.exempt')} <kbd>E</kbd>
                    </button>
                  )
                )}
                {isEditor && (
                  <button type="button" className="button" onClick={claim} data-testid="claim">
                    {t(mine ? 'claim.release' : 'claim.take')} <kbd>C</kbd>
                  </button>
                )}
                {mayEdit && (
                  <button
                    type="button"
                    className="button"
                    onClick={() => setEditing(true)}
                    data-testid="edit-text-open"
                  >
                    {t('edit.do')} <kbd>T</kbd>
                  </button>
                )}
                {mayReturnIt && (
                  <button type="button" className="button" onClick={() => setWriting('return')} data-testid="return">
                    {t('return.do')} <kbd>R</kbd>
                  </button>
                )}
                {compareToggle}
                {historyToggle}
              </div>
              <span className="actions-text">{whyNotNow}</span>
              <button
                type="button"
                className="button button-primary button-approve"
                aria-disabled={!mayApprove}
                title={whyNotNow ?? undefined}
                onClick={approve}
                data-testid="approve"
              >
                {t(turn.isLast ? 'task.approve' : 'review.sign')} <kbd>A</kbd>
              </button>
            </>
          ) : (
            <>
              <div className="actions-left">
                {compareToggle}
                {historyToggle}
              </div>
              <Outcome row={row} />
            </>
          )}
        </footer>
      )}
      {writing === 'exempt' && (
        <ReasonDialog
          title={t('task.exemptTitle')}
          hint={t('task.exemptHint')}
          label={t('task.reason')}
          placeholder={t('task.reasonHint')}
          send={t('task.exemptSend')}
          onClose={() => setWriting(null)}
          onSend={(reason) => send('repost.request_exemption', { reason }, t('task.exemptSent'))}
        />
      )}
      {writing === 'return' && (
        <ReasonDialog
          title={t('return.title')}
          hint={t('return.hint')}
          label={t('return.reason')}
          placeholder={t('return.reasonHint')}
          send={t('return.do')}
          onClose={() => setWriting(null)}
          onSend={(reason) => send('repost.return', { reason }, t('return.done'))}
        />
      )}
      {writing === 'refuse' && (
        <ReasonDialog
          title={t('task.refuseTitle')}
          hint={t('task.refuseHint')}
          label={t('task.reason')}
          send={t('task.refuse')}
          onClose={() => setWriting(null)}
          onSend={(reason) => send('repost.refuse_exemption', { reason }, t('task.refused'))}
        />
      )}
    </section>
  );
}

/** What became of a decided task, with its proof. */
function Outcome({ row }: { row: RepostRow }): ReactElement {
  const t = useWords();
  return (
    <span className="actions-text" data-testid="outcome">
      {row.exemptedBy && t('task.alreadyExempted', { name: row.exemptedBy })}
      {row.approvedBy &&
        row.approvedAt &&
        t('task.approvedBy', { name: row.approvedBy, time: precise(row.approvedAt) })}
      {row.verifiedAt && <span className="proof">✓ {t('task.verifiedAt', { time: precise(row.verifiedAt) })}</span>}
      {row.url && (
        <a href={row.url} target="_blank" rel="noreferrer noopener">
          {t('task.openPage')}
        </a>
      )}
    </span>
  );
}

function ExemptionActions(props: {
  row: RepostRow;
  may: boolean;
  onSign: () => void;
  onRefuse: () => void;
}): ReactElement {
  const t = useWords();
  const me = useMe();
  const { exemption } = props.row;
  if (!exemption) return <></>;
  const { byName: name, requestedAt, reason } = exemption;
  return (
    <>
      <span className="actions-text" data-testid="exemption">
        {t('task.exemptAsked', { name, time: precise(requestedAt), reason })}
        {exemption.by === me.personId && ` ${t('task.ownExemption')}`}
      </span>
      {props.may && (
        <>
          <button type="button" className="button" onClick={props.onRefuse}>
            {t('task.refuse')}
          </button>
          <button type="button" className="button" onClick={props.onSign} data-testid="countersign">
            {t('task.countersign')}
          </button>
        </>
      )}
    </>
  );
}
