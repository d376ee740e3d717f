import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { LinkedDetail, LinkedRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, precise } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { LinkedTag } from './linked-page.tsx';
import { Places, usePlaceName, useReason } from './places-table.tsx';
import { placesOf } from './places.ts';
import { lacksInterpretation, openSteps } from './plan.ts';
import { Press, PressDialog } from './press.tsx';

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
  const [telling, setTelling] = useState(false);
  const [rehearsing, setRehearsing] = useState(false);
  const { data, error } = answer;
  const row = data?.row;
  const waits = row?.state === 'planned' || row?.state === 'stopped';
  const plans = waits && hasRole(me, 'comms');
  const rehearses = waits && hasRole(me, 'comms', 'signer', 'duty', 'manager');
  const tellsPress =
    row?.state === 'planned' &&
    hasRole(me, 'comms', 'signer') &&
    row.parts.length > 0 &&
    row.parts.every(({ releaseId }) => row.signed.includes(releaseId));
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
    ...(rehearses
      ? [
          {
            keys: ['r'],
            says: 'linked.rehearse' as const,
            group: 'keys.decision' as const,
            run: () => void rehearse(),
          },
        ]
      : []),
    { keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: () => void navigate({ to: '/linked' }) },
  ]);
  const tell = async (command: { type: string; [field: string]: unknown }, done: Word): Promise<boolean> => {
    try {
      await decide({ site, linkedId, ...command });
      announce('done', t(done));
      return true;
    } catch (caught) {
      announce('failed', sayError(caught, t));
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: ['linked', `${site}/${linkedId}`] });
    }
  };
  const rehearse = async () => {
    if (rehearsing) return;
    setRehearsing(true);
    await tell({ type: 'linked.record_rehearsal', results: [] }, 'linked.rehearseDone');
    setRehearsing(false);
  };
  const send = async (reason: string) => {
    if (!asked) return;
    const { type } = asked;
    const done = {
      'linked.cancel': 'linked.cancelDone',
      'linked.waive': 'linked.waiveDone',
      'linked.pull_part': 'linked.pullDone',
    } as const;
    const part = asked.type === 'linked.pull_part' ? { releaseId: asked.releaseId } : {};
    if (await tell({ type, reason, ...part }, done[type])) setAsked(null);
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
        <Places data={data} />
        <Press data={data} onTell={tellsPress ? () => setTelling(true) : null} />
        <Pages row={row} />
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
            {rehearses && (
              <button
                type="button"
                className="button"
                disabled={rehearsing}
                onClick={() => void rehearse()}
                data-testid="rehearse"
              >
                {t(rehearsing ? 'linked.rehearsing' : 'linked.rehearse')} <kbd>R</kbd>
              </button>
            )}
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
        <h3>{t('linked.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {telling && (
        <PressDialog
          data={data}
          onClose={() => setTelling(false)}
          onSend={async (told) => {
            if (await tell({ type: 'linked.tell_press', ...told }, 'linked.pressDone')) setTelling(false);
          }}
        />
      )}
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
function Standing({ data }: { data: LinkedDetail }): ReactElement {
  const t = useWords();
  const { row, parts, deliveries } = data;
  const { stopped, cancelled, openedAt, committedAt, reminded, waived } = row;
  const steps = openSteps(row, parts);
  const isUnready = ({ required, prepared, parts: of }: ReturnType<typeof placesOf>[number]) =>
    required && prepared.n < of;
  const unready = steps.length > 0 ? 0 : placesOf(row, deliveries).filter(isUnready).length;
  const targetName = useTargetName(data);
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
        (steps.length > 0 || unready > 0 ? (
          <ol className="linked-steps">
            {steps.map((step) => (
              <li key={step}>{t(`linked.step.${step}`)}</li>
            ))}
            {unready > 0 && <li>{t('linked.step.prepare', { n: unready })}</li>}
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
      {(row.state === 'planned' || row.state === 'stopped') && <Rehearsed data={data} />}
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

/** What of a plan is called how: a part at a place. */
function useTargetName({ parts }: LinkedDetail): (target: string) => string {
  const t = useWords();
  const placeName = usePlaceName();
  return (target) => {
    const [kind, releaseId, id] = target.split('/') as ['page' | 'channel', string, string];
    const title = parts.find((part) => part.releaseId === releaseId)?.title ?? releaseId;
    const name = placeName({ kind, id });
    const place = kind === 'page' ? t('linked.target.page', { site: name }) : t('linked.target.channel', { name });
    return `${title} · ${place}`;
  };
}

/** What the last rehearsal found: all of it well, or each target that would not go, and why. */
function Rehearsed({ data }: { data: LinkedDetail }): ReactElement | null {
  const t = useWords();
  const targetName = useTargetName(data);
  const reason = useReason();
  const { rehearsed } = data.row;
  if (!rehearsed) return null;
  const { unready, count, byName, at } = rehearsed;
  const told = { name: byName, time: precise(at), n: unready.length, of: count };
  if (unready.length === 0)
    return (
      <p className="banner banner-good" data-testid="rehearsed">
        {t('linked.rehearsedWell', told)}
      </p>
    );
  return (
    <div className="banner banner-refused" data-testid="rehearsed">
      {t('linked.rehearsed', told)}
      <ul>
        {unready.slice(0, shownOfRehearsal).map(({ target, detail }) => (
          <li key={target}>
            {targetName(target)}：{reason(detail)}
          </li>
        ))}
      </ul>
      {unready.length > shownOfRehearsal && t('linked.andMore', { n: unready.length - shownOfRehearsal })}
    </div>
  );
}

const shownOfRehearsal = 20;

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
function Pages({ row }: { row: LinkedRow }): ReactElement | null {
  const t = useWords();
  const nameOf = useSiteName();
  if (row.pages.length === 0) return null;
  return (
    <details className="linked-section" open={row.pages.length <= 6}>
      <summary>{t('linked.addresses', { n: row.pages.length })}</summary>
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
    </details>
  );
}
