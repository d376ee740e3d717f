import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ItemDetail, ItemSearch } from '@tongsheng/contracts';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useLive } from '../api/live.ts';
import * as views from '../api/views.ts';
import { DecisionRecord } from '../items/decision-record.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { Frame } from '../parts/frame.tsx';
import { usePublished } from '../parts/published.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, serverNow, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { dueOf, waiting } from './unrouted-rows.ts';
import { useAssign, type Assignment } from './use-assign.ts';

type Row = ItemSearch['rows'][number];
type Writing = null | 'assign' | 'ignore' | 'optional';

/** What no rule spoke of: a lost item is worst, so each has a deadline until a person routes it. */
export function UnroutedPage(): ReactElement {
  const answer = useQuery(views.unrouted());
  const rows = waiting(answer.data ?? []);
  useOthersDecisions(answer.data);
  return (
    <div className="queue">
      <Pending of={answer} />
      {answer.data && rows.length === 0 && <Nothing />}
      {rows.length > 0 && <Waiting rows={rows} />}
    </div>
  );
}

/** Anybody may decide: what goes from under the hand is said, with who it was. */
function useOthersDecisions(rows: Row[] | undefined): void {
  const t = useWords();
  const me = useMe();
  const before = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const { itemId, title, routing } of rows ?? []) {
      if (!before.current.has(itemId) || !routing || routing.effect === 'unrouted' || routing.by === me.name) continue;
      const effect = t(`rule.effect.${routing.effect}`);
      announce('told', t('unrouted.gone', { title, effect, by: routing.by ?? t('actor.service') }));
    }
    before.current = new Set(waiting(rows ?? []).map(({ itemId }) => itemId));
    // Only what changes among the rows is said, not a change of language.
  }, [rows]);
}

