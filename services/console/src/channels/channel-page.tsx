import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ChannelDetail, ChannelHealth, ChannelState } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, post } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { DeliveryTag } from '../deliveries/delivery-tag.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise, short } from '../time.ts';
import { useChannelKind, useWords, wordFor } from '../words/index.ts';
import { draftOf, registrationOf } from './channel-draft.ts';
import { ChannelTag, heldUntil } from './channel-tags.tsx';
import { TrialDialog } from './trial-dialog.tsx';

/** One channel: how it is, what it may still take, its login, what was pushed there, and what a person can do. */
export function ChannelPage(): ReactElement {
  const { channelId } = useParams({ from: '/channels/$channelId' });
  const navigate = useNavigate();
  const answer = useQuery(views.channelDetail(channelId));
  const { data, error } = answer;
  const back = () => void navigate({ to: '/channels' });
  useShortcuts([{ keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back }]);
  if (error instanceof ApiError && error.status === 404) return <MissingPage />;
  return <div className="opened">{data ? <Opened detail={data} /> : <Pending of={answer} />}</div>;
}

type Asking = 'pause' | 'reset' | 'trial' | null;

function Opened({ detail }: { detail: ChannelDetail }): ReactElement {
  const { channel, state, serverTime } = detail;
  const { channelId, name, site, kind, paused } = channel;
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const sayKind = useChannelKind();
  const [asking, setAsking] = useState<Asking>(null);
  const [checking, setChecking] = useState(false);
  const isAdmin = hasRole(me, 'admin');
  const mayCheck = hasRole(me, 'comms', 'duty', 'admin') && state?.can.health === true;
  const mayTry = hasRole(me, 'comms', 'admin') && state?.can.test === true;
  const draft = draftOf(channel);
  const refresh = () => client.invalidateQueries({ queryKey: ['channel', channelId] });

  const check = async () => {
    if (checking) return;
    setChecking(true);
    try {
      await post<ChannelHealth>(`/api/channels/${channelId}/check`, {});
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setChecking(false);
    await refresh();
  };
  const say = async (intent: { type: string; [field: string]: unknown }, said: string) => {
    try {
      const { position } = await decide(intent);
      announce('done', said);
      client.setQueryData(['channel', channelId], await views.readChannel(channelId, position));
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setAsking(null);
  };
  const turn = (reason: string) => {
    const { limits } = channel;
    const changed = draft && registrationOf(draft, { paused: !paused, ...(limits && { limits }) });
    return say(
      { type: 'channel.register', channel: changed, reason },
      t(paused ? 'channels.resumedNow' : 'channels.pausedNow', { name }),
    );
  };
  const reset = (reason: string) =>
    say(
      { type: 'credential.reset_breaker', credentialId: state?.credentialId, site, channelId, reason },
      t('channels.resetDone', { name }),
    );
  const mend = () =>
    say(
      { type: 'credential.mend', credentialId: state?.credentialId, site, how: 'try_again' },
      t('logins.tried', { channel: name }),
    );
  const edit = () => void navigate({ to: '/channels/$channelId/edit', params: { channelId } });
  useShortcuts([
    ...(mayCheck
      ? [{ keys: ['h'], says: 'channels.check' as const, group: 'keys.decision' as const, run: () => void check() }]
      : []),
    ...(isAdmin && draft
      ? [{ keys: ['e'], says: 'channels.edit' as const, group: 'keys.decision' as const, run: edit }]
      : []),
  ]);
  const now = Date.parse(serverTime);
  return (
    <>
      <div className="opened-scroll" data-testid="channel-page">
        <p className="crumbs">
          <Link to="/channels">{t('nav.channels')}</Link> <kbd>Esc</kbd>
        </p>
        <header className="opened-head">
          <h2>
            {name} <span className="hint">{sayKind(kind)}</span>
          </h2>{' '}
          <ChannelTag paused={paused} state={state ?? undefined} now={now} />
          <span className="top-space" />
          {isAdmin && draft && (
            <>
              <button type="button" className="button" onClick={() => setAsking('pause')} data-testid="pause">
                {t(paused ? 'channels.resume' : 'channels.pause')}
              </button>
              <button type="button" className="button" onClick={edit} data-testid="edit-channel">
                {t('channels.edit')} <kbd>E</kbd>
              </button>
            </>
          )}
          {mayTry && (
            <button type="button" className="button" onClick={() => setAsking('trial')} data-testid="try">
              {t('channels.try')}
            </button>
          )}
          {mayCheck && (
            <button
              type="button"
              className="button button-primary"
              disabled={checking}
              onClick={() => void check()}
              data-testid="check-health"
            >
              {t(checking ? 'channels.checking' : 'channels.check')} <kbd>H</kbd>
            </button>
          )}
        </header>
        {state?.refused && (
          <p className="banner banner-refused" role="status">
            <strong>{t('logins.refused', { channel: name })}</strong>{' '}
            {hasRole(me, 'comms', 'admin') && (
              <button type="button" className="button button-small" onClick={() => void mend()} data-testid="mend">
                {t('logins.tryAgain')}
              </button>
            )}
          </p>
        )}
        {!state && <p className="banner">{t('channels.unheardHint')}</p>}
        <div className="two">
          <div>
            {state && <Now state={state} now={now} onReset={() => setAsking('reset')} />}
            <Recent channelId={channelId} />
            <Changes changes={detail.changes} />
          </div>
          <aside>
            <Settings detail={detail} />
          </aside>
        </div>
      </div>
      {asking === 'pause' && (
        <ReasonDialog
          title={t(paused ? 'channels.resume' : 'channels.pause')}
          hint={t(paused ? 'channels.resumeHint' : 'channels.pauseHint', { name })}
          label={t('redrive.reason')}
          send={t(paused ? 'channels.resume' : 'channels.pause')}
          onSend={turn}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'reset' && (
        <ReasonDialog
          title={t('channels.reset')}
          hint={t('channels.resetHint')}
          label={t('redrive.reason')}
          send={t('channels.reset')}
          onSend={reset}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'trial' && (
        <TrialDialog channelId={channelId} name={name} kind={kind} onClose={() => setAsking(null)} />
      )}
    </>
  );
}

/** Health, breakers, quota and rate as they are at this moment. */
function Now(props: { state: ChannelState; now: number; onReset: () => void }): ReactElement {
  const { state, now, onReset } = props;
  const t = useWords();
  const me = useMe();
  const { health, breakers, quotas, rate, can } = state;
  const until = heldUntil(state, now);
  const troubled = breakers.some(({ bad }) => bad > 0) || until !== null;
  return (
    <section className="panel" aria-label={t('channels.now')}>
      <h3>{t('channels.now')}</h3>
      <dl className="listed">
        <div>
          <dt>{t('channels.health')}</dt>
          <dd data-testid="health">
            {health ? (
              <>
                <span className={health.ok ? 'tag tag-good' : 'tag tag-failed'}>
                  {t(health.ok ? 'channels.well' : 'channels.ill')}
                </span>{' '}
                {precise(health.checkedAt)} {health.trouble && t(`trouble.${health.trouble}`)}{' '}
                <span className="hint">{health.detail}</span>
                {health.quotaLeft !== null && ` ${t('channels.platformLeft', { n: health.quotaLeft })}`}
                {health.expiresAt !== null && ` ${t('channels.expires', { time: minute(health.expiresAt) })}`}
              </>
            ) : (
              t(can.health ? 'channels.notChecked' : 'channels.cannotCheck')
            )}
          </dd>
        </div>
        {breakers.map(({ of, bad, trips, openedAt, openUntil, restUntil }) => (
          <div key={of}>
            <dt>{t(`channels.breaker.${of}`)}</dt>
            <dd>
              {openUntil !== null && openedAt !== null && Date.parse(openUntil) > now
                ? t('channels.openSince', { since: precise(openedAt), until: precise(openUntil), n: trips })
                : bad > 0
                  ? t('channels.troubles', { n: bad })
                  : t('channels.closed')}
              {restUntil !== null &&
                Date.parse(restUntil) > now &&
                ` ${t('channels.rests', { time: precise(restUntil) })}`}
            </dd>
          </div>
        ))}
        {quotas.map(({ per, count, used, next }) => (
          <div key={per}>
            <dt>{t(`channels.quota.${per}`)}</dt>
            <dd>{t('channels.quotaLeft', { n: Math.max(0, count - used), of: count, time: minute(next) })}</dd>
          </div>
        ))}
        <div>
          <dt>{t('channels.rate')}</dt>
          <dd>
            {rate ? t('channels.rateOf', { n: rate.tokens, seconds: rate.perSeconds }) : t('channels.noRate')}{' '}
            {t('channels.parallel', { n: state.parallel })}
          </dd>
        </div>
        <div>
          <dt>{t('channels.line')}</dt>
          <dd>{t('channels.lineOf', { waiting: state.waiting, sending: state.sending.length })}</dd>
        </div>
        <div>
          <dt>{t('channels.ifUnknown')}</dt>
          <dd>{t(`onUnknown.${state.onUnknown}`)}</dd>
        </div>
        <div>
          <dt>{t('channels.can')}</dt>
          <dd>
            {(['probe', 'watch', 'amend', 'recall', 'callback', 'test'] as const)
              .map((each) => `${can[each] ? '✓' : '✕'} ${t(`channels.can.${each}`)}`)
              .join('　')}
          </dd>
        </div>
      </dl>
      {troubled && hasRole(me, 'comms', 'duty', 'admin') && (
        <button type="button" className="button button-small" onClick={onReset} data-testid="reset-breaker">
          {t('channels.reset')}
        </button>
      )}
    </section>
  );
}

function Settings({ detail: { channel, secrets } }: { detail: ChannelDetail }): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  const labelOf = (name: string) => {
    const word = wordFor(`setting.${name}`);
    return word ? t(word) : name;
  };
  const isSecret = (value: unknown) => typeof value === 'object' && value !== null && 'secret' in value;
  const shown = Object.entries(channel.settings).filter(([, value]) => !isSecret(value));
  return (
    <section className="delivery-facts">
      <h3>{t('channels.settings')}</h3>
      <dl className="listed">
        <div>
          <dt>{t('deliveries.site')}</dt>
          <dd>{siteName(channel.site)}</dd>
        </div>
        <div>
          <dt>{t('channels.id')}</dt>
          <dd>
            <code>{channel.channelId}</code>
          </dd>
        </div>
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{labelOf(name)}</dt>
            <dd className="setting-value">{Array.isArray(value) ? value.join('、') : String(value)}</dd>
          </div>
        ))}
        {secrets.map(({ path, setAt, byName }) => (
          <div key={path} data-testid="secret">
            <dt>{labelOf(path)}</dt>
            <dd>
              •••{' '}
              {setAt && (
                <span className="hint">
                  {t('channels.secretSet', { time: minute(setAt), by: byName ?? t('actor.service') })}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What was pushed there last. */
function Recent({ channelId }: { channelId: string }): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.deliveries({ channel: channelId }));
  const rows = data?.rows.slice(0, 8) ?? [];
  return (
    <section>
      <h3>
        {t('channels.recent')}{' '}
        <Link to="/deliveries" search={{ channel: channelId }}>
          {t('deliveries.showAll')} →
        </Link>
      </h3>
      {data && rows.length === 0 && <p className="hint">{t('channels.noneYet')}</p>}
      {rows.length > 0 && (
        <table className="table">
          <tbody>
            {rows.map((row) => (
              <tr key={row.deliveryId}>
                <td>
                  <DeliveryTag row={row} />
                </td>
                <td className="cell-title">
                  <Link to="/deliveries/$site/$deliveryId" params={{ site: row.site, deliveryId: row.deliveryId }}>
                    {row.title}
                  </Link>
                </td>
                <td className="cell-time">{short(row.updatedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Changes({ changes }: { changes: ChannelDetail['changes'] }): ReactElement {
  const t = useWords();
  return (
    <section>
      <h3>{t('channels.changes')}</h3>
      <ol className="happenings">
        {changes.map(({ at, byName, paused, reason, resealed }) => (
          <li key={at}>
            <time dateTime={at}>{minute(at)}</time> {byName ?? t('actor.service')}{' '}
            {t(resealed ? 'channels.resealed' : paused ? 'channels.registeredPaused' : 'channels.registered')}{' '}
            {reason && <span className="hint">{reason}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
