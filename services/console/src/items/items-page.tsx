import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ItemSearch } from '@tongsheng/contracts';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { forgetArrivedItems, useArrivedItems } from '../api/live.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { usePublished } from '../parts/published.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { useStillHere } from '../parts/still-here.ts';
import { minute, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useLastList } from './last-list.ts';
import { Marked } from './marked.tsx';
import { PresenceTag } from './presence-tag.tsx';

type Found = ItemSearch['rows'][number];

/** Everything that sources published: found by title, document number or text. */
export function ItemsPage(): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const filter = useSearch({ from: '/items' });
  const navigate = useNavigate({ from: '/items' });
  const stillHere = useStillHere('/items');
  const { data: known } = useQuery(views.sources());
  const found = useInfiniteQuery(views.items(filter));
  const pages = found.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.rows);
  const searched = pages.reduce((sum, page) => sum + page.searched, 0);
  const [opened] = useState(() => useLastList.getState().itemId);
  const open = ({ sourceId, itemId }: Found) =>
    void navigate({ to: '/items/$sourceId/$itemId', params: { sourceId, itemId } });
  const chosen = useRowKeys(
    rows.length,
    (index) => rows[index] && open(rows[index]),
    rows.findIndex(({ itemId }) => itemId === opened),
  );
  const arrived = useArrivedItems(({ ids }) => ids.size);
  const reload = () => {
    forgetArrivedItems();
    void client.resetQueries({ queryKey: ['items', filter] });
  };
  useEffect(() => {
    // What is read anew has them all; a list that is come back to is as it was left.
    if (!client.getQueryData(views.items(filter).queryKey)) forgetArrivedItems();
    useLastList.setState({ filter });
  }, [client, filter]);
  const show = (next: views.ItemFilter) => void navigate({ search: next, replace: true });
  useShortcuts(arrived > 0 ? [{ keys: ['n'], says: 'items.load', group: 'keys.list', run: reload }] : []);
  const sources = [...(known?.rows ?? [])].sort((a, b) => a.name.localeCompare(b.name, 'zh'));
  return (
    <div className="page">
      <div className="page-bar">
        <SearchField
          value={filter.q ?? ''}
          onChange={(q) => stillHere() && show({ ...without(filter, 'q'), ...(q && { q }) })}
        />
        <div className="tabs" role="group">
          {([undefined, 'unrouted', 'optional', 'ignore', 'withdrawn'] as const).map((each) => (
            <Link
              key={each ?? 'all'}
              to="/items"
              search={{ ...without(filter, 'show'), ...(each && { show: each }) }}
              className={filter.show === each ? 'tab tab-here' : 'tab'}
              aria-current={filter.show === each ? 'page' : undefined}
            >
              {t(`items.show.${each ?? 'all'}`)}
            </Link>
          ))}
        </div>
        <label className="inline-field">
          <span>{t('sources.colName')}</span>
          <select
            value={filter.source ?? ''}
            onChange={({ target: { value } }) =>
              show({ ...without(filter, 'source'), ...(value && { source: value }) })
            }
          >
            <option value="">{t('items.allSources')}</option>
            {sources.map(({ sourceId, name }) => (
              <option key={sourceId} value={sourceId}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {arrived > 0 && (
        <p className="arrivals" role="status" data-testid="items-arrived">
          {t('queue.arrived', { n: arrived })}
          <button type="button" className="button button-small" onClick={reload}>
            {t('items.load')} <kbd>N</kbd>
          </button>
        </p>
      )}
      <Pending of={found} />
      {found.data && rows.length === 0 && !found.hasNextPage && <Nothing filter={filter} />}
      {rows.length > 0 && <Rows rows={rows} words={filter.q ?? ''} chosen={chosen} onOpen={open} />}
      {found.data && (
        <p className="hint further" role="status" data-testid="further-text">
          {filter.q ? t('items.searched', { n: rows.length, searched }) : t('items.shown', { n: rows.length })}{' '}
          {found.hasNextPage ? (
            <button
              type="button"
              className="button button-small"
              disabled={found.isFetchingNextPage}
              onClick={() => void found.fetchNextPage()}
              data-testid="further"
            >
              {found.isFetchingNextPage ? t('app.loading') : t(filter.q ? 'items.searchOn' : 'items.more')}
            </button>
          ) : (
            rows.length > 0 && t('items.end')
          )}
        </p>
      )}
    </div>
  );
}

function without<K extends keyof views.ItemFilter>(filter: views.ItemFilter, name: K): Omit<views.ItemFilter, K> {
  const { [name]: _left, ...rest } = filter;
  return rest;
}

const pauseMs = 300;

/** The address follows what is typed, a moment later; never in the middle of a composition. */
function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }): ReactElement {
  const t = useWords();
  const [text, setText] = useState(value);
  const [composing, setComposing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const told = useRef(value);
  const tell = useRef((_q: string) => {});
  tell.current = (q) => onChange((told.current = q));
  useEffect(() => {
    // What was told from here comes back when more may have been typed already.
    if (value !== told.current) setText((told.current = value));
  }, [value]);
  useEffect(() => {
    if (composing || text.trim() === value) return;
    const timer = setTimeout(() => tell.current(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, composing, value]);
  useShortcuts([{ keys: ['/'], says: 'items.search', group: 'keys.list', run: () => field.current?.focus() }]);
  return (
    <label className="search-field">
      <span className="unseen">{t('items.search')}</span>
      <input
        ref={field}
        type="search"
        maxLength={200}
        value={text}
        placeholder={t('items.searchHint')}
        onChange={({ target }) => setText(target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          const { key, nativeEvent, currentTarget } = event;
          if (!['Escape', 'Enter', 'ArrowDown'].includes(key) || nativeEvent.isComposing) return;
          // From here on the keys mean the rows; a browser would empty the field first.
          if (key === 'Escape') event.preventDefault();
          currentTarget.blur();
        }}
        data-testid="search"
      />
      <kbd>/</kbd>
    </label>
  );
}

function Rows(props: { rows: Found[]; words: string; chosen: number; onOpen: (row: Found) => void }): ReactElement {
  const { rows, words, chosen, onOpen } = props;
  const t = useWords();
  const published = usePublished();
  return (
    <table className="table" data-testid="items">
      <thead>
        <tr>
          <th>{t('items.colTitle')}</th>
          <th>{t('items.colSource')}</th>
          <th>{t('items.colPublished')}</th>
          <th>{t('items.colSeen')}</th>
          <th className="cell-number">{t('items.colVersion')}</th>
          <th>{t('items.colKept')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => {
          const { itemId, sourceId, title, documentNumber, sourceName, publication, firstSeenAt, version, excerpt } =
            row;
          return (
            <tr
              key={itemId}
              aria-selected={index === chosen}
              className="row-opens"
              onClick={() => onOpen(row)}
              data-testid="item"
            >
              <td className="cell-title">
                <Link
                  to="/items/$sourceId/$itemId"
                  params={{ sourceId, itemId }}
                  onClick={(event) => event.stopPropagation()}
                >
                  <Marked text={title} words={words} />
                </Link>
                <span className="item-facts">
                  {documentNumber && <span>{documentNumber}</span>}
                  <PresenceTag presence={row.presence} />
                  {row.routing?.effect === 'unrouted' && <span className="tag tag-waiting">{t('items.unrouted')}</span>}
                </span>
                {excerpt && (
                  <span className="excerpt">
                    <Marked text={excerpt} words={words} />
                  </span>
                )}
              </td>
              <td className="cell-source">{sourceName}</td>
              <td className="cell-time">{published(publication)}</td>
              <td className="cell-time" title={minute(firstSeenAt)}>
                {short(firstSeenAt)}
              </td>
              <td className="cell-number">{version}</td>
              <td>
                <Kept row={row} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Of its attachments and images, how many we have. */
function Kept({ row: { files, attachments } }: { row: Found }): ReactElement {
  const t = useWords();
  const total = Math.max(files.kept + files.failed, attachments);
  if (total === 0) return <span className="cell-time">—</span>;
  return (
    <span className={files.kept === total ? 'tag tag-good' : 'tag tag-near'} title={t('items.keptHint')}>
      {files.kept}/{total}
    </span>
  );
}

/** What was looked for and is not there. An empty list proves nothing unless the sources are well. */
function Nothing({ filter }: { filter: views.ItemFilter }): ReactElement {
  const t = useWords();
  const { data } = useQuery(views.sources());
  if (filter.q) return <Empty title={t('items.notFound', { q: filter.q })}>{t('items.notFoundHint')}</Empty>;
  if (filter.show) return <Empty title={t(`items.none.${filter.show}`)} />;
  const bad = data?.rows.filter(({ troubles }) => troubles.length > 0).length ?? 0;
  return (
    <Empty title={t('items.empty')}>
      {data && (
        <p>
          {bad > 0 ? t('queue.emptyTrouble', { bad }) : t('queue.emptyNever', { n: data.rows.length })}{' '}
          <Link to="/sources">{t('queue.seeSources')}</Link>
        </p>
      )}
    </Empty>
  );
}
