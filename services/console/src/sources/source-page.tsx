import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { SourceDetail, SourceReadNow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, post } from '../api/client.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { useRegionName } from '../parts/region-field.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { Detectors } from './detectors.tsx';
import { HealthTag } from './health-tag.tsx';
import { LastReceived, Problems, Rejected } from './problems.tsx';
import { registrationOf } from './draft.ts';
import { useSpan } from './spans.ts';

/** One source: how it is, what was received of it last, and what it brought. */
export function SourcePage(): ReactElement {
  const { sourceId } = useParams({ from: '/sources/$sourceId' });
  const navigate = useNavigate();
  const answer = useQuery(views.source(sourceId));
  const { data, error } = answer;
  const back = () => void navigate({ to: '/sources' });
  useShortcuts([{ keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back }]);
  if (error instanceof ApiError && error.status === 404) return <MissingPage />;
  return <div className="opened">{data ? <Opened detail={data} /> : <Pending of={answer} />}</div>;
}

function Opened({ detail }: { detail: SourceDetail }): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { row, source, status } = detail;
  const { sourceId, name } = row;
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [reading, setReading] = useState(false);
  const [read, setRead] = useState<SourceReadNow | null>(null);
  const isAdmin = hasRole(me, 'admin');
  const mayRead = hasRole(me, 'admin', 'editor', 'duty') && !row.paused;

  const readNow = async () => {
    if (reading || !mayRead) return;
    setReading(true);
    setRead(null);
    try {
      setRead(await post<SourceReadNow>(`/api/sources/${sourceId}/read-now`, {}));
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setReading(false);
    void client.invalidateQueries({ queryKey: ['source', sourceId] });
  };
  const turn = async () => {
    setBusy(true);
    try {
      const changed = { ...registrationOf(source), paused: !source.paused };
      const { position } = await decide({ type: 'source.register', source: changed });
      client.setQueryData(['source', sourceId], await views.readSource(sourceId, position));
      announce('done', t(changed.paused ? 'sources.pausedNow' : 'sources.resumedNow', { name }));
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setBusy(false);
    setAsking(false);
  };
  const edit = () => void navigate({ to: '/sources/$sourceId/edit', params: { sourceId } });
  useShortcuts([
    ...(mayRead
      ? [
          {
            keys: ['r'],
            says: 'sources.readNow' as const,
            group: 'keys.decision' as const,
            run: () => void readNow(),
          },
        ]
      : []),
    ...(isAdmin ? [{ keys: ['e'], says: 'sources.edit' as const, group: 'keys.decision' as const, run: edit }] : []),
  ]);

  return (
    <>
      <div className="opened-scroll" data-testid="source-page">
        <p className="crumbs">
          <Link to="/sources">{t('nav.sources')}</Link> <kbd>Esc</kbd>
        </p>
        <header className="opened-head">
          <h2>{name}</h2> <HealthTag row={row} />
          <span className="top-space" />
          {isAdmin && (
            <>
              <button type="button" className="button" onClick={() => setAsking(true)} data-testid="pause">
                {t(source.paused ? 'sources.resume' : 'sources.pause')}
              </button>
              <button type="button" className="button" onClick={edit}>
                {t('sources.edit')} <kbd>E</kbd>
              </button>
            </>
          )}
          {mayRead && (
            <button
              type="button"
              className="button button-primary"
              disabled={reading}
              onClick={() => void readNow()}
              data-testid="read-now"
            >
              {reading ? t('sources.reading') : t('sources.readNow')} <kbd>R</kbd>
            </button>
          )}
        </header>
        {read && <ReadResult read={read} />}
        <div className="two">
          <div>
            <Problems row={row} />
            <Detectors row={row} source={source} status={status} />
            <Rejected row={row} />
            <LastReceived row={row} />
          </div>
          <aside>
            <Facts detail={detail} />
            <Newest sourceId={sourceId} count={row.items} />
          </aside>
        </div>
      </div>
      {asking && (
        <ConfirmBar
          text={t(source.paused ? 'sources.resumeConfirm' : 'sources.pauseConfirm', { name })}
          busy={busy}
          onConfirm={() => void turn()}
          onCancel={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** What reading now has found. */
function ReadResult({ read: { looks } }: { read: SourceReadNow }): ReactElement {
  const t = useWords();
  const failed = looks.some(({ outcome }) => outcome === 'trouble');
  const [entries, told] = [
    looks.reduce((sum, look) => sum + look.entries, 0),
    looks.reduce((sum, look) => sum + look.told, 0),
  ];
  const unchanged = looks.length > 0 && looks.every(({ outcome }) => outcome === 'unchanged');
  return (
    <p className={failed ? 'banner' : 'banner banner-good'} role="status" data-testid="read-result">
      {looks.length === 0
        ? t('sources.readNothing')
        : failed
          ? t('sources.readFailed')
          : unchanged
            ? t('sources.readUnchanged')
            : t('sources.readDone', { entries, told })}
    </p>
  );
}

function Facts({ detail: { row, source } }: { detail: SourceDetail }): ReactElement {
  const t = useWords();
  const span = useSpan();
  const region = useRegionName();
  const facts: [string, string | null][] = [
    [t('source.column'), row.column],
    [t('source.level'), t(`source.level.${source.level}`)],
    [
      t('source.publisher'),
      source.publisher
        ? `${t(`source.publisher.${source.publisher.kind}`)} · ${region(source.publisher.region)}`
        : t('source.publisherNone'),
    ],
    [t('source.issuer'), source.issuer ?? null],
    [t('source.interval'), t('source.every', { span: span(source.pollSeconds) })],
    [
      t('source.fullText'),
      source.kind === 'feed' ? t(source.fullText ? 'source.fullText.page' : 'source.fullText.feed') : null,
    ],
    [t('source.zone'), source.zone],
    [t('source.id'), row.sourceId],
    [t('sources.colItems'), String(row.items)],
    [t('sources.colLast'), row.lastItemAt ? minute(row.lastItemAt) : '—'],
  ];
  return (
    <section>
      <h3>{t('source.facts')}</h3>
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
    </section>
  );
}

function Newest({ sourceId, count }: { sourceId: string; count: number }): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.newestItems(sourceId, count));
  const rows = data?.rows ?? [];
  return (
    <section>
      <h3>{t('source.newest')}</h3>
      {data && rows.length === 0 && <p className="hint">{t('source.noItems')}</p>}
      <ul className="newest">
        {rows.map(({ itemId, title, firstSeenAt }) => (
          <li key={itemId}>
            <time title={minute(firstSeenAt)}>{short(firstSeenAt)}</time>
            <Link to="/items/$sourceId/$itemId" params={{ sourceId, itemId }}>
              {title}
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Link to="/items" search={{ source: sourceId }}>
          {t('source.allItems')}
        </Link>
      )}
    </section>
  );
}
