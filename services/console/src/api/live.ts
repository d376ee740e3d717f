import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type {
  AlarmRow,
  CorrectionRow,
  DeliveryRow,
  ItemRow,
  ItemSearch,
  LiveChange,
  Me,
  QueuePage,
  RecallRow,
  ReleaseRow,
  IncidentRow,
  ReportRow,
  RumorRow,
  RepostDetail,
  RepostRow,
  SourceRow,
  LinkedRow,
} from '@tongsheng/contracts';
import { create } from 'zustand';
import { hearServerTime, serverNow } from '../time.ts';
import { fits, keyOf as deliveryKey, type DeliveryFilter } from '../deliveries/filter.ts';
import { alarmKey } from './duty.ts';
import { belongs, inOrder, type Asked } from '../reposts/asked.ts';
import { askTime, keepTime } from './keep-time.ts';
import { mergeItems, mergeQueue, mergeRows } from './merge.ts';
import { openStream, type FromStream } from './stream.ts';
import { session, unrouted, type Rows } from './views.ts';

/** How far the screen can be trusted to be live. */
export const useLive = create<{ state: 'connecting' | 'live' | 'offline'; lastBeat: number }>(() => ({
  state: 'connecting',
  lastBeat: 0,
}));

/** Items that have come since the list was read, which shows them when it is asked to. */
export const useArrivedItems = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));
export const forgetArrivedItems = () => useArrivedItems.setState({ ids: new Set() });

/** A row that changes later than this is an old one that lies further back. */
const newForMs = 120_000;

/** Two heartbeats and a half without a word. */
const silenceMs = 25_000;
/** Changes of one burst go into the cache together. */
const gatherMs = 40;

/** Figures of the queue are counted anew so long after a change, and not more often. */
const recountMs = 500;

