import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useChannelKind, useWords } from '../words/index.ts';
import { ChannelTag } from './channel-tags.tsx';

/** Every place that releases are pushed to, and how each is now. */
export function ChannelsPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const sayKind = useChannelKind();
  const answer = useQuery(views.channelOverview());
  const { data } = answer;
  const rows = (data?.rows ?? []).toSorted(
    (a, b) => a.site.localeCompare(b.site) || a.name.localeCompare(b.name, 'zh'),
  );
  const states = new Map((data?.states ?? []).map((state) => [state.channelId, state]));
  const open = (channelId: string) => void navigate({ to: '/channels/$channelId', params: { channelId } });
  const add = () => void navigate({ to: '/channels/new' });
  const chosen = useRowKeys(rows.length, (at) => rows[at] && open(rows[at].channelId));
  const isAdmin = hasRole(me, 'admin');
  useShortcuts(isAdmin ? [{ keys: ['c'], says: 'channels.add', group: 'keys.list', run: add }] : []);
  const now = data ? Date.parse(data.serverTime) : 0;
  return (
    <div className="page">
      <div className="page-bar">
        <span className="top-space" />
        {isAdmin && (
          <Link to="/channels/new" className="button button-primary">
            {t('channels.add')} <kbd>C</kbd>
          </Link>
        )}
      </div>
      <Pending of={answer} />
      {data && rows.length === 0 && <Empty title={t('channels.empty')}>{t('channels.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="channels">
          <thead>
            <tr>
              <th>{t('channels.name')}</th>
              <th>{t('channels.kind')}</th>
              <th>{t('deliveries.site')}</th>
              <th>{t('channels.state')}</th>
              <th>{t('channels.quota')}</th>
              <th className="cell-number">{t('channels.waiting')}</th>
              <th className="cell-number">{t('channels.sending')}</th>
              <th>{t('channels.ifUnknown')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ channelId, name, kind, site, paused }, at) => {
              const state = states.get(channelId);
              return (
                <tr key={channelId} aria-selected={at === chosen} data-testid="channel">
                  <td className="cell-title">
                    <Link to="/channels/$channelId" params={{ channelId }}>
                      {name}
                    </Link>
                  </td>
                  <td>{sayKind(kind)}</td>
                  <td>{siteName(site)}</td>
                  <td>
                    <ChannelTag paused={paused} state={state} now={now} />
                  </td>
                  <td>
                    {(state?.quotas ?? [])
                      .map(({ per, count, used }) =>
                        t(`channels.left.${per}`, { n: Math.max(0, count - used), of: count }),
                      )
                      .join('，') || '—'}
                  </td>
                  <td className="cell-number">{state?.waiting ?? '—'}</td>
                  <td className="cell-number">{state?.sending.length ?? '—'}</td>
                  <td className="cell-wide">{state ? t(`onUnknown.${state.onUnknown}`) : '—'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </div>
  );
}
