import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { workingCopies } from '../api/views.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

/** What this person began and has not saved, wherever they were interrupted. */
export function KeptDrafts(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(workingCopies());
  if (!data || data.rows.length === 0) return null;
  return (
    <section className="kept-drafts" aria-label={t('working.list')} data-testid="kept-drafts">
      <h2>{t('working.list')}</h2>
      <ul>
        {data.rows.map(({ site, releaseId, kind, title, keptAt }) => (
          <li key={`${site}/${releaseId}`}>
            <span className={`tag tag-${kind}`}>{t(`kind.${kind}`)}</span>{' '}
            <Link to="/releases/$site/$releaseId/edit" params={{ site, releaseId }}>
              {title || t('working.untitled')}
            </Link>{' '}
            <small>{t('working.kept', { time: short(keptAt) })}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}
