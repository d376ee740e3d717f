import { useVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import type { DeliveryRow } from '@tongsheng/contracts';
import { memo, useEffect, useRef, type ReactElement } from 'react';
import { precise, minute, short } from '../time.ts';
import { useChannelKind, useWords } from '../words/index.ts';
import { DeliveryTag, IntentTag, UrgencyTag } from './delivery-tag.tsx';
import { useRecipientsLine } from './recipients.tsx';
import { keyOf } from './filter.ts';

const rowHeight = 44;
const headHeight = 32;

/** The deliveries that fit on the screen, of however many there are. */
export function DeliveryGrid(props: {
  rows: readonly DeliveryRow[];
  chosen: number;
  marked: ReadonlySet<string>;
  onChoose: (index: number) => void;
  onMark: (key: string, withShift: boolean) => void;
  onOpen: (row: DeliveryRow) => void;
}): ReactElement {
  const { rows, chosen, marked, onChoose, onMark, onOpen } = props;
  const t = useWords();
  const viewport = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: headHeight,
  });
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: 'auto' });
  }, [chosen, virtual]);
  const shown = virtual.getVirtualItems();
  const active = rows[chosen];
  const isShown = active && shown.some(({ index }) => index === chosen);
  return (
    <div className="delivery-grid">
      <div
        ref={viewport}
        className="delivery-view"
        role="grid"
        aria-label={t('deliveries.title')}
        aria-rowcount={rows.length}
        aria-multiselectable="true"
        aria-activedescendant={isShown ? idOf(active) : undefined}
        tabIndex={0}
        data-testid="deliveries"
      >
        <div className="delivery-row delivery-heads" aria-hidden="true">
          <span />
          <span>{t('deliveries.colState')}</span>
          <span>{t('deliveries.colRelease')}</span>
          <span>{t('deliveries.colChannel')}</span>
          <span className="cell-number">{t('deliveries.colAttempts')}</span>
          <span>{t('deliveries.colDetail')}</span>
          <span>{t('deliveries.colAt')}</span>
        </div>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {shown.map(({ index, start }) => {
            const row = rows[index]!;
            const key = keyOf(row);
            return (
              <Row
                key={key}
                row={row}
                index={index}
                top={start}
                isChosen={index === chosen}
                isMarked={marked.has(key)}
                onChoose={onChoose}
                onMark={onMark}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const idOf = (row: DeliveryRow) => `delivery-${keyOf(row)}`;

const Row = memo(function Row(props: {
  row: DeliveryRow;
  index: number;
  top: number;
  isChosen: boolean;
  isMarked: boolean;
  onChoose: (index: number) => void;
  onMark: (key: string, withShift: boolean) => void;
  onOpen: (row: DeliveryRow) => void;
}): ReactElement {
  const { row, index, top, isChosen, isMarked, onChoose, onMark, onOpen } = props;
  const t = useWords();
  const sayKind = useChannelKind();
  const { site, deliveryId, releaseId, title, channelName, channelKind, attempts, updatedAt } = row;
  return (
    <div
      role="row"
      id={idOf(row)}
      aria-rowindex={index + 1}
      aria-selected={isMarked}
      className="delivery-row delivery-line"
      data-chosen={isChosen}
      data-marked={isMarked}
      data-testid="delivery"
      style={{ transform: `translateY(${top}px)`, height: rowHeight }}
      onClick={() => onChoose(index)}
      onDoubleClick={() => onOpen(row)}
    >
      <div role="gridcell" className="grid-mark">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isMarked}
          aria-label={t('deliveries.mark', { title, channel: channelName })}
          onClick={(event) => {
            event.stopPropagation();
            onMark(keyOf(row), event.shiftKey);
          }}
          onChange={() => {}}
        />
      </div>
      <div role="gridcell">
        <DeliveryTag row={row} />
      </div>
      <div role="gridcell" className="delivery-title">
        <UrgencyTag row={row} />
        <IntentTag row={row} />
        <Link to="/deliveries/$site/$deliveryId" params={{ site, deliveryId }} tabIndex={-1}>
          {title}
        </Link>
        <Link
          to="/releases/$site/$releaseId"
          params={{ site, releaseId }}
          className="hint"
          tabIndex={-1}
          aria-label={t('deliveries.toRelease', { title })}
        >
          {t('deliveries.release')}
        </Link>
      </div>
      <div role="gridcell" className="delivery-channel">
        <Link to="/channels/$channelId" params={{ channelId: row.channelId }} tabIndex={-1}>
          {channelName}
        </Link>{' '}
        <small className="hint">{sayKind(channelKind)}</small>
      </div>
      <div role="gridcell" className="cell-number">
        {attempts}
      </div>
      <div role="gridcell" className="delivery-detail" title={row.detail}>
        <Next row={row} />
      </div>
      <div role="gridcell" className="cell-time" title={minute(updatedAt)}>
        {short(updatedAt)}
      </div>
    </div>
  );
});

/** What comes next by itself, or what was said last. */
function Next({ row }: { row: DeliveryRow }): ReactElement {
  const t = useWords();
  const sayRecipients = useRecipientsLine();
  const { state, nextAttemptAt, nextProbeAt, receiptId } = row;
  const detail = sayRecipients(row) ?? row.detail;
  if (nextAttemptAt !== null) return <>{`${t('deliveries.next', { time: precise(nextAttemptAt) })} ${detail}`}</>;
  if ((state === 'unknown' || state === 'pending') && nextProbeAt !== null)
    return <>{`${t('deliveries.nextProbe', { time: precise(nextProbeAt) })} ${detail}`}</>;
  const isWhole = detail === row.detail;
  return (
    <>{receiptId !== null && state === 'confirmed' && isWhole ? t('deliveries.receipt', { id: receiptId }) : detail}</>
  );
}
