import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { LinkedDetail, LinkedRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { DeliveryTag } from '../deliveries/delivery-tag.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { LinkedTag } from './linked-page.tsx';
import { lacksInterpretation, openSteps } from './plan.ts';

type Asked =
  | { type: 'linked.cancel' | 'linked.waive' }
  | { type: 'linked.pull_part'; releaseId: string; title: string };

/** One linked release: what still stands between it and its moment, its parts, its pages, its channels. */
export function LinkedBoard(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { site, linkedId } = useParams({ from: '/linked/$site/$linkedId' });
  const answer = useQuery(views.linkedRelease(site, linkedId));
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error } = answer;
  const row = data?.row;
  const waits = row?.state === 'planned' || row?.state === 'stopped';
  const plans = waits && hasRole(me, 'comms');
  useShortcuts([
    ...(plans
      ? [
          {
            keys: ['e'],
            says: 'linked.edit' as const,
            group: 'keys.decision' as const,
            run: () => void navigate({ to: '/linked/$site/$linkedId/edit', params: { site, linkedId } }),
          },
        ]
      : []),
    { keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: () => void navigate({ to: '/linked' }) },
  ]);
  const send = async (reason: string) => {
    if (!asked) return;
    const { type } = asked;
    const done = {
      'linked.cancel': 'linked.cancelDone',
      'linked.waive': 'linked.waiveDone',
      'linked.pull_part': 'linked.pullDone',
    } as const;
    try {
      const part = asked.type === 'linked.pull_part' ? { releaseId: asked.releaseId } : {};
      await decide({ type, site, linkedId, reason, ...part });
      announce('done', t(done[type]));
      setAsked(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    } finally {
      void client.invalidateQueries({ queryKey: ['linked', `${site}/${linkedId}`] });
    }
  };
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;
  const mayWaive = waits && lacksInterpretation(row) && row.waived === null && hasRole(me, 'signer', 'manager');
  return (
    <div className="release" data-testid="linked" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to="/linked">{t('nav.linked')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <LinkedTag row={row} /> {row.title}
          </h2>
          <p className="linked-moment">
            <span>
              {t('linked.colT0')} <strong>{minute(row.t0)}</strong>
            </span>
            {row.state === 'planned' && (
              <span>
                {t('linked.until')} <Countdown startsAt={row.updatedAt} dueAt={row.t0} />
              </span>
            )}
          </p>
        </header>
        <Standing data={data} />
        <Parts data={data} onPull={plans || (waits && hasRole(me, 'signer')) ? setAsked : null} writes={plans} />
        <Targets row={row} />
        {waits && (
          <footer className="actions">
            <div className="actions-left">
              {hasRole(me, 'comms', 'signer', 'duty') && (
                <button
                  type="button"
                  className="button"
                  onClick={() => setAsked({ type: 'linked.cancel' })}
                  data-testid="cancel"
                >
                  {t('linked.cancel')}
                </button>
              )}
            </div>
            <span className="actions-text" />
            {mayWaive && (
              <button
                type="button"
                className="button"
                onClick={() => setAsked({ type: 'linked.waive' })}
                data-testid="waive"
              >
                {t('linked.waive')}
              </button>
            )}
            {plans && (
              <Link
                to="/linked/$site/$linkedId/edit"
                params={{ site, linkedId }}
                className="button button-primary"
                data-testid="edit"
              >
                {t('linked.edit')} <kbd>E</kbd>
              </Link>
            )}
          </footer>
        )}
      </div>
      <aside className="release-side">
        <Deliveries row={row} />
        <h3>{t('linked.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {asked && (
        <ReasonDialog
          title={
            asked.type === 'linked.pull_part'
              ? t('linked.pullTitle', { title: asked.title })
              : t(asked.type === 'linked.cancel' ? 'linked.cancel' : 'linked.waive')
          }
          hint={t(
            asked.type === 'linked.cancel'
              ? 'linked.cancelHint'
              : asked.type === 'linked.waive'
                ? 'linked.waiveHint'
                : 'linked.pullHint',
          )}
          label={t('task.reason')}
          send={t('app.confirm')}
          danger={asked.type !== 'linked.waive'}
          onClose={() => setAsked(null)}
          onSend={send}
        />
      )}
    </div>
  );
}

/** In one glance: what is missing, or that all is ready, or how it went. */
function Standing({ data: { row, parts } }: { data: LinkedDetail }): ReactElement {
  const t = useWords();
  const nameOf = useSiteName();
  const { stopped, cancelled, openedAt, committedAt, reminded, waived } = row;
  const steps = openSteps(row, parts);
  const targetName = (target: string) => {
    const [kind, releaseId, where] = target.split('/') as [string, string, string];
    const title = parts.find((part) => part.releaseId === releaseId)?.title ?? releaseId;
    const place =
      kind === 'page' ? t('linked.target.page', { site: nameOf(where) }) : t('linked.target.channel', { name: where });
    return `${title} · ${place}`;
  };
  return (
    <div className="linked-standing" data-testid="standing">
      {cancelled && (
        <p className="banner">
          {t('linked.cancelled', { name: cancelled.byName, time: precise(cancelled.at), reason: cancelled.reason })}
        </p>
      )}
      {stopped && (
        <div className="banner banner-refused" role="alert">
          {t('linked.stopped', { time: precise(stopped.at), why: t(`linked.stoppedBecause.${stopped.because}`) })}
          {stopped.missing.length > 0 && (
            <ul>
              {stopped.missing.map((target) => (
                <li key={target}>{targetName(target)}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {waived && (
        <p className="banner">
          {t('linked.waivedBy', { name: waived.byName, time: precise(waived.at), reason: waived.reason })}
        </p>
      )}
      {(row.state === 'planned' || row.state === 'stopped') &&
        (steps.length > 0 ? (
          <ol className="linked-steps">
            {steps.map((step) => (
              <li key={step}>{t(`linked.step.${step}`)}</li>
            ))}
          </ol>
        ) : (
          <p className="banner banner-good">{t('linked.allReady', { n: row.pages.length })}</p>
        ))}
      {row.state === 'planned' && reminded && (
        <p className="hint">
          {reminded.unready.length === 0
            ? t('linked.remindedReady', { minutes: reminded.minutes })
            : t('linked.reminded', { minutes: reminded.minutes, n: reminded.unready.length })}
        </p>
      )}
      {row.state === 'committed' && committedAt && (
        <p className="banner">{t('linked.committed', { time: precise(committedAt) })}</p>
      )}
      {row.state === 'open' && openedAt && (
        <p className="banner banner-good" data-testid="opened">
          {t('linked.opened', { time: precise(openedAt), ms: Date.parse(openedAt) - Date.parse(row.t0) })}
        </p>
      )}
      {row.late.length > 0 && <p className="hint">{t('linked.late', { n: row.late.length })}</p>}
    </div>
  );
}

function Parts(props: { data: LinkedDetail; writes: boolean; onPull: ((asked: Asked) => void) | null }): ReactElement {
  const { data, writes, onPull } = props;
  const t = useWords();
  const { row, parts } = data;
  return (
    <section className="linked-section">
      <h3>{t('linked.parts')}</h3>
      <table className="table" data-testid="linked-parts">
        <tbody>
          {row.parts.map(({ releaseId, site, role }) => {
            const release = parts.find((part) => part.releaseId === releaseId);
            const isSigned = row.signed.includes(releaseId);
            return (
              <tr key={releaseId}>
                <td>
                  <span className="tag">{t(`linked.role.${role}`)}</span>
                </td>
                <td className="cell-title">
                  {release ? (
                    <Link to="/releases/$site/$releaseId" params={{ site, releaseId }}>
                      {release.title}
                    </Link>
                  ) : (
                    t('linked.unwritten')
                  )}
                </td>
                <td>
                  {isSigned ? (
                    <span className="tag tag-linked-ready">{t('linked.signedPart')}</span>
                  ) : (
                    <span className={`tag tag-release-${release?.state ?? 'draft'}`}>
                      {release ? t(`release.state.${release.state}`) : t('linked.unsigned')}
                    </span>
                  )}
                </td>
                <td className="cell-actions">
                  {isSigned && onPull && release && (
                    <button
                      type="button"
                      className="link"
                      onClick={() => onPull({ type: 'linked.pull_part', releaseId, title: release.title })}
                    >
                      {t('linked.pull')}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {writes && (
        <p className="linked-write">
          {(['policy', 'interpretation', 'response', 'press'] as const).map((kind) => (
            <Link
              key={kind}
              to="/releases/new"
              search={{ kind, linked: `${row.site}/${row.linkedId}` }}
              className="button"
              data-testid={`write-${kind}`}
            >
              {t('linked.writeKind', { kind: t(`kind.${kind}`) })}
            </Link>
          ))}
        </p>
      )}
    </section>
  );
}

/** Where each part stands, or will stand. */
function Targets({ row }: { row: LinkedRow }): ReactElement | null {
  const t = useWords();
  const nameOf = useSiteName();
  if (row.pages.length === 0) return null;
  return (
    <section className="linked-section">
      <h3>{t('linked.pages')}</h3>
      <ul className="linked-pages" data-testid="linked-pages">
        {row.pages.map(({ target, url }) => (
          <li key={target}>
            <span>{nameOf(target.split('/')[2] ?? '')}</span>
            {row.state === 'open' ? (
              <a href={url} target="_blank" rel="noreferrer noopener">
                {url}
              </a>
            ) : (
              <span className="code">{url}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Deliveries({ row }: { row: LinkedRow }): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const sees = hasRole(me, 'comms', 'signer', 'manager', 'duty', 'admin');
  const { data } = useQuery({ ...views.deliveries(), enabled: sees && row.state === 'open' });
  const parts = new Set(row.parts.map(({ releaseId }) => releaseId));
  const rows = data?.rows.filter(({ releaseId }) => parts.has(releaseId)) ?? [];
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{t('release.deliveries')}</h3>
      <ul className="delivery-list" data-testid="linked-deliveries">
        {rows.map((delivery) => (
          <li key={delivery.deliveryId}>
            <Link to="/deliveries/$site/$deliveryId" params={{ site: delivery.site, deliveryId: delivery.deliveryId }}>
              {delivery.channelName}
            </Link>
            <DeliveryTag row={delivery} />
          </li>
        ))}
      </ul>
    </>
  );
}
