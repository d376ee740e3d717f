import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { reviews } from '../api/reviews.ts';
import { sites as sitesView } from '../api/views.ts';
import { Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { ChecklistsTab } from './checklists-tab.tsx';
import { LeavesTab } from './leaves-tab.tsx';
import { ReviewChainsTab } from './review-chains-tab.tsx';

const tabs = ['chains', 'leaves', 'checks'] as const;

/** How releases are reviewed: their chains by kind, who is away, and what drafts are looked through for. */
export function ReviewRulesPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { tab = 'chains', site: asked } = useSearch({ from: '/releases/rules' });
  const { data: sites } = useQuery(sitesView());
  const site = asked ?? sites?.rows[0]?.siteId ?? '';
  const answer = useQuery(reviews(site));
  const maySettle = hasRole(me, 'manager', 'admin');
  return (
    <div className="page">
      <div className="page-bar">
        <nav className="tabs" aria-label={t('signing.rules')}>
          {tabs.map((each) => (
            <Link
              key={each}
              to="/releases/rules"
              search={{ ...(asked && { site: asked }), ...(each !== 'chains' && { tab: each }) }}
              className={each === tab ? 'tab tab-here' : 'tab'}
              aria-current={each === tab ? 'page' : undefined}
            >
              {t(`signing.tab.${each}`)}
            </Link>
          ))}
        </nav>
        <span className="top-space" />
        {tab !== 'checks' && (
          <label className="inline-field">
            {t('releases.colSite')}{' '}
            <select
              value={site}
              onChange={({ target }) =>
                void navigate({
                  to: '/releases/rules',
                  search: { ...(tab !== 'chains' && { tab }), site: target.value },
                })
              }
              data-testid="site"
            >
              {sites?.rows.map(({ siteId, name }) => (
                <option key={siteId} value={siteId}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <Link to="/releases/approvals" className="link">
          {t('approvals.title')}
        </Link>
      </div>
      {tab !== 'checks' && <Pending of={answer} />}
      {tab === 'chains' && answer.data && (
        <ReviewChainsTab key={site} site={site} book={answer.data} mayEdit={maySettle} />
      )}
      {tab === 'leaves' && answer.data && (
        <LeavesTab key={site} site={site} book={answer.data} mayForOthers={maySettle} />
      )}
      {tab === 'checks' && <ChecklistsTab mayEdit={maySettle || hasRole(me, 'confidentiality')} />}
    </div>
  );
}
