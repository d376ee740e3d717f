import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { DeliveryDetail, DeliveryRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise, span } from '../time.ts';
import { useChannelKind, useWords, wordFor } from '../words/index.ts';
import { ConversationView } from './conversation-view.tsx';
import { DeliveryTag, IntentTag, UrgencyTag } from './delivery-tag.tsx';
import { findingsOf, historyOf, type Happening } from './history.ts';
import { Recipients } from './recipients.tsx';
import { RedriveDialog } from './redrive-dialog.tsx';
import { ResolveDialog } from './resolve-dialog.tsx';
import { SecondCopy } from './second-copy.tsx';

/** One delivery: every attempt with what was said, every look, and what a person can do about it. */
export function DeliveryPage(): ReactElement {
  const { site, deliveryId } = useParams({ from: '/deliveries/$site/$deliveryId' });
  const navigate = useNavigate();
  const answer = useQuery(views.delivery(site, deliveryId));
  const { data, error } = answer;
  const back = () => void navigate({ to: '/deliveries' });
  useShortcuts([{ keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back }]);
  if (error instanceof ApiError && error.status === 404) return <MissingPage />;
  return <div className="opened">{data ? <Opened detail={data} /> : <Pending of={answer} />}</div>;
}

function Opened({ detail }: { detail: DeliveryDetail }): ReactElement {
  const { row, steps, outlook } = detail;
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const [asking, setAsking] = useState<'resolve' | 'redrive' | null>(null);
  const [busy, setBusy] = useState(false);
  const { site, deliveryId } = row;
  const history = historyOf(steps);
  const isComms = hasRole(me, 'comms');
  const mayResolve = isComms && (row.state === 'unknown' || (row.state === 'pending' && row.nextProbeAt === null));
  const mayCheck = hasRole(me, 'comms', 'duty') && outlook?.canCheck === true;
  const mayRedrive = isComms && outlook?.redrive === null;
  const check = async () => {
    if (busy || !mayCheck) return;
    setBusy(true);
    try {
      await decide({ type: 'delivery.check', site, deliveryId });
      announce('done', t('delivery.checkAsked', { channel: row.channelName }));
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setBusy(false);
  };
  const close = () => {
    setAsking(null);
    void client.invalidateQueries({ queryKey: ['delivery', `${site}/${deliveryId}`] });
  };
  const shortcut = (key: string, says: 'delivery.check' | 'deliveries.resolve' | 'redrive.title', run: () => void) => ({
    keys: [key],
    says,
    group: 'keys.decision' as const,
    run,
  });
  useShortcuts([
    ...(mayCheck ? [shortcut('c', 'delivery.check', () => void check())] : []),
    ...(mayResolve ? [shortcut('u', 'deliveries.resolve', () => setAsking('resolve'))] : []),
    ...(mayRedrive ? [shortcut('r', 'redrive.title', () => setAsking('redrive'))] : []),
  ]);
  return (
    <>
      <div className="opened-scroll" data-testid="delivery-page">
        <p className="crumbs">
          <Link to="/deliveries">{t('nav.deliveries')}</Link> <kbd>Esc</kbd>
        </p>
        <header className="opened-head">
          <h2>
            {row.title} <span className="hint">→ {row.channelName}</span>
          </h2>{' '}
          <DeliveryTag row={row} /> <UrgencyTag row={row} /> <IntentTag row={row} />
          <span className="top-space" />
          {mayCheck && (
            <button
              type="button"
              className="button"
              disabled={busy}
              onClick={() => void check()}
              data-testid="check-now"
            >
              {t('delivery.check')} <kbd>C</kbd>
            </button>
          )}
          {mayRedrive && (
            <button
              type="button"
              className="button button-primary"
              onClick={() => setAsking('redrive')}
              data-testid="redrive"
            >
              {t('redrive.title')} <kbd>R</kbd>
            </button>
          )}
          {mayResolve && (
            <button
              type="button"
              className="button button-primary"
              onClick={() => setAsking('resolve')}
              data-testid="resolve"
            >
              {t('deliveries.resolve')} <kbd>U</kbd>
            </button>
          )}
        </header>
        {row.state === 'unknown' && <InDoubt detail={detail} history={history} />}
        <div className="two">
          <section aria-label={t('delivery.history')}>
            <h3>{t('delivery.history')}</h3>
            <ol className="happenings">
              {history.toReversed().map((each) => (
                <li key={`${each.position}-${each.kind}`} data-kind={each.kind} data-testid="happening">
                  <Told of={each} row={row} />
                </li>
              ))}
            </ol>
          </section>
          <aside>
            <Recipients row={row} />
            <Facts detail={detail} />
          </aside>
        </div>
      </div>
      {asking === 'resolve' && <ResolveDialog detail={detail} onClose={close} />}
      {asking === 'redrive' && <RedriveDialog rows={[row]} onClose={close} />}
    </>
  );
}

/** Everything that a person goes by who has to say what became of it. */
function InDoubt({ detail, history }: { detail: DeliveryDetail; history: Happening[] }): ReactElement {
  const { row, outlook } = detail;
  const t = useWords();
  const findings = findingsOf(history);
  const last = findings.at(-1);
  const sent = history.findLast((each) => each.kind === 'attempt');
  const ended = sent?.kind === 'attempt' ? sent.answered : null;
  return (
    <section className="doubt" aria-label={t('delivery.unknown')} data-testid="in-doubt">
      <h3>{t('doubt.title')}</h3>
      <ul>
        <li>
          {ended
            ? t('doubt.connection', { time: precise(ended.answeredAt), detail: ended.detail || '—' })
            : t('doubt.orphaned')}
        </li>
        <li>
          {last
            ? t('resolve.findings', {
                n: findings.length,
                finding: t(`finding.${last.finding}`),
                time: precise(last.probedAt),
              })
            : t(row.onUnknown === 'person' ? 'doubt.nobodyCanBeAsked' : 'resolve.noFindings')}{' '}
          {row.nextProbeAt && t('deliveries.nextProbe', { time: precise(row.nextProbeAt) })}
        </li>
        {outlook && (
          <li>
            {t('resolve.ifAgain')} <SecondCopy of={outlook.secondCopy} />
          </li>
        )}
        {row.url && (
          <li>
            <a href={row.url} target="_blank" rel="noreferrer noopener">
              {t('delivery.place')}
            </a>
          </li>
        )}
      </ul>
    </section>
  );
}

function Told({ of, row }: { of: Happening; row: DeliveryRow }): ReactElement {
  const t = useWords();
  if (of.kind === 'attempt') {
    const { attempt, startedAt, answered, ms } = of;
    return (
      <>
        <p className="happening-head">
          <time dateTime={startedAt} title={minute(startedAt)}>
            {precise(startedAt)}
          </time>{' '}
          <strong>{t('delivery.attempt', { n: attempt })}</strong>{' '}
          {answered ? (
            <span className={`tag tag-outcome-${answered.outcome}`} data-testid="outcome">
              {t(`outcome.${answered.outcome}`)}
            </span>
          ) : (
            <span className="tag tag-busy">{t('delivery.sending')}</span>
          )}{' '}
          {answered?.trouble && <span className="hint">{t(`trouble.${answered.trouble}`)}</span>}{' '}
          {ms !== null && <span className="hint">{t('conversation.total', { ms })}</span>}
        </p>
        {answered && <p className="happening-detail">{answered.detail}</p>}
        {answered?.nextAttemptAt && (
          <p className="hint">{t('deliveries.next', { time: precise(answered.nextAttemptAt) })}</p>
        )}
        {answered?.conversation && <ConversationView of={answered.conversation} where={row} />}
      </>
    );
  }
  if (of.kind === 'look') {
    const { event } = of;
    const at =
      event.type === 'delivery.probed'
        ? event.probedAt
        : event.type === 'delivery.lost'
          ? event.lostAt
          : event.watchedAt;
    const said =
      event.type === 'delivery.probed'
        ? `${t(event.by === 'poll' ? 'delivery.polled' : 'delivery.called')} ${t(`finding.${event.finding}`)}`
        : event.type === 'delivery.lost'
          ? t(`lost.${event.because}`)
          : t(event.found === 'present' ? 'delivery.watchedPresent' : 'delivery.watchedUnsure');
    return (
      <>
        <p className="happening-head">
          <time dateTime={at} title={minute(at)}>
            {precise(at)}
          </time>{' '}
          <strong>{said}</strong>
        </p>
        <p className="happening-detail">{event.detail}</p>
        {'conversation' in event && event.conversation && <ConversationView of={event.conversation} where={row} />}
      </>
    );
  }
  const { event, at } = of;
  const word = wordFor(`step.${event.type}`);
  const who = 'byName' in event ? event.byName : null;
  const why = 'reason' in event ? event.reason : 'note' in event ? event.note : 'detail' in event ? event.detail : '';
  return (
    <p className="happening-head">
      <time dateTime={at} title={minute(at)}>
        {precise(at)}
      </time>{' '}
      <strong>{word ? t(word) : event.type}</strong> {who}
      {event.type === 'delivery.resolved' && <> {t(`resolution.${event.resolution}`)}</>}{' '}
      <span className="hint">{why}</span>
    </p>
  );
}

function Facts({ detail: { row, steps, outlook } }: { detail: DeliveryDetail }): ReactElement {
  const t = useWords();
  const sayKind = useChannelKind();
  const siteName = useSiteName();
  const requested = steps.find(({ event }) => event.type === 'delivery.requested')?.event;
  const budget = requested?.type === 'delivery.requested' ? requested.policy?.budget : undefined;
  const confirmedAfter = row.confirmedAt ? Date.parse(row.confirmedAt) - Date.parse(row.requestedAt) : null;
  const facts: [string, ReactElement | string | null][] = [
    [
      t('deliveries.colRelease'),
      <Link to="/releases/$site/$releaseId" params={{ site: row.site, releaseId: row.releaseId }}>
        {row.title}
      </Link>,
    ],
    [
      t('deliveries.colChannel'),
      <>
        <Link to="/channels/$channelId" params={{ channelId: row.channelId }}>
          {row.channelName}
        </Link>{' '}
        <span className="hint">{sayKind(row.channelKind)}</span>
      </>,
    ],
    [t('deliveries.site'), siteName(row.site)],
    [t('deliveries.urgency'), t(`urgency.${row.urgency}`)],
    [t('deliveries.intent'), t(`intent.${row.intent}`)],
    [t('delivery.requestedAt'), minute(row.requestedAt)],
    [t('delivery.confirmedAt'), row.confirmedAt ? `${minute(row.confirmedAt)}（${span(confirmedAfter ?? 0)}）` : null],
    [t('deliveries.colAttempts'), String(row.attempts)],
    [t('delivery.budget'), budget ? t(wordFor(`budget.${budget}`) ?? 'budget.other', { budget }) : null],
    [t('delivery.nextAttempt'), row.nextAttemptAt && minute(row.nextAttemptAt)],
    [t('delivery.nextProbe'), row.nextProbeAt && minute(row.nextProbeAt)],
    [t('delivery.receipt'), row.receiptId],
    [
      t('delivery.place'),
      row.url && (
        <a href={row.url} target="_blank" rel="noreferrer noopener">
          {row.url}
        </a>
      ),
    ],
    [t('delivery.watched'), row.watchedAt && minute(row.watchedAt)],
    [t('delivery.ifUnknown'), row.onUnknown && t(`onUnknown.${row.onUnknown}`)],
    [t('resolve.ifAgain'), outlook && <SecondCopy of={outlook.secondCopy} />],
  ];
  return (
    <section className="delivery-facts">
      <h3>{t('delivery.facts')}</h3>
      <dl className="listed">
        {facts.map(
          ([what, value]) =>
            value !== null && (
              <div key={what}>
                <dt>{what}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {steps.some(({ event }) => event.type === 'delivery.halted') && (
        <p className="banner">
          {t('delivery.hasLater')}{' '}
          <Link to="/deliveries" search={{ release: row.releaseId, channel: row.channelId }}>
            {t('delivery.toLater')}
          </Link>
        </p>
      )}
    </section>
  );
}
