import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Me, RepostRow } from '@tongsheng/contracts';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { clockState, serverNow, short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { BatchDialog } from './batch-dialog.tsx';
import { mostAtOnce, range, whyNotGreen } from './batch.ts';
import { arrived, merged, nextOpen, type FrozenOrder } from './order.ts';
import { HeldBar } from './held-bar.tsx';
import { QueueGrid } from './queue-grid.tsx';
import { inView, keyOf } from './rows.ts';
import { TaskPanel } from './task-panel.tsx';
import { turnOf } from './turn.ts';

const tabs: { view: views.QueueView; word: Word }[] = [
  { view: 'open', word: 'queue.open' },
  { view: 'review', word: 'queue.review' },
  { view: 'waiting_exemption', word: 'queue.waiting' },
  { view: 'drifted', word: 'queue.drifted' },
  { view: 'closed', word: 'queue.closed' },
];

/** The queue of repost tasks, most urgent first, beside the task that is being decided. */
export function QueuePage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const usual = hasRole(me, 'editor', 'manager', 'duty', 'admin') ? 'open' : 'review';
  const { view = usual, site } = useSearch({ from: '/reposts' });
  const navigate = useNavigate({ from: '/reposts' });
  const { data: sites } = useQuery(views.sites());
  const answer = useQuery({ ...views.reposts(view, site), staleTime: Infinity });
  const { data } = answer;
  return (
    <div className="queue">
      <div className="queue-bar">
        <div className="tabs" role="group">
          {tabs.map((tab) => (
            <Link
              key={tab.view}
              from="/reposts"
              to="/reposts"
              search={{ ...(tab.view !== usual && { view: tab.view }), ...(site && { site }) }}
              className={tab.view === view ? 'tab tab-here' : 'tab'}
              aria-current={tab.view === view ? 'page' : undefined}
            >
              {t(tab.word)}
            </Link>
          ))}
        </div>
        <label className="inline-field">
          <span>{t('queue.site')}</span>
          <select
            value={site ?? ''}
            onChange={({ target }) => void navigate({ search: { view, ...(target.value && { site: target.value }) } })}
          >
            <option value="">{t('queue.allSites')}</option>
            {sites?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {data && <Counts rows={wanted(data.rows, view, me)} view={view} />}
        <span className="top-space" />
        <SourcesLine />
      </div>
      <Pending of={answer} />
      {data && <Queue key={`${view} ${site ?? '*'}`} view={view} list={data} />}
    </div>
  );
}

/** What waits for a later act is on this list for those whose act it is. */
const wanted = (rows: RepostRow[], view: views.QueueView, me: Me): RepostRow[] =>
  view === 'review' ? rows.filter((row) => turnOf(row, [], me).isMine) : rows;

const quietMs = 60_000;

function Queue({ view, list }: { view: views.QueueView; list: views.RepostList }): ReactElement {
  const t = useWords();
  const { task } = useSearch({ from: '/reposts' });
  const navigate = useNavigate({ from: '/reposts' });
  const client = useQueryClient();
  const rows = useMemo(() => new Map(list.rows.map((row) => [keyOf(row), row])), [list.rows]);
  const me = useMe();
  const listed = useMemo(() => wanted(list.rows, view, me), [list.rows, view, me]);
  const [order, setOrder] = useState<FrozenOrder>(() => merged(listed, view));
  const [chosen, setChosen] = useState<string | null>(task ?? order[0] ?? null);
  const [sending, setSending] = useState<ReadonlySet<string>>(new Set());
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [lastMarked, setLastMarked] = useState<string | null>(null);
  const [deciding, setDeciding] = useState(false);
  const [batch, setBatch] = useState<ReadonlySet<string>>(new Set());
  const { data: book } = useQuery(views.rulebook());
  const chains = book?.chains ?? [];
  const selected = chosen !== null && rows.has(chosen) ? chosen : (order[0] ?? null);
  const shown = useDeferredValue(selected);
  const waiting = useMemo(() => arrived(order, listed, view), [order, listed, view]);

  const merge = () => {
    const next = merged(listed, view);
    setOrder(next);
    if (selected === null || !next.includes(selected)) setChosen(next[0] ?? null);
  };
  // Nobody is disturbed by a merge when there is nothing on the screen, or nobody there.
  useEffect(() => {
    if (order.length === 0 && waiting.length > 0) merge();
  });
  useWhenQuiet(quietMs, () => waiting.length > 0 && merge());

  const go = (step: number) => {
    const at = selected === null ? -1 : order.indexOf(selected);
    const next = order[Math.min(Math.max(at + step, 0), order.length - 1)];
    if (next) setChosen(next);
  };
  const isGreen = (key: string) => {
    const row = rows.get(key);
    return row !== undefined && whyNotGreen(row, chains, me) === null;
  };
  const mark = (key: string, withShift: boolean) => {
    if (rows.get(key)?.state !== 'queued') return;
    setMarked((before) => {
      const after = new Set(before);
      if (withShift) for (const each of range(order, lastMarked, key)) after.add(each);
      else if (!after.delete(key)) after.add(key);
      return after;
    });
    setLastMarked(key);
  };
  const extend = (step: number) => {
    if (selected === null) return;
    const next = order[order.indexOf(selected) + step];
    setMarked((before) => new Set([...before, selected, ...(next ? [next] : [])]));
    setLastMarked(next ?? selected);
    go(step);
  };
  // What was decided elsewhere meanwhile is no longer asked for.
  const asked = order.filter((key) => marked.has(key) && rows.get(key)?.state === 'queued');
  const startBatch = () => {
    if (asked.length === 0 || !book) return;
    setBatch(new Set());
    setDeciding(true);
  };
  const open = () => {
    const row = selected && rows.get(selected);
    if (row) void navigate({ to: '/reposts/$site/$taskId', params: { site: row.site, taskId: row.taskId } });
  };
  useShortcuts([
    { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => go(1), repeats: true },
    { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => go(-1), repeats: true },
    { keys: ['Enter'], says: 'keys.enter', group: 'keys.list', run: open },
    { keys: ['n'], says: 'queue.merge', group: 'keys.list', run: merge },
    { keys: ['x'], says: 'batch.mark', group: 'keys.list', run: () => selected && mark(selected, false) },
    { keys: ['Shift+j', 'Shift+ArrowDown'], says: 'batch.extendDown', group: 'keys.list', run: () => extend(1) },
    { keys: ['Shift+k', 'Shift+ArrowUp'], says: 'batch.extendUp', group: 'keys.list', run: () => extend(-1) },
    {
      keys: ['*'],
      says: 'batch.allGreen',
      group: 'keys.list',
      run: () => setMarked(new Set(order.filter(isGreen).slice(0, mostAtOnce))),
    },
    ...(asked.length > 0
      ? [{ keys: ['b'], says: 'batch.do' as const, group: 'keys.list' as const, run: startBatch }]
      : []),
  ]);

  // The address follows, so that a reload or a copied link finds the same task; a moment later, to keep keys quick.
  useEffect(() => {
    const timer = setTimeout(
      () =>
        selected &&
        selected !== task &&
        void navigate({ search: (before) => ({ ...before, task: selected }), replace: true }),
      400,
    );
    return () => clearTimeout(timer);
  }, [selected, task, navigate]);
  useEffect(() => {
    const at = shown === null ? -1 : order.indexOf(shown);
    for (const key of order.slice(at + 1, at + 3)) {
      const row = rows.get(key);
      if (row) void client.prefetchQuery({ ...views.repost(row.site, row.taskId), staleTime: 10_000 });
    }
    // The rows themselves don't matter here, only which are next.
  }, [shown, order, client]);

  const onSending = (key: string, is: boolean) =>
    setSending((before) => {
      const after = new Set(before);
      if (is) after.add(key);
      else after.delete(key);
      return after;
    });
  const onDecided = (key: string, said: string) => {
    const next = nextOpen(order, rows, key);
    const title = next && rows.get(next)?.title;
    announce('done', said, title ? t('task.next', { title }) : undefined);
    if (next && key === selected) setChosen(next);
  };

  if (order.length === 0) return <EmptyQueue view={view} />;
  const row = shown === null ? undefined : rows.get(shown);
  return (
    <div className="queue-body">
      <div className="queue-list">
        <HeldBar rows={list.rows} batch={batch} onUndone={(undone) => setChosen(keyOf(undone))} />
        {waiting.length > 0 && <Arrivals rows={waiting} onMerge={merge} />}
        {list.total > list.rows.length && (
          <p className="hint queue-limit">
            {t('queue.limited', { total: list.total, n: list.rows.length })} {t('queue.more')}
          </p>
        )}
        {asked.length > 0 && (
          <div className="arrivals batch-bar" data-testid="batch-bar">
            <span role="status">{t('batch.marked', { n: asked.length, green: asked.filter(isGreen).length })}</span>
            <span className="batch-buttons">
              <button type="button" className="button button-small" onClick={() => setMarked(new Set())}>
                {t('batch.clear')}
              </button>
              <button
                type="button"
                className="button button-small button-primary"
                onClick={startBatch}
                data-testid="batch-open"
              >
                {t('batch.do')} <kbd>B</kbd>
              </button>
            </span>
          </div>
        )}
        <QueueGrid
          order={order}
          rows={rows}
          selected={selected}
          sending={sending}
          marked={marked}
          onSelect={setChosen}
          onMark={mark}
          onOpen={open}
        />
      </div>
      {deciding && (
        <BatchDialog
          rows={asked.slice(0, mostAtOnce).map((key) => rows.get(key)!)}
          chains={chains}
          onDone={(key) => setBatch((before) => new Set([...before, key]))}
          onClose={(decided) => {
            setDeciding(false);
            setMarked((before) => new Set([...before].filter((key) => !decided.includes(key))));
            const next = decided.includes(selected ?? '') ? nextOpen(order, rows, selected!) : null;
            if (next) setChosen(next);
          }}
        />
      )}
      {row ? (
        <TaskPanel key={keyOf(row)} row={row} onDecided={onDecided} onSending={onSending} />
      ) : (
        <Empty title={t('queue.choose')} />
      )}
    </div>
  );
}

function Arrivals({ rows, onMerge }: { rows: RepostRow[]; onMerge: () => void }): ReactElement {
  const t = useWords();
  const urgent = rows.filter(({ dueAt }) => Date.parse(dueAt) - serverNow() < 3_600_000).length;
  return (
    <p className="arrivals" role="status" data-testid="arrivals">
      <span>
        {urgent > 0 ? t('queue.arrivedUrgent', { n: rows.length, urgent }) : t('queue.arrived', { n: rows.length })}
      </span>
      <button type="button" className="button button-small" onClick={onMerge}>
        {t('queue.merge')} <kbd>N</kbd>
      </button>
    </p>
  );
}

function Counts({ rows, view }: { rows: RepostRow[]; view: views.QueueView }): ReactElement | null {
  const t = useWords();
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((count) => count + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (view === 'closed' || view === 'drifted') return null;
  const open = rows.filter(inView[view]);
  const now = serverNow();
  const states = open.map(({ startsAt, dueAt }) => clockState(Date.parse(startsAt), Date.parse(dueAt), now));
  const count = (state: string) => states.filter((each) => each === state).length;
  const [urgent, overdue] = [count('urgent'), count('overdue')];
  return (
    <span className="counts">
      <span data-testid="queue-count">{t('queue.count', { n: open.length })}</span>
      {urgent > 0 && <span className="tag tag-urgent">{t('queue.urgent', { n: urgent })}</span>}
      {overdue > 0 && <span className="tag tag-overdue">{t('queue.overdue', { n: overdue })}</span>}
    </span>
  );
}

/** An empty queue proves nothing unless the sources are well. */
function EmptyQueue({ view }: { view: views.QueueView }): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.sources());
  if (view === 'review') return <Empty title={t('queue.emptyReview')} />;
  if (view === 'waiting_exemption') return <Empty title={t('queue.emptyWaiting')} />;
  if (view === 'drifted') return <Empty title={t('queue.emptyDrifted')} />;
  if (view === 'closed') return <Empty title={t('queue.emptyClosed')} />;
  const rows = data?.rows ?? [];
  const bad = rows.filter(({ troubles }) => troubles.length > 0).length;
  const last = rows.map(({ lastItemAt }) => lastItemAt ?? '').reduce((one, other) => (one > other ? one : other), '');
  return (
    <Empty title={t('queue.empty')}>
      {data && (
        <p>
          {bad > 0
            ? t('queue.emptyTrouble', { bad })
            : last
              ? t('queue.emptyHealthy', { n: rows.length, time: short(last) })
              : t('queue.emptyNever', { n: rows.length })}{' '}
          <Link to="/sources">{t('queue.seeSources')}</Link>
        </p>
      )}
    </Empty>
  );
}

function SourcesLine(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(views.sources());
  if (!data) return null;
  const good = data.rows.filter(({ troubles }) => troubles.length === 0).length;
  return (
    <Link to="/sources" className={good === data.rows.length ? 'sources-line' : 'sources-line sources-bad'}>
      {t('nav.sources')} {good}/{data.rows.length}
    </Link>
  );
}

/** Calls back when nobody has touched the page for a while. */
function useWhenQuiet(afterMs: number, then: () => unknown): void {
  const call = useRef(then);
  call.current = then;
  useEffect(() => {
    let touched = Date.now();
    const touch = () => (touched = Date.now());
    const timer = setInterval(() => Date.now() - touched > afterMs && call.current(), 5_000);
    for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel']) document.addEventListener(name, touch);
    return () => {
      clearInterval(timer);
      for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel']) document.removeEventListener(name, touch);
    };
  }, [afterMs]);
}