/** Connects this tab to the browser's one stream and keeps the cache in step. Returns how to disconnect. */
export function connectLive(client: QueryClient, me: Me): () => void {
  let gathered: LiveChange[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let recount: ReturnType<typeof setTimeout> | undefined;
  const countAnew = () => {
    recount = undefined;
    for (const figures of ['queue-figures', 'delivery-figures']) void client.invalidateQueries({ queryKey: [figures] });
  };
  const flush = () => {
    timer = undefined;
    const changes = gathered;
    gathered = [];
    applyChanges(client, changes, me);
    if (changes.some(({ view }) => view === 'reposts' || view === 'deliveries'))
      recount ??= setTimeout(countAnew, recountMs);
  };
  const hear = (message: FromStream) => {
    if (message.kind === 'signedOut') void client.resetQueries({ queryKey: session().queryKey, exact: true });
    if (message.kind === 'gap') void client.invalidateQueries();
    if (message.kind === 'change') {
      gathered.push(message.change);
      timer ??= setTimeout(flush, gatherMs);
    }
    if (message.kind !== 'state') return;
    if (message.serverTime && hearServerTime(message.serverTime)) void askTime();
    if (message.live) useLive.setState({ state: 'live', lastBeat: serverNow() });
    else useLive.setState({ state: 'offline' });
  };
  const silence = setInterval(() => {
    const { state, lastBeat } = useLive.getState();
    if (state === 'live' && serverNow() - lastBeat > silenceMs) useLive.setState({ state: 'offline' });
  }, 5_000);
  const stopClock = keepTime();
  const disconnect =
    typeof SharedWorker === 'undefined' ? openStream(hear) : share(`${me.personId} ${me.csrfToken}`, hear);
  return () => {
    clearInterval(silence);
    stopClock();
    clearTimeout(timer);
    clearTimeout(recount);
    disconnect();
    useLive.setState({ state: 'connecting' });
  };
}

function share(whose: string, hear: (message: FromStream) => void): () => void {
  const worker = new SharedWorker(new URL('./live-worker.ts', import.meta.url), { type: 'module', name: 'live' });
  worker.port.onmessage = ({ data }: MessageEvent<FromStream>) => hear(data);
  worker.port.postMessage({ kind: 'open', session: whose });
  const leave = () => worker.port.postMessage({ kind: 'leave' });
  window.addEventListener('pagehide', leave);
  return () => {
    window.removeEventListener('pagehide', leave);
    leave();
    worker.port.close();
  };
}

/** Replaces rows where they stand; lists on the screen are never read again under the pointer. */
function applyChanges(client: QueryClient, changes: LiveChange[], me: Me): void {
  const touched = new Set<LiveChange['view']>();
  const details = new Set<string>();
  for (const { view, key } of changes) {
    touched.add(view);
    if (view === 'reposts') details.add(`repost ${key}`);
    if (view === 'releases') details.add(`release ${key}`);
    if (view === 'recalls') details.add(`recall ${key}`);
    if (view === 'linked') details.add(`linked ${key}`);
    if (view === 'rumors') details.add(`rumor ${key}`);
    if (view === 'incidents') details.add(`incident ${key}`);
    if (view === 'corrections') details.add(`correction ${key}`);
    if (view === 'reports') details.add(`report ${key}`);
    if (view === 'submissions') details.add(`submission ${key}`);
    if (view === 'deliveries') details.add(`delivery ${key}`);
    if (view === 'sources') details.add(`source ${key}`);
    if (view === 'items') details.add(`item ${key}`);
  }
  followQueue(
    client,
    changes.filter(({ view, row }) => view === 'reposts' && row !== null).map(({ row }) => row as RepostRow),
    me,
  );
  patch<ReleaseRow>(client, ['releases'], 'releases', changes, ({ site, releaseId }) => `${site}/${releaseId}`);
  patch<RecallRow>(
    client,
    ['recalls'],
    'recalls',
    changes,
    ({ site, releaseId, round }) => `${site}/${releaseId}/${round}`,
  );
  patch<LinkedRow>(client, ['linked-list'], 'linked', changes, ({ site, linkedId }) => `${site}/${linkedId}`);
  if (touched.has('releases')) void client.invalidateQueries({ queryKey: ['approvals'] });
  // A board and a case show their releases and deliveries as they stand.
  if (touched.has('releases') || touched.has('deliveries'))
    for (const shows of ['linked', 'rumor', 'submission']) void client.invalidateQueries({ queryKey: [shows] });
  if (touched.has('handovers')) void client.invalidateQueries({ queryKey: ['handovers'] });
  patch<IncidentRow>(client, ['incidents'], 'incidents', changes, ({ site, incidentId }) => `${site}/${incidentId}`);
  patch<ReportRow>(client, ['reports'], 'reports', changes, ({ site, reportId }) => `${site}/${reportId}`);
  patch<RumorRow>(client, ['rumors'], 'rumors', changes, ({ site, rumorCaseId }) => `${site}/${rumorCaseId}`);
  patch<CorrectionRow>(
    client,
    ['corrections'],
    'corrections',
    changes,
    ({ site, correctionId }) => `${site}/${correctionId}`,
  );
  if (touched.has('corrections')) void client.invalidateQueries({ queryKey: ['correction-figures'] });
  if (touched.has('linked') || touched.has('submissions') || touched.has('deliveries'))
    void client.invalidateQueries({ queryKey: ['calendar'] });
  // What one side lists the other does not, and a row says not whose screen this is.
  if (touched.has('submissions')) void client.invalidateQueries({ queryKey: ['submissions'] });
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: ['deliveries'] })) {
    const filter = queryKey[1] as DeliveryFilter;
    // What is listed stays where it is, also when it no longer fits: rows never move under the hand.
    patch<DeliveryRow>(client, queryKey, 'deliveries', changes, deliveryKey, fits(filter));
  }
  patch<SourceRow>(client, ['sources'], 'sources', changes, ({ sourceId }) => sourceId);
  for (const show of ['open', 'all']) patch<AlarmRow>(client, ['alarms', show], 'alarms', changes, alarmKey);
  applyItems(
    client,
    changes.filter(({ view }) => view === 'items').map(({ row }) => row as ItemRow),
  );
  for (const detail of details) void client.invalidateQueries({ queryKey: detail.split(' ') });
  // A login that was just refused: nobody tells of it but what waits for it.
  if (changes.some(({ view, row }) => view === 'deliveries' && (row as DeliveryRow | null)?.trouble === 'credential'))
    void client.invalidateQueries({ queryKey: ['refused-logins'] });
  // Machines look at sites while people read.
  if (touched.has('inspections') || touched.has('site_checks'))
    for (const shows of ['inspections', 'inspection', 'self-checks'])
      void client.invalidateQueries({ queryKey: [shows] });
  if (touched.has('reposts'))
    for (const view of ['compliance-tasks', 'similar']) void client.invalidateQueries({ queryKey: [view] });
}