function Waiting({ rows }: { rows: Row[] }): ReactElement {
  const t = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  // Who decides one goes on to the next, which stands where the decided one stood.
  const last = useRef(0);
  const at = rows.findIndex(({ itemId }) => itemId === chosen);
  const here = at >= 0 ? at : Math.min(last.current, rows.length - 1);
  last.current = here;
  const row = rows[here]!;
  const go = (step: number) => setChosen(rows[Math.min(Math.max(here + step, 0), rows.length - 1)]!.itemId);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [here]);
  useShortcuts([
    { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => go(1), repeats: true },
    { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => go(-1), repeats: true },
  ]);
  const overdue = rows.filter((each) => Date.parse(dueOf(each)) < serverNow()).length;
  return (
    <div className="queue-body">
      <div className="queue-list">
        <p className="unrouted-counts">
          <span data-testid="unrouted-count">{t('unrouted.count', { n: rows.length })}</span>
          {overdue > 0 && <span className="tag tag-overdue">{t('unrouted.overdue', { n: overdue })}</span>}
        </p>
        <ul ref={list} className="unrouted" data-testid="unrouted">
          {rows.map((each) => (
            <li key={each.itemId} aria-current={each === row} className="unrouted-row" data-testid="unrouted-row">
              <button type="button" onClick={() => setChosen(each.itemId)}>
                <Countdown startsAt={each.firstSeenAt} dueAt={dueOf(each)} />
                <span className="grid-what">
                  <span className="grid-title">{each.title}</span>
                  <span className="grid-facts">
                    <span>{each.sourceName}</span>
                    <span>{short(each.firstSeenAt)}</span>
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <Opened key={row.itemId} row={row} />
    </div>
  );
}

/** One of them: why no rule spoke of it, what it says, and what can be done. */
function Opened({ row }: { row: Row }): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const published = usePublished();
  const { sourceId, itemId } = row;
  const answer = useQuery(views.item(sourceId, itemId));
  const { busy, assign } = useAssign();
  const [writing, setWriting] = useState<Writing>(null);
  const offline = useLive(({ state }) => state === 'offline');
  const { data: detail } = answer;
  const whyNot = !hasRole(me, 'editor') ? t('unrouted.notEditor') : offline ? t('task.offline') : null;
  const isAdmin = hasRole(me, 'admin');
  const write = (what: Writing) => (whyNot ? announce('told', whyNot) : setWriting(what));
  const send = async (assignment: Assignment) => {
    if (await assign(row, assignment)) setWriting(null);
  };
  const column = columnOf(detail);
  useShortcuts([
    { keys: ['a'], says: 'unrouted.assign', group: 'keys.decision', run: () => write('assign') },
    { keys: ['x'], says: 'unrouted.ignore', group: 'keys.decision', run: () => write('ignore') },
    { keys: ['t'], says: 'unrouted.optional', group: 'keys.decision', run: () => write('optional') },
    {
      keys: ['Enter'],
      says: 'keys.enter',
      group: 'keys.list',
      run: () => void navigate({ to: '/items/$sourceId/$itemId', params: { sourceId, itemId } }),
    },
  ]);
  return (
    <section className="task" aria-label={row.title} data-testid="unrouted-item">
      <header className="task-head">
        <h2 className="task-title">{row.title}</h2>
        <div className="task-facts">
          <Countdown startsAt={row.firstSeenAt} dueAt={dueOf(row)} />
          <span>{t('unrouted.due', { time: minute(dueOf(row)) })}</span>
          <span>{row.sourceName}</span>
          {row.documentNumber && <span>{row.documentNumber}</span>}
          <span>{t('items.publishedAt', { time: published(row.publication) })}</span>
          <Link to="/items/$sourceId/$itemId" params={{ sourceId, itemId }}>
            {t('task.item')}
          </Link>
        </div>
      </header>
      <Pending of={answer} />
      {detail && (
        <div className="panes unrouted-panes">
          <section className="pane" aria-label={t('unrouted.text')}>
            <Frame title={t('unrouted.text')} html={detail.versions.at(-1)!.page} />
          </section>
          <section className="pane unrouted-why" aria-label={t('unrouted.why')} tabIndex={0}>
            <h3>{t('unrouted.why')}</h3>
            <DecisionRecord routing={detail.routing} />
            {isAdmin && (
              <p>
                <Link
                  to="/rules"
                  search={{ tab: 'rules', edit: 'new', from: `${sourceId}/${itemId}` }}
                  className="button"
                  data-testid="make-rule"
                >
                  {t('unrouted.makeRule')}
                </Link>
              </p>
            )}
          </section>
        </div>
      )}
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <button
            type="button"
            className="button"
            aria-disabled={whyNot !== null}
            onClick={() => write('ignore')}
            data-testid="ignore"
          >
            {t('unrouted.ignore')} <kbd>X</kbd>
          </button>
          <button type="button" className="button" aria-disabled={whyNot !== null} onClick={() => write('optional')}>
            {t('unrouted.optional')} <kbd>T</kbd>
          </button>
        </div>
        <span className="actions-text">{whyNot}</span>
        <button
          type="button"
          className="button button-primary button-approve"
          aria-disabled={whyNot !== null}
          title={whyNot ?? undefined}
          onClick={() => write('assign')}
          data-testid="assign"
        >
          {t('unrouted.assign')} <kbd>A</kbd>
        </button>
      </footer>
      {writing === 'assign' && detail && (
        <AssignDialog detail={detail} busy={busy} onAssign={send} onClose={() => setWriting(null)} />
      )}
      {(writing === 'ignore' || writing === 'optional') && (
        <ReasonDialog
          title={t(writing === 'ignore' ? 'unrouted.ignoreTitle' : 'unrouted.optionalTitle')}
          hint={t(writing === 'ignore' ? 'unrouted.ignoreHint' : 'unrouted.optionalHint')}
          label={t('rules.reason')}
          placeholder={t('task.reasonHint')}
          send={t(writing === 'ignore' ? 'unrouted.ignore' : 'unrouted.optional')}
          onClose={() => setWriting(null)}
          onSend={(reason) => send({ effect: writing, column, reason })}
        />
      )}
    </section>
  );
}

/** The column that the rules proposed. */
const columnOf = (detail: ItemDetail | undefined) =>
  detail?.routing.findLast((event) => event.type === 'routing.decided')?.column ?? '转载';

/** Nothing waits, which proves something only when the sources are well and rules are on. */
function Nothing(): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.sources());
  const { data: book } = useQuery(views.rulebook());
  const rows = data?.rows ?? [];
  const bad = rows.filter(({ troubles }) => troubles.length > 0).length;
  const last = rows.map(({ lastItemAt }) => lastItemAt ?? '').reduce((one, other) => (one > other ? one : other), '');
  return (
    <Empty title={t('unrouted.empty')}>
      {data && book && (
        <p>
          {bad > 0
            ? t('queue.emptyTrouble', { bad })
            : t('unrouted.emptyHealthy', {
                n: rows.length,
                rules: book.rules.filter(({ enabled }) => enabled).length,
                time: last ? short(last) : '—',
              })}{' '}
          <Link to="/sources">{t('queue.seeSources')}</Link>
        </p>
      )}
    </Empty>
  );
}
