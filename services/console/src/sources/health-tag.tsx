import type { SourceRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { healthOf, type Health } from './health.ts';

const looks: Record<Health, string> = {
  escalated: 'tag-overdue',
  failed: 'tag-failed',
  disagrees: 'tag-near',
  quiet: 'tag-near',
  good: 'tag-good',
  paused: 'tag-paused',
};

export function HealthTag({ row }: { row: SourceRow }): ReactElement {
  const t = useWords();
  const health = healthOf(row);
  return (
    <span className={`tag ${looks[health]}`} data-health={health}>
      {t(`sources.health.${health}`)}
    </span>
  );
}
