import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RepostRow } from '@tongsheng/contracts';
import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';
import { useLive } from '../api/live.ts';
import { useSiteName } from '../api/site-names.ts';
import { repost, rulebook } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { Loading, Pending } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { ChainLine } from './chain-line.tsx';
import { useChainWords } from './chain-words.ts';
import { ClusterSection } from './cluster-section.tsx';
import { useConfirmText, type Ask } from './confirm-text.ts';
import { Obligations } from './obligations.tsx';
import { ReasonForm, type Writing } from './reason-forms.tsx';
import { StageTimes } from './stage-times.tsx';
import { ExemptionActions, TaskActions, type Action } from './task-actions.tsx';
import { TaskHead } from './task-head.tsx';
import { TaskNews } from './task-news.tsx';
import { TaskPanes } from './task-panes.tsx';
import { mayReturn, toSign, turnOf } from './turn.ts';
import { useDecisions } from './use-decisions.ts';
import { isWithdrawn } from './withdrawn.ts';

/** Chunks of their own: most tasks are approved as they are. */
const EditText = lazy(() => import('./edit-text.tsx').then((module) => ({ default: module.EditText })));
const TextCompare = lazy(() => import('./text-compare.tsx').then((module) => ({ default: module.TextCompare })));
const PageLooks = lazy(() => import('./page-looks.tsx').then((module) => ({ default: module.PageLooks })));
const WithdrawnSection = lazy(() =>
  import('./withdrawn-section.tsx').then((module) => ({ default: module.WithdrawnSection })),
);

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
  const [ask, setAsk] = useState<Ask | null>(null);
  const [writing, setWriting] = useState<Writing | null>(null);
  const [history, setHistory] = useState(false);
  const [why, setWhy] = useState(false);
  // What went wrong outside is what one comes for.
  const [outside, setOutside] = useState(row.drift !== null);
  const [seenHash, setSeenHash] = useState<string | null>(null);
  const [comparing, setComparing] = useState(row.state === 'queued' && row.update !== null);
  const [editing, setEditing] = useState(false);
  const { data: book } = useQuery(rulebook());
  const chainWords = useChainWords();
  const decisions = useDecisions(row, onDecided, onSending);
  const { busy, told } = decisions;

  const open = row.state === 'queued';
  const isEditor = hasRole(me, 'editor');
  // The version of the item that is on the screen, as its source has it now.
  const shown = row.obligations.find(({ itemId }) => itemId === (owed ?? detail?.original.itemId)) ?? row;
  const { hash: version, edit, isOld } = toSign(row, shown);
  const versionText = t('task.version', { version: shown.version, hash: version.slice(0, 8) });
  const bothSeen = detail?.original.contentHash === shown.contentHash && seenHash === version;
  const turn = turnOf(row, book?.chains ?? [], me);
  const { act } = turn;
  const isGone = (itemId: string) => row.gone.some((gone) => gone.itemId === itemId);
  // What is edited is what is on the screen.
  const mayEdit = open && isEditor && !offline && detail?.original.contentHash === shown.contentHash;
  const whyNot = () => {
    if (act && !turn.isMine)
      return turn.hasSigned
        ? t('review.hasSigned', { steps: chainWords.steps(act) })
        : t('review.notTurn', { roles: chainWords.roles(act), steps: chainWords.steps(act) });
    if (offline) return t('task.offline');
    if (isGone(shown.itemId)) return t('retract.goneText');
    if (isOld) return t('edit.old');
    return bothSeen && book ? null : t('task.notLoaded');
  };
  const whyNotNow = whyNot();
  const mayApprove = open && whyNotNow === null && !busy;
  const whyNotDown = offline ? t('task.offline') : isEditor ? null : t('retract.editorOnly');
  // What its source took back comes down, unless another source's text is chosen to take its place.
  const asksToRetract = row.retract !== null && isGone(shown.itemId);

  // A version that nobody has looked at can't be confirmed.
  useEffect(() => setAsk(null), [version]);

  const send = async (type: string, fields: Record<string, unknown>, said: string) => {
    const outcome = await decisions.send(type, fields, said);
    if (outcome !== 'failed') setWriting(null);
    setAsk(null);
  };
  const change = async (type: string, fields: Record<string, unknown>, said: string) => {
    const isDone = await decisions.change(type, fields, said);
    setAsk(null);
    return isDone;
  };
  const approve = () => {
    if (!open || editing) return;
    if (whyNotNow) return announce('told', whyNotNow);
    if (mayApprove) setAsk('approve');
  };
  const retract = () => {
    if (whyNotDown) return announce('told', whyNotDown);
    if (!busy) setAsk('retract');
  };
  const mine = row.claim?.by === me.personId;
  const claim = () =>
    void change(mine ? 'repost.release_claim' : 'repost.claim', {}, t(mine ? 'claim.released' : 'claim.taken'));
  const { title } = shown;
  const confirm = () => {
    if (busy || ask === null) return;
    if (ask === 'approve') {
      const said = t(turn.isLast ? 'task.approved' : 'review.passed', { title });
      if (mayApprove) void send('repost.approve', { seenHash: version }, said);
    } else if (ask === 'retract') void send('repost.retract', {}, t('retract.decided', { title }));
    else if (ask === 'drop') void change('repost.drop_edit', {}, t('edit.dropped'));
    else if (ask === 'countersign') void send('repost.exempt', {}, t('task.countersigned'));
    else void decisions.regroup(ask).finally(() => setAsk(null));
  };
  const confirmText = useConfirmText(row, turn, versionText);
  const exemption = open ? row.exemption : null;
  const mayCountersign = exemption !== null && exemption.by !== me.personId && hasRole(me, 'editor', 'manager');

  const letOff = { run: () => setWriting(row.retract ? 'keep' : 'exempt'), key: 'E' };
  const looks: Action[] = [
    { name: 'compare-toggle', says: 'compare.open', key: 'D', run: () => setComparing(!comparing), pressed: comparing },
    { name: 'history-toggle', says: 'task.history', key: 'H', run: () => setHistory(!history), pressed: history },
    ...(row.url === null
      ? []
      : [
          {
            name: 'outside-toggle',
            says: 'outside.title' as const,
            key: 'O',
            run: () => setOutside(!outside),
            pressed: outside,
          },
        ]),
  ];
  const actions: Action[] = [
    ...(open && isEditor && !exemption
      ? [
          row.retract
            ? { name: 'keep', says: 'retract.keep' as const, ...letOff }
            : { name: 'exempt', says: 'task.exempt' as const, ...letOff },
        ]
      : []),
    ...(open && isEditor
      ? [{ name: 'claim', says: mine ? ('claim.release' as const) : ('claim.take' as const), key: 'C', run: claim }]
      : []),
    ...(mayEdit && !editing && !asksToRetract
      ? [{ name: 'edit-text-open', says: 'edit.do' as const, key: 'T', run: () => setEditing(true) }]
      : []),
    ...(open && mayReturn(row, turn)
      ? [{ name: 'return', says: 'return.do' as const, key: 'R', run: () => setWriting('return') }]
      : []),
    ...(open && isEditor && row.retract && !asksToRetract
      ? [{ name: 'retract', says: 'retract.do' as const, key: 'U', run: retract }]
      : []),
    ...looks,
  ];
  const approving = {
    name: 'approve',
    says: turn.isLast ? ('task.approve' as const) : ('review.sign' as const),
    key: 'A',
    run: approve,
    whyNot: whyNotNow,
    disabled: !mayApprove,
  };
  const retracting = {
    name: 'retract',
    says: 'retract.do' as const,
    key: 'U',
    run: retract,
    whyNot: whyNotDown,
    disabled: busy || whyNotDown !== null,
    isDanger: true,
  };
  const main = open ? (asksToRetract ? retracting : approving) : null;
  useShortcuts([
    ...[...(main ? [main] : []), ...actions].map(({ key, says, run }) => ({
      keys: [key.toLowerCase()],
      says,
      group: 'keys.decision' as const,
      run,
    })),
    { keys: ['w'], says: 'cluster.panel', group: 'keys.decision', run: () => setWhy(!why) },
  ]);

  const isWriting = editing && open;
  return (
    <section className="task" aria-label={row.title} data-testid="task" data-state={row.state}>
      <TaskHead
        row={row}
        detail={detail}
        shown={shown}
        edit={edit}
        why={why}
        onWhy={() => setWhy(!why)}
        {...(open && isEditor && { onDrop: () => setAsk('drop') })}
      />
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
      {detail && isWithdrawn(row) && (
        <Suspense fallback={<Loading />}>
          <WithdrawnSection row={row} detail={detail} />
        </Suspense>
      )}
      {!asksToRetract && <ChainLine row={row} turn={turn} />}
      <Pending of={answer} />
      {comparing && detail && (
        <Suspense fallback={<Loading />}>
          <TextCompare detail={detail} />
        </Suspense>
      )}
      {why && (
        <div className="task-why">
          <Obligations row={row} />
          {detail?.cluster && <ClusterSection cluster={detail.cluster} open={open} onRegroup={setAsk} />}
        </div>
      )}
      {outside && detail && (
        <Suspense fallback={<Loading />}>
          <PageLooks row={row} looks={detail.looks} />
        </Suspense>
      )}
      {history && detail && (
        <div className="task-history">
          <StageTimes row={row} />
          <Timeline entries={detail.timeline} />
        </div>
      )}
      {detail && isWriting && (
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
      {detail && !isWriting && (
        <TaskPanes
          row={row}
          detail={detail}
          siteName={siteName}
          versionText={versionText}
          onSeen={setSeenHash}
          {...(open && { onChoose: setChosen })}
        />
      )}
      {!isWriting && ask && (
        <ConfirmBar text={confirmText(ask)} busy={busy} onConfirm={confirm} onCancel={() => setAsk(null)} />
      )}
      {!isWriting && !ask && (
        <TaskActions
          row={row}
          actions={actions}
          main={main}
          asked={
            exemption && (
              <ExemptionActions
                row={row}
                may={mayCountersign}
                onSign={() => setAsk('countersign')}
                onRefuse={() => setWriting('refuse')}
              />
            )
          }
        />
      )}
      {writing && <ReasonForm of={writing} onSend={send} onClose={() => setWriting(null)} />}
    </section>
  );
}
