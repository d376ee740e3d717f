import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { useLive } from '../api/live.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { DeliveryTag } from '../deliveries/delivery-tag.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { RecallTag } from '../recalls/recall-words.tsx';
import { TakeBackDialog } from '../recalls/take-back-dialog.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { ReleasePreview } from './release-preview.tsx';
import { OfferButton } from '../submissions/offer.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { Comments } from './comments.tsx';
import { FindingsList } from './findings-list.tsx';
import { DebtTrack, ReviewTrack } from './review-track.tsx';
import { SubmitDialog } from './submit-dialog.tsx';

const aboutText: ReadonlySet<string> = new Set([
  'release.submit',
  'release.pass_step',
  'release.return',
  'release.pass_debt',
  'release.object_debt',
  'release.comment',
]);

/** One release: its page, its chain of signatures, its deliveries, and the step that is due. */
export function ReleasePage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { site, releaseId } = useParams({ from: '/releases/$site/$releaseId' });
  const answer = useQuery(views.release(site, releaseId));
  const { data, error } = answer;
  const seesDeliveries = hasRole(me, 'comms', 'signer', 'manager', 'duty', 'admin');
  const { data: deliveries } = useQuery({ ...views.deliveries({ release: releaseId }), enabled: seesDeliveries });
  const rounds = useQuery({
    ...views.recalls(),
    select: ({ rows, ...rest }) => ({
      ...rest,
      rows: rows.filter((each) => each.site === site && each.releaseId === releaseId),
    }),
  });
  const { data: channels } = useQuery(views.channels());
  const offline = useLive(({ state }) => state === 'offline');
  const [ask, setAsk] = useState<'pass' | 'submit' | null>(null);
  const [returning, setReturning] = useState(false);
  const [taking, setTaking] = useState<'back' | 'drop' | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const row = data?.row;
  const hash = row?.contentHash;
  useEffect(() => setAsk(null), [hash, row?.state]);

  const turn = data?.turn ?? null;
  const step = turn?.step ?? null;
  const owes = turn?.isDebt ? row?.debt : null;
  const due = (owes ?? row)?.acts.find((act) => act.step === step);
  const isSeated = turn?.seats.some(({ personId }) => personId === me.personId) ?? false;
  const hasStepRole = due !== undefined && (isSeated || hasRole(me, ...due.roles));
  const whyNot = offline ? t('task.offline') : hasStepRole && !isSeated ? t('release.samePerson') : null;
  const mayPass = hasStepRole && whyNot === null && !busy;
  const isDraft = row?.state === 'draft' && hasRole(me, 'comms');
  const siteName = useSiteName()(site);

  const isPublic = row !== undefined && row.publicVersion > 0 && row.state !== 'withdrawn';
  const corrects = row?.state === 'published' && hasRole(me, 'comms');
  const takesBack = isPublic && hasRole(me, 'comms', 'signer');
  const drops = isPublic && row.state !== 'published' && row.state !== 'signed' && hasRole(me, 'comms');

  const send = async (type: string, fields: Record<string, unknown>, said: string): Promise<boolean> => {
    setBusy(true);
    setTold(null);
    try {
      // What is decided about the text names the text that was seen.
      await decide({ type, site, releaseId, ...(aboutText.has(type) && { seenHash: hash }), ...fields });
      setReturning(false);
      announce('done', said);
      return true;
    } catch (caught) {
      setTold(sayError(caught, t));
      announce('failed', sayError(caught, t));
      if (caught instanceof ApiError && caught.status < 500) setReturning(false);
      return false;
    } finally {
      setAsk(null);
      setBusy(false);
      void client.invalidateQueries({ queryKey: ['release', `${site}/${releaseId}`] });
    }
  };
  const confirm = () => {
    if (busy || !row) return;
    const type = owes ? 'release.pass_debt' : 'release.pass_step';
    if (step) void send(type, { step }, t('release.passed', { step: t(`release.step.${step}`) }));
  };
  const begin = () => {
    if (whyNot) return announce('told', whyNot);
    if (isDraft) setAsk('submit');
    else if (mayPass) setAsk('pass');
  };
  useShortcuts([
    ...(isDraft || hasStepRole
      ? [
          {
            keys: ['a'],
            says: isDraft ? ('release.submit' as const) : (`release.pass.${step ?? 'review'}` as const),
            group: 'keys.decision' as const,
            run: begin,
          },
        ]
      : []),
    ...(mayPass
      ? [
          {
            keys: ['r'],
            says: 'release.return' as const,
            group: 'keys.decision' as const,
            run: () => setReturning(true),
          },
        ]
      : []),
    { keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: () => void navigate({ to: '/releases' }) },
  ]);

  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;
  return (
    <div className="release" data-testid="release" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to="/releases">{t('releases.title')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <span className={`tag tag-${row.kind}`}>{t(`kind.${row.kind}`)}</span> {row.title}
          </h2>
          <ReviewTrack row={row} turn={turn} />
        </header>
        {row.returned && (
          <p className="banner" data-testid="returned">
            {t('release.returned', {
              step: t(`release.step.${row.returned.step}`),
              name: row.returned.byName,
              time: precise(row.returned.at),
              reason: row.returned.reason,
            })}
          </p>
        )}
        {isPublic && row.state !== 'published' && (
          <p className="banner" data-testid="correcting">
            {t('release.correcting', { version: row.publicVersion })}
          </p>
        )}
        {row.returned && row.openComments > 0 && (
          <p className="banner">{t('comments.toAnswer', { n: row.openComments })}</p>
        )}
        <DebtTrack row={row} turn={turn} />
        {data.waived && (
          <p className="banner" data-testid="waived">
            {t('checks.waived', {
              words: data.waived.findings.map(({ found }) => found).join('、'),
              reason: data.waived.reason,
            })}
          </p>
        )}
        {told && (
          <p className="banner banner-refused" role="alert" data-testid="refusal">
            {told}
          </p>
        )}
        <section className="pane">
          <h3 className="pane-head">
            <span>{t('release.preview')}</span>
            <span className="pane-fact">{siteName}</span>
            <span className="pane-fact">
              {t('release.revision', { n: row.revision, hash: row.contentHash.slice(0, 8) })}
            </span>
            {row.url && (
              <a className="pane-link" href={row.url} target="_blank" rel="noreferrer noopener">
                {t('release.page')}
              </a>
            )}
          </h3>
          <ReleasePreview detail={data} />
        </section>
        {ask === 'pass' && (
          <ConfirmBar
            text={
              step === 'sign' && row.openComments > 0
                ? t('comments.signAnyway', { n: row.openComments })
                : t(`release.confirm.${step ?? 'review'}`, { site: siteName, n: row.channels.length })
            }
            busy={busy}
            onConfirm={confirm}
            onCancel={() => setAsk(null)}
          />
        )}
        {ask !== 'pass' && (isDraft || hasStepRole || corrects || takesBack) && (
          <footer className="actions">
            <div className="actions-left">
              {takesBack && (
                <button type="button" className="button" onClick={() => setTaking('back')} data-testid="take-back">
                  {t('release.takeBack')}
                </button>
              )}
              {drops && (
                <button
                  type="button"
                  className="button"
                  onClick={() => setTaking('drop')}
                  data-testid="drop-correction"
                >
                  {t('release.dropCorrection')}
                </button>
              )}
              {isDraft && (
                <Link
                  to="/releases/$site/$releaseId/edit"
                  params={{ site, releaseId }}
                  className="button"
                  data-testid="edit"
                >
                  {t('release.edit')}
                </Link>
              )}
              {hasStepRole && (
                <button
                  type="button"
                  className="button"
                  disabled={!mayPass}
                  onClick={() => setReturning(true)}
                  data-testid="return"
                >
                  {t(owes ? 'signing.object' : 'release.return')} <kbd>R</kbd>
                </button>
              )}
            </div>
            <span className="actions-text">{whyNot}</span>
            {corrects && (
              <Link
                to="/releases/$site/$releaseId/edit"
                params={{ site, releaseId }}
                className="button button-primary"
                data-testid="correct"
              >
                {t('release.correct')}
              </Link>
            )}
            {isDraft && (
              <button type="button" className="button button-primary" onClick={begin} data-testid="submit">
                {t('release.submit')} <kbd>A</kbd>
              </button>
            )}
            {hasStepRole && step && (
              <button
                type="button"
                className="button button-primary"
                aria-disabled={!mayPass}
                title={whyNot ?? undefined}
                onClick={begin}
                data-testid="pass"
              >
                {t(`release.pass.${step}`)} <kbd>A</kbd>
              </button>
            )}
          </footer>
        )}
      </div>
      <aside className="release-side">
        <Comments
          data={data}
          mayWrite={!offline && row.state !== 'withdrawn'}
          say={(type, fields) => send(type, fields, t('comments.done'))}
        />
        <h3>{t('checks.title')}</h3>
        <FindingsList findings={data.findings} />
        <h3>{seesDeliveries ? t('release.deliveries') : t('release.channels')}</h3>
        {deliveries && deliveries.rows.length > 0 ? (
          <ul className="delivery-list" data-testid="release-deliveries">
            {deliveries.rows.map((delivery) => (
              <li key={delivery.deliveryId}>
                <Link
                  to="/deliveries/$site/$deliveryId"
                  params={{ site: delivery.site, deliveryId: delivery.deliveryId }}
                >
                  {delivery.channelName}
                </Link>
                <DeliveryTag row={delivery} />
              </li>
            ))}
          </ul>
        ) : (
          <>
            <ul className="delivery-list">
              {row.channels.map((channelId) => (
                <li key={channelId}>
                  {channels?.rows.find((each) => each.channelId === channelId)?.name ?? channelId}
                </li>
              ))}
            </ul>
            <p className="hint">{t('release.noDeliveries')}</p>
          </>
        )}
        {deliveries && deliveries.rows.length > 0 && (
          <Link to="/deliveries" search={{ release: releaseId }}>
            {t('deliveries.title')} →
          </Link>
        )}
        <OfferButton row={row} />
        {(rounds.data?.rows.length ?? 0) > 0 && (
          <>
            <h3>{t('release.recallHistory')}</h3>
            <ul className="delivery-list" data-testid="release-recalls">
              {rounds.data?.rows.map((each) => (
                <li key={each.round}>
                  <Link
                    to="/releases/recalls/$site/$releaseId/$round"
                    params={{ site, releaseId, round: String(each.round) }}
                  >
                    {t(`recall.kind.${each.kind}`)}
                  </Link>
                  <RecallTag row={each} />
                </li>
              ))}
            </ul>
          </>
        )}
        <h3>{t('release.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {taking === 'back' && (
        <TakeBackDialog
          site={site}
          releaseId={releaseId}
          title={row.title}
          kills={hasRole(me, 'signer')}
          onClose={() => setTaking(null)}
          onSend={async ({ type, ...why }) => {
            await send(type, why, t(type === 'recall.kill' ? 'takeBack.killed' : 'takeBack.proposed'));
            setTaking(null);
          }}
        />
      )}
      {taking === 'drop' && (
        <ReasonDialog
          title={t('release.dropCorrection')}
          hint={t('release.dropCorrectionHint')}
          label={t('task.reason')}
          send={t('release.dropCorrection')}
          onClose={() => setTaking(null)}
          onSend={async (reason) => {
            await send('release.drop_correction', { reason }, t('release.correctionDropped'));
            setTaking(null);
          }}
        />
      )}
      {ask === 'submit' && (
        <SubmitDialog
          site={site}
          data={data}
          onClose={() => setAsk(null)}
          onSend={async (fields) => void (await send('release.submit', fields, t('release.submitted')))}
        />
      )}
      {returning && step && (
        <ReasonDialog
          title={t(owes ? 'signing.objectTitle' : 'release.returnTitle')}
          hint={t(owes ? 'signing.objectHint' : 'release.returnHint')}
          label={t('task.reason')}
          send={t(owes ? 'signing.object' : 'release.return')}
          onClose={() => setReturning(false)}
          onSend={async (reason) => {
            const type = owes ? 'release.object_debt' : 'release.return';
            await send(type, { step, reason }, t(owes ? 'signing.objected' : 'release.returnedDone'));
          }}
        />
      )}
    </div>
  );
}
