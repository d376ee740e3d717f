import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Policies that went out without their interpretation in a period: how many, each with who answers for it and why. */
export function Waivers({ period: { from, to } }: { period: views.Period }): ReactElement | null {
  const t = useWords();
  const siteName = useSiteName();
  const { data } = useQuery(views.linkedReleases());
  if (!data) return null;
  const out = data.rows.filter(({ committedAt }) => committedAt !== null && committedAt >= from && committedAt < to);
  const waived = out.flatMap((row) => (row.waived ? [{ row, waived: row.waived }] : []));
  if (out.length === 0) return null;
  return (
    <section data-testid="waivers">
      <h2>{t('compliance.waivers')}</h2>
      <p>{t('compliance.waiversCount', { n: waived.length, of: out.length })}</p>
      {waived.length > 0 && (
        <ul>
          {waived.map(({ row, waived: { byName, at, reason } }) => (
            <li key={`${row.site}/${row.linkedId}`}>
              <Link to="/linked/$site/$linkedId" params={{ site: row.site, linkedId: row.linkedId }}>
                {row.title}
              </Link>
              {`（${siteName(row.site)}）${t('linked.waivedBy', { name: byName, time: minute(at), reason })}`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
