import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { DeliveryRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { range } from '../reposts/batch.ts';
import { hasRole, useMe } from '../session.ts';
import { short } from '../time.ts';
import { useChannelKind, useWords } from '../words/index.ts';
import { byChannel, byRelease } from './boards.ts';
import { DeliveryGrid } from './delivery-grid.tsx';
import { DeliveryTag } from './delivery-tag.tsx';
import { keyOf, type Asked } from './filter.ts';
import { RedriveDialog } from './redrive-dialog.tsx';
import { RefusedLogins } from './refused-logins.tsx';

const tabs = [undefined, 'open', 'unknown', 'failed', 'confirmed'] as const;

/** Every delivery from requested to confirmed and after, live: one by one, by release, or by channel. */
export function DeliveriesPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate({ from: '/deliveries' });
  const asked = useSearch({ from: '/deliveries' });
  const { by, ...filter } = asked;
  const list = useQuery(views.deliveries(filter));
  const { data: figures } = useQuery(views.deliveryFigures(filter.site));
  const { data } = list;
  const [at, setAt] = useState(0);
  const [marks, setMarks] = useState<{ keys: ReadonlySet<string>; last: string | null }>({
    keys: new Set(),
    last: null,
  });
  const [redriving, setRedriving] = useState<DeliveryRow[] | null>(null);
  const rows = data?.rows ?? [];
  const chosen = Math.max(0, Math.min(at, rows.length - 1));
  const mayRedrive = hasRole(me, 'comms');
  const open = ({ site, deliveryId }: DeliveryRow) =>
    void navigate({ to: '/deliveries/$site/$deliveryId', params: { site, deliveryId } });
  const mark = (key: string, withShift: boolean) =>
    setMarks(({ keys, last }) => {
      const next = new Set(keys);
      if (withShift) for (const each of range(rows.map(keyOf), last, key)) next.add(each);
      else if (!next.delete(key)) next.add(key);
      return { keys: next, last: key };
    });
  const isOne = by === undefined;
  const marked = rows.filter((row) => marks.keys.has(keyOf(row)));
  // Without a mark it is all that failed among what is listed.
  const toRedrive = marked.length > 0 ? marked : filter.show === 'failed' ? rows : [];
  const redrive = () => toRedrive.length > 0 && setRedriving(toRedrive);
  const step = (by: number) => setAt(Math.max(0, Math.min(chosen + by, rows.length - 1)));
  useShortcuts(
    isOne
      ? [
          { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => step(1), repeats: true },
          { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => step(-1), repeats: true },
          { keys: ['Enter'], says: 'keys.enter', group: 'keys.list', run: () => rows[chosen] && open(rows[chosen]) },
          {
            keys: ['x'],
            says: 'deliveries.markKey',
            group: 'keys.list',
            run: () => rows[chosen] && mark(keyOf(rows[chosen]), false),
          },
          ...(mayRedrive
            ? [{ keys: ['r'], says: 'redrive.title' as const, group: 'keys.decision' as const, run: redrive }]
            : []),
        ]
      : [],
  );
  const counts = figures?.counts;
  return (
    <div className="page page-filled">
      <div className="page-bar">
        <nav className="tabs" aria-label={t('deliveries.byState')}>
          {tabs.map((each) => {
            const n = each && counts?.[each];
            return (
              <Link
                key={each ?? 'all'}
                to="/deliveries"
                search={{ ...without(asked, 'show'), ...(each && { show: each }) }}
                className={filter.show === each ? 'tab tab-here' : 'tab'}
                aria-current={filter.show === each ? 'page' : undefined}
                data-testid={`deliveries-${each ?? 'all'}`}
              >
                {t(`deliveries.${each ?? 'all'}`)}{' '}
                {n !== undefined && n > 0 && (
                  <span className={each === 'unknown' ? 'badge badge-unknown' : 'tab-count'}>{n}</span>
                )}
              </Link>
            );
          })}
        </nav>
        <span className="top-space" />
        <div className="tabs" role="group" aria-label={t('deliveries.by')}>
          {([undefined, 'release', 'channel'] as const).map((each) => (
            <Link
              key={each ?? 'one'}
              to="/deliveries"
              search={{ ...filter, ...(each && { by: each }) }}
              className={by === each ? 'tab tab-here' : 'tab'}
              aria-current={by === each ? 'page' : undefined}
            >
              {t(`deliveries.by.${each ?? 'one'}`)}
            </Link>
          ))}
        </div>
        <Link to="/deliveries/assisted" className="button button-small">
          {t('assisted.title')}
        </Link>
        <a className="button button-small" href={views.deliveriesCsvPath(filter)} download>
          {t('deliveries.csv')}
        </a>
        {mayRedrive && isOne && (
          <button
            type="button"
            className="button button-small button-primary"
            disabled={toRedrive.length === 0}
            title={toRedrive.length === 0 ? t('redrive.none') : undefined}
            onClick={redrive}
            data-testid="redrive"
          >
            {t('redrive.some', { n: toRedrive.length })} <kbd>R</kbd>
          </button>
        )}
      </div>
      <Filters filter={asked} />
      <RefusedLogins />
      <Pending of={list} />
      {data && rows.length === 0 && (
        <Empty title={t(filter.show === 'unknown' ? 'deliveries.noUnknown' : 'deliveries.empty')}>
          {t(filter.show === 'unknown' ? 'deliveries.noUnknownHint' : 'deliveries.emptyHint')}
        </Empty>
      )}
      {rows.length > 0 && isOne && (
        <DeliveryGrid rows={rows} chosen={chosen} marked={marks.keys} onChoose={setAt} onMark={mark} onOpen={open} />
      )}
      {rows.length > 0 && by === 'release' && <ByRelease rows={rows} />}
      {rows.length > 0 && by === 'channel' && <ByChannel rows={rows} />}
      {data && rows.length >= views.deliveriesListed && (
        <p className="hint further">{t('deliveries.more', { n: rows.length })}</p>
      )}
      {redriving && (
        <RedriveDialog
          rows={redriving}
          onClose={() => {
            setRedriving(null);
            setMarks({ keys: new Set(), last: null });
          }}
        />
      )}
    </div>
  );
}

