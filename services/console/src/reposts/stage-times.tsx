import { stageNames, stageSpans, type RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { span } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Where the time of one task went, from the upstream site's publication to the proof. */
export function StageTimes({ row }: { row: RepostRow }): ReactElement | null {
  const t = useWords();
  const { publication, claim, firstSeenAt: seenAt, approvedAt, publishedAt, verifiedAt } = row;
  const claimedAt = claim?.at ?? null;
  const upstreamAt = publication.at;
  const spans = stageSpans({ upstreamAt, seenAt, claimedAt, approvedAt, publishedAt, verifiedAt });
  const passed = stageNames.filter((stage) => spans[stage] !== undefined);
  if (passed.length === 0) return null;
  return (
    <dl className="stage-times" aria-label={t('stages.title')} data-testid="stage-times">
      {passed.map((stage) => (
        <div key={stage}>
          <dt>{t(`stages.${stage}`)}</dt>
          <dd>{span(spans[stage]!)}</dd>
        </div>
      ))}
    </dl>
  );
}