/** Rows of the queue change where they stand, in every filter and order that is held. */
function followQueue(client: QueryClient, rows: RepostRow[], me: Me): void {
  if (rows.length === 0) return;
  for (const { queryKey } of client.getQueryCache().findAll({ queryKey: ['reposts'] })) {
    const asked = queryKey[1] as Asked;
    client.setQueryData<InfiniteData<QueuePage>>(
      queryKey,
      (found) =>
        found && { ...found, pages: mergeQueue(found.pages, rows, belongs(asked, me, serverNow()), inOrder(asked)) },
    );
  }
}

/** Items change where they stand; new ones are counted. A task whose item changes upstream says so at once. */
function applyItems(client: QueryClient, rows: ItemRow[]): void {
  if (rows.length === 0) return;
  followUnrouted(client, rows);
  const isNew = ({ firstSeenAt }: ItemRow) => serverNow() - Date.parse(firstSeenAt) < newForMs;
  const unknown = new Set(rows.filter(isNew).map(({ itemId }) => itemId));
  client.setQueriesData<InfiniteData<ItemSearch>>({ queryKey: ['items'] }, (found) => {
    if (!found) return found;
    for (const { itemId } of found.pages.flatMap((page) => page.rows)) unknown.delete(itemId);
    return { ...found, pages: mergeItems(found.pages, rows) };
  });
  useArrivedItems.setState(({ ids }) => ({ ids: new Set([...ids, ...unknown]) }));
  const changed = new Set(rows.map(({ itemId }) => itemId));
  for (const { queryKey, state } of client.getQueryCache().findAll({ queryKey: ['repost'] })) {
    const detail = state.data as RepostDetail | undefined;
    if (detail?.row.obligations.some(({ itemId }) => changed.has(itemId))) void client.invalidateQueries({ queryKey });
  }
}

/** What waits for a person changes where it stands; what comes to wait is read with its excerpt, and anew. */
function followUnrouted(client: QueryClient, rows: ItemRow[]): void {
  const queryKey = unrouted().queryKey;
  const known = new Set(client.getQueryData(queryKey)?.map(({ itemId }) => itemId));
  const newest = new Map(rows.map((row) => [row.itemId, row]));
  client.setQueryData(queryKey, (list) => list?.map((row) => ({ ...row, ...newest.get(row.itemId) })));
  const came = rows.some(({ itemId, routing }) => routing?.effect === 'unrouted' && !known.has(itemId));
  if (came) void client.invalidateQueries({ queryKey });
}

function patch<Row>(
  client: QueryClient,
  queryKey: readonly unknown[],
  view: LiveChange['view'],
  changes: LiveChange[],
  keyOf: (row: Row) => string,
  fits: (row: Row) => boolean = () => true,
): void {
  const rows = changes.filter((change) => change.view === view && change.row !== null).map(({ row }) => row as Row);
  if (rows.length === 0) return;
  client.setQueryData<Rows<Row>>(queryKey, (list) => {
    if (!list) return list;
    const known = new Set(list.rows.map(keyOf));
    const belongs = rows.filter((row) => fits(row) || known.has(keyOf(row)));
    return { ...list, rows: mergeRows(list.rows, belongs, keyOf) };
  });
}
