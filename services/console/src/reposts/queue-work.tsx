import { useQuery, useQueryClient, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { taskKey, type QueuePage, type RepostRow } from '@tongsheng/contracts';
import { useDeferredValue, useEffect, useMemo, useState, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Empty } from '../parts/states.tsx';
import { useStillHere } from '../parts/still-here.ts';
import { useWhenQuiet } from '../parts/when-quiet.ts';
import { useMe } from '../session.ts';
import { serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';
import { belongs, inOrder, type Asked } from './asked.ts';
import { BatchDialog } from './batch-dialog.tsx';
import { mostAtOnce, range, whyNotGreen } from './batch.ts';
import { EmptyQueue } from './empty-queue.tsx';
import { HeldBar } from './held-bar.tsx';
import { arrived, continued, merged, nextOpen, type FrozenOrder } from './order.ts';
import { QueueGrid } from './queue-grid.tsx';
import { QueueHead } from './queue-head.tsx';
import { mostPrinted, QueueSheet } from './queue-print.tsx';
import { TaskPanel } from './task-panel.tsx';

const quietMs = 60_000;
/** Rows below the window at which the next page is asked for. */
const readAhead = 60;

type Found = UseInfiniteQueryResult<InfiniteData<QueuePage>>;

/** The list of what was asked for, in an order that stays, beside the task that is being decided. */
export function QueueWork(props: {
  asked: Asked;
  found: Found;
  pages: QueuePage[];
  total: number | null;
}): ReactElement {
  const { found, pages, total } = props;
  const t = useWords();
  const { task } = useSearch({ from: '/reposts' });
  const navigate = useNavigate({ from: '/reposts' });
  const stillHere = useStillHere('/reposts');
  const client = useQueryClient();
  const me = useMe();
  // One list is one question: another one is another list.
  const [asked] = useState(props.asked);
  const listed = useMemo(() => pages.flatMap((page) => page.rows), [pages]);
  const rows = useMemo(() => new Map(listed.map((row) => [taskKey(row), row])), [listed]);
  const asItOughtToBe = () => merged(listed, belongs(asked, me, serverNow()), inOrder(asked));
  const [frozen, setOrder] = useState<FrozenOrder>(asItOughtToBe);
  // After a break in the stream some may be gone, and nobody can say what became of them.
  const order = useMemo(
    () => (frozen.every((key) => rows.has(key)) ? frozen : frozen.filter((key) => rows.has(key))),
    [frozen, rows],
  );
  const [chosen, setChosen] = useState<string | null>(task && rows.has(task) ? task : (order[0] ?? null));
  const [sending, setSending] = useState<ReadonlySet<string>>(new Set());
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [lastMarked, setLastMarked] = useState<string | null>(null);
  const [deciding, setDeciding] = useState(false);
  const [batch, setBatch] = useState<ReadonlySet<string>>(new Set());
  const { data: book } = useQuery(views.rulebook());
  const chains = book?.chains ?? [];
  const selected = chosen !== null && rows.has(chosen) ? chosen : (order[0] ?? null);
  const shown = useDeferredValue(selected);
  const [read, setRead] = useState(pages.length);
  if (read !== pages.length) {
    setRead(pages.length);
    setOrder(pages.slice(read).reduce((before, page) => continued(before, page.rows), frozen));
  }
  const waiting = useMemo(() => arrived(order, listed, belongs(asked, me, serverNow())), [order, listed, asked, me]);
  const next = pages.at(-1)?.next ?? null;
  const unread = next === null ? 0 : total === null ? null : Math.max(1, total - order.length - waiting.length);
  const { fetchNextPage, isFetching, isFetchNextPageError } = found;
  const readOn = (index: number) => {
    if (next !== null && !isFetching && !isFetchNextPageError && index > order.length - readAhead) void fetchNextPage();
  };

  const merge = () => {
    const next = asItOughtToBe();
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
  const ticked = order.filter((key) => marked.has(key) && rows.get(key)?.state === 'queued');
  const startBatch = () => {
    if (ticked.length === 0 || !book) return;
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
    ...(ticked.length > 0
      ? [{ keys: ['b'], says: 'batch.do' as const, group: 'keys.list' as const, run: startBatch }]
      : []),
  ]);

  // The address follows, so that a reload or a copied link finds the same task; a moment later, to keep keys quick.
  useEffect(() => {
    const timer = setTimeout(
      () =>
        selected &&
        selected !== task &&
        stillHere() &&
        void navigate({ search: (before) => ({ ...before, task: selected }), replace: true }),
      400,
    );
    return () => clearTimeout(timer);
  }, [selected, task, navigate, stillHere]);
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

  const [printing, setPrinting] = useState(false);
  const [toPrint, setToPrint] = useState(false);
  const print = async () => {
    if (printing) return;
    setPrinting(true);
    announce('told', t('queue.printing'));
    let { data, hasNextPage } = found;
    while (hasNextPage && rowsIn(data) < mostPrinted) {
      const read = await fetchNextPage();
      if (read.isFetchNextPageError) break;
      ({ data, hasNextPage } = read);
    }
    setPrinting(false);
    setToPrint(true);
  };
  // The sheet needs the rows that were just read.
  useEffect(() => {
    if (!toPrint) return;
    setToPrint(false);
    window.print();
  }, [toPrint]);
  const sheet = (
    <QueueSheet
      asked={asked}
      rows={() => asItOughtToBe().map((key) => rows.get(key)!)}
      total={total}
      isWhole={next === null}
    />
  );

  if (order.length === 0)
    return (
      <>
        {sheet}
        <HeldBar rows={listed} batch={batch} onUndone={() => {}} />
        <EmptyQueue asked={asked} />
      </>
    );
  const row = shown === null ? undefined : rows.get(shown);
  return (
    <div className="queue-body">
      {sheet}
      <div className="queue-list">
        <QueueHead asked={asked} printing={printing} onPrint={() => void print()} />
        <QueueGrid
          order={order}
          rows={rows}
          selected={selected}
          sending={sending}
          marked={marked}
          onSelect={setChosen}
          onMark={mark}
          onOpen={open}
          unread={unread}
          failed={isFetchNextPageError}
          onNear={readOn}
        />
        {isFetchNextPageError && (
          <p className="arrivals" role="alert">
            {t('queue.rowFailed')}
            <button type="button" className="button button-small" onClick={() => void fetchNextPage()}>
              {t('app.retry')}
            </button>
          </p>
        )}
        {/* Below the list: what comes and goes here must not move the rows. */}
        <HeldBar rows={listed} batch={batch} onUndone={(undone) => setChosen(taskKey(undone))} />
        {waiting.length > 0 && <Arrivals rows={waiting} onMerge={merge} />}
        {ticked.length > 0 && (
          <div className="arrivals batch-bar" data-testid="batch-bar">
            <span role="status">{t('batch.marked', { n: ticked.length, green: ticked.filter(isGreen).length })}</span>
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
      </div>
      {deciding && (
        <BatchDialog
          rows={ticked.slice(0, mostAtOnce).map((key) => rows.get(key)!)}
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
        <TaskPanel key={taskKey(row)} row={row} onDecided={onDecided} onSending={onSending} />
      ) : (
        <Empty title={t('queue.choose')} />
      )}
    </div>
  );
}

const rowsIn = (data: InfiniteData<QueuePage> | undefined): number =>
  (data?.pages ?? []).reduce((sum, { rows }) => sum + rows.length, 0);

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
