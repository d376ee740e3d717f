import type { SimilarRumors } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { day } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Rebuttals of before that answer much the same. */
export function Similar(props: { rows: SimilarRumors['rows']; under: 'h1' | 'h2' }): ReactElement | null {
  const { rows, under } = props;
  const Heading = under === 'h1' ? 'h2' : 'h3';
  const t = useWords();
  const nameOf = useSiteName();
  if (rows.length === 0) return null;
  return (
    <section className="similar-rumors" data-testid="similar">
      <Heading>{t('rumor.similar')}</Heading>
      <ul>
        {rows.map(({ rumorCaseId, site, claim, verdict, url, rebuttedAt, likeness }) => (
          <li key={`${site}/${rumorCaseId}`}>
            <a href={url} target="_blank" rel="noreferrer noopener">
              {claim}
            </a>{' '}
            <small className="hint">
              {t(`rumor.verdict.${verdict}`)} · {nameOf(site)} · {day(rebuttedAt)} ·{' '}
              {t('rumor.likeness', { n: Math.round(likeness * 100) })}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
