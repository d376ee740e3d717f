import { useVirtualizer } from '@tanstack/react-virtual';
import type { RepostRow } from '@tongsheng/contracts';
import { memo, useEffect, useRef, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useWords } from '../words/index.ts';
import { ReviewTags } from './chain-line.tsx';
import type { FrozenOrder } from './order.ts';

const rowHeight = 64;

/** The rows that fit on the screen, of however many there are. */
export function QueueGrid(props: {
  order: FrozenOrder;
  rows: ReadonlyMap<string, RepostRow>;
  selected: string | null;
  sending: ReadonlySet<string>;
  marked: ReadonlySet<string>;
  onSelect: (key: string) => void;
  /** With Shift: from the one that was marked last. */
  onMark: (key: string, withShift: boolean) => void;
  onOpen: () => void;
  /** How many more there are below that have not been read; null: nobody knows. */
  unread: number | null;
  /** They could not be read. */
  failed: boolean;
  /** Asks for what lies so far down (at `index`). */
  onNear: (index: number) => void;
}): ReactElement {
  const { order, rows, selected, sending, marked, onSelect, onMark, onOpen, unread, failed, onNear } = props;
  const t = useWords();
  const viewport = useRef<HTMLDivElement>(null);
  const siteName = useSiteName();
  const virtual = useVirtualizer({
    count: order.length + (unread ?? 1),
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const at = selected === null ? -1 : order.indexOf(selected);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => onNear(last));
  const isShown = shown.some(({ index }) => index === at);

  return (
    <div
      ref={viewport}
      className="grid"
      role="grid"
      aria-label={t('queue.title')}
      aria-rowcount={unread === null ? -1 : order.length + unread}
      aria-activedescendant={isShown ? rowId(selected!) : undefined}
      tabIndex={0}
      data-testid="queue"
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {shown.map(({ index, start }) => {
          const key = order[index];
          if (key === undefined) return <Unread key={index} index={index} top={start} failed={failed} />;
          const row = rows.get(key);
          return row ? (
            <Row
              key={key}
              id={key}
              row={row}
              index={index}
              top={start}
              selected={key === selected}
              sending={sending.has(key)}
              marked={marked.has(key)}
              siteName={siteName(row.site)}
              onSelect={onSelect}
              onMark={onMark}
              onOpen={onOpen}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}

const rowId = (key: string) => `row-${key}`;

/** A row that is on its way. */
function Unread({ index, top, failed }: { index: number; top: number; failed: boolean }): ReactElement {
  const t = useWords();
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      className="grid-row grid-unread"
      style={{ transform: `translateY(${top}px)`, height: rowHeight }}
    >
      <div role="gridcell" className="hint">
        {t(failed ? 'queue.rowFailed' : 'queue.rowComing')}
      </div>
    </div>
  );
}

const Row = memo(function Row(props: {
  id: string;
  row: RepostRow;
  index: number;
  top: number;
  selected: boolean;
  sending: boolean;
  marked: boolean;
  siteName: string;
  onSelect: (key: string) => void;
  onMark: (key: string, withShift: boolean) => void;
  onOpen: () => void;
}): ReactElement {
  const { id, row, index, top, selected, sending, marked, siteName, onSelect, onMark, onOpen } = props;
  const t = useWords();
  return (
    <div
      role="row"
      id={rowId(id)}
      aria-rowindex={index + 1}
      aria-selected={selected}
      className="grid-row"
      data-state={row.state}
      data-key={id}
      data-testid="queue-row"
      style={{ transform: `translateY(${top}px)`, height: rowHeight }}
      data-marked={marked}
      onClick={({ shiftKey }) => (shiftKey ? onMark(id, true) : onSelect(id))}
      onDoubleClick={onOpen}
    >
      <div role="gridcell" className="grid-mark">
        {row.state === 'queued' && (
          <input
            type="checkbox"
            tabIndex={-1}
            checked={marked}
            aria-label={t('batch.of', { title: row.title })}
            onClick={(event) => {
              event.stopPropagation();
              onMark(id, event.shiftKey);
            }}
            onChange={() => {}}
          />
        )}
      </div>
      <div role="gridcell" className="grid-clock">
        <RowState row={row} sending={sending} />
      </div>
      <div role="gridcell" className="grid-what">
        <span className="grid-title">{row.title}</span>
        <span className="grid-facts">
          {row.state === 'queued' && row.update && <Update />}
          {row.state === 'queued' && row.retract && <Retract />}
          <ReviewTags row={row} />
          {row.state === 'queued' && row.exemption && <Waiting />}
          {row.state === 'queued' && row.claim && <Claimed name={row.claim.byName} />}
          <span>{siteName}</span>
          <span>{row.sourceName}</span>
        </span>
      </div>
    </div>
  );
});

/** Somebody is at it; anybody may decide all the same. */
function Claimed({ name }: { name: string }): ReactElement {
  const t = useWords();
  return <span className="tag tag-claimed">{t('claim.by', { name })}</span>;
}

/** The public has an older version. */
function Update(): ReactElement {
  const t = useWords();
  return <span className="tag tag-update">{t('update.tag')}</span>;
}

/** The public has what its source took back. */
function Retract(): ReactElement {
  const t = useWords();
  return <span className="tag tag-retract">{t('retract.tag')}</span>;
}

function Waiting(): ReactElement {
  const t = useWords();
  return <span className="tag tag-waiting">{t('state.waiting')}</span>;
}

/** The clock while it runs, and the state once it no longer matters. */
function RowState({ row, sending }: { row: RepostRow; sending: boolean }): ReactElement {
  const t = useWords();
  if (sending) return <span className="tag tag-busy">{t('state.sending')}</span>;
  if (row.drift) return <span className="tag tag-drifted">{t('queue.drifted')}</span>;
  if (row.state === 'approved' && row.goingOut.attempts === 0)
    return <span className="tag tag-approved">{t('held.state')}</span>;
  if (row.state === 'retracting' && row.goingOut.attempts === 0)
    return <span className="tag tag-retracting">{t('retract.heldState')}</span>;
  if (row.state !== 'queued') return <span className={`tag tag-${row.state}`}>{t(`state.${row.state}`)}</span>;
  return <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />;
}
