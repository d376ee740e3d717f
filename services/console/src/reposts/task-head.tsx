import { Link } from '@tanstack/react-router';
import type { RepostDetail, RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { PresenceTag } from '../items/presence-tag.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { Pairs } from './cluster-section.tsx';
import { percentOf } from './fidelity-words.ts';
import type { toSign } from './turn.ts';

/** What it is, until when, and why it is owed. */
export function TaskHead(props: {
  row: RepostRow;
  detail: RepostDetail | undefined;
  /** Of the item whose text is on the screen. */
  shown: { title: string; sourceId: string; itemId: string };
  edit: ReturnType<typeof toSign>['edit'];
  why: boolean;
  onWhy: () => void;
  /** Where our own text may be dropped. */
  onDrop?: () => void;
}): ReactElement {
  const { row, detail, shown, edit, why, onWhy, onDrop } = props;
  const t = useWords();
  const me = useMe();
  const members = detail?.cluster?.members.length ?? row.obligations.length;
  return (
    <header className="task-head">
      <h2 className="task-title">{shown.title}</h2>
      <div className="task-facts">
        {row.state === 'queued' ? (
          <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />
        ) : (
          <span className={`tag tag-${row.state}`}>{t(`state.${row.state}`)}</span>
        )}
        {detail && <PresenceTag presence={detail.presence} />}
        <Link to="/items/$sourceId/$itemId" params={{ sourceId: shown.sourceId, itemId: shown.itemId }}>
          {t('task.item')}
        </Link>
        <button type="button" className="link why-toggle" aria-expanded={why} onClick={onWhy} data-testid="why">
          {t('cluster.open', { obligations: row.obligations.length, members })} <kbd>W</kbd>
        </button>
        {detail?.cluster && <Pairs cluster={detail.cluster} site={row.site} />}
        {edit && (
          <span className="edit-facts" data-testid="edit">
            {t('edit.facts', { name: edit.byName, time: precise(edit.at), percent: percentOf(edit.fidelity) })}
            {onDrop && (
              <button type="button" className="link" onClick={onDrop} data-testid="drop-edit">
                {t('edit.drop')}
              </button>
            )}
          </span>
        )}
        {hasRole(me, 'manager', 'admin') && (
          <a
            className="no-print"
            href={`/api/reposts/${row.taskId}/evidence.tar.gz?${new URLSearchParams({ site: row.site })}`}
            download
            title={t('evidence.packHint')}
            data-testid="evidence-pack"
          >
            {t('evidence.pack')}
          </a>
        )}
        <span>{t(row.retract || row.removal ? 'retract.dueBy' : 'task.due', { time: minute(row.dueAt) })}</span>
        <span>{t(`task.basis.${row.basis}`)}</span>
        <span title={row.rule.because}>{t('task.because', { rule: row.rule.name, because: row.rule.because })}</span>
      </div>
    </header>
  );
}