function without<T extends object, K extends keyof T>(from: T, name: K): Omit<T, K> {
  const { [name]: _left, ...rest } = from;
  return rest;
}

function Filters({ filter }: { filter: Asked }): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate({ from: '/deliveries' });
  const siteName = useSiteName();
  const { data: channels } = useQuery(views.channels());
  const { data: sites } = useQuery(views.sites());
  const set = (name: 'channel' | 'site' | 'urgency', value: string) =>
    void navigate({
      search: { ...without(filter, name), ...(value && { [name]: value }) },
      replace: true,
    });
  const many = me.sites.includes('*') || me.sites.length > 1;
  return (
    <div className="page-bar filter-bar">
      {many && (
        <label className="inline-field">
          <span>{t('deliveries.site')}</span>
          <select value={filter.site ?? ''} onChange={({ target }) => set('site', target.value)}>
            <option value="">{t('deliveries.allSites')}</option>
            {(sites?.rows ?? []).map(({ siteId }) => (
              <option key={siteId} value={siteId}>
                {siteName(siteId)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="inline-field">
        <span>{t('deliveries.colChannel')}</span>
        <select value={filter.channel ?? ''} onChange={({ target }) => set('channel', target.value)}>
          <option value="">{t('deliveries.allChannels')}</option>
          {(channels?.rows ?? []).map(({ channelId, name }) => (
            <option key={channelId} value={channelId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="inline-field">
        <span>{t('deliveries.urgency')}</span>
        <select value={filter.urgency ?? ''} onChange={({ target }) => set('urgency', target.value)}>
          <option value="">{t('deliveries.anyUrgency')}</option>
          {(['rebuttal', 'urgent', 'routine'] as const).map((each) => (
            <option key={each} value={each}>
              {t(`urgency.${each}`)}
            </option>
          ))}
        </select>
      </label>
      {filter.release && (
        <span className="hint">
          {t('deliveries.ofRelease')}{' '}
          <Link to="/deliveries" search={without(filter, 'release')}>
            {t('deliveries.showAll')}
          </Link>
        </span>
      )}
    </div>
  );
}

/** Each release with every channel that it goes to. */
function ByRelease({ rows }: { rows: readonly DeliveryRow[] }): ReactElement {
  const t = useWords();
  return (
    <div className="board-scroll">
      <table className="table" data-testid="deliveries-by-release">
        <thead>
          <tr>
            <th>{t('deliveries.colRelease')}</th>
            <th className="cell-number">{t('deliveries.colDone')}</th>
            <th>{t('deliveries.colChannels')}</th>
            <th>{t('deliveries.colAt')}</th>
          </tr>
        </thead>
        <tbody>
          {byRelease(rows).map(({ key, site, releaseId, title, rows: its, counts }) => (
            <tr key={key}>
              <td className="cell-title">
                <Link to="/releases/$site/$releaseId" params={{ site, releaseId }}>
                  {title}
                </Link>
              </td>
              <td className="cell-number">{t('deliveries.doneOf', { n: counts.confirmed, of: its.length })}</td>
              <td>
                <ul className="chips">
                  {its.map((row) => (
                    <li key={row.deliveryId}>
                      <Link to="/deliveries/$site/$deliveryId" params={{ site: row.site, deliveryId: row.deliveryId }}>
                        {row.channelName}
                      </Link>{' '}
                      <DeliveryTag row={row} />
                    </li>
                  ))}
                </ul>
              </td>
              <td className="cell-time">
                {short(
                  its
                    .map(({ updatedAt }) => updatedAt)
                    .toSorted()
                    .at(-1)!,
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Each channel with how many of its deliveries ended how; each figure opens them. */
function ByChannel({ rows }: { rows: readonly DeliveryRow[] }): ReactElement {
  const t = useWords();
  const sayKind = useChannelKind();
  const groups = ['open', 'unknown', 'failed', 'confirmed'] as const;
  return (
    <div className="board-scroll">
      <table className="table" data-testid="deliveries-by-channel">
        <thead>
          <tr>
            <th>{t('deliveries.colChannel')}</th>
            {groups.map((group) => (
              <th key={group} className="cell-number">
                {t(`deliveries.${group}`)}
              </th>
            ))}
            <th>{t('deliveries.colLast')}</th>
          </tr>
        </thead>
        <tbody>
          {byChannel(rows).map(({ channelId, name, kind, rows: its, counts }) => (
            <tr key={channelId}>
              <td>
                <Link to="/channels/$channelId" params={{ channelId }}>
                  {name}
                </Link>{' '}
                <small className="hint">{sayKind(kind)}</small>
              </td>
              {groups.map((group) => (
                <td key={group} className="cell-number">
                  {counts[group] === 0 ? (
                    '0'
                  ) : (
                    <Link to="/deliveries" search={{ channel: channelId, show: group }}>
                      {counts[group]}
                    </Link>
                  )}
                </td>
              ))}
              <td className="cell-wide">
                <DeliveryTag row={its[0]!} /> {its[0]!.title}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
