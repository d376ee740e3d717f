import type { RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useChainWords } from './chain-words.ts';
import type { Turn } from './turn.ts';

/** Where in its chain a task is: who signed which steps and when, who is next, what then follows. */
export function ChainLine({ row, turn }: { row: RepostRow; turn: Turn }): ReactElement | null {
  const t = useWords();
  const { steps, roles } = useChainWords();
  const { chain, act } = turn;
  const { reviews } = row;
  // What one editor signs alone is said where they confirm it; who signed it stands with the outcome.
  if (reviews.length === 0 && (act === null || chain.acts.length === 1)) return null;
  const left = act === null ? [] : chain.acts.slice(reviews.length);
  return (
    <ol className="acts" aria-label={t('review.chain', { name: chain.name })} data-testid="chain">
      {reviews.map((each) => (
        <li key={each.by} className="acts-done">
          <strong>✓ {steps(each)}</strong>
          <span>
            {each.byName} <time dateTime={each.at}>{precise(each.at)}</time>
          </span>
        </li>
      ))}
      {left.map((each, i) => (
        <li key={each.steps.join()} className={i === 0 ? 'acts-next' : 'acts-later'} aria-current={i === 0 && 'step'}>
          <strong>
            {i === 0 ? '●' : '○'} {steps(each)}
          </strong>
          <span>
            {i === 0 && (turn.isMine ? t('review.yours') : t('review.waits'))}
            {(i > 0 || !turn.isMine) && roles(each)}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** In the queue: how far it is, that it came back, and that its text is our own. */
export function ReviewTags({ row }: { row: RepostRow }): ReactElement | null {
  const t = useWords();
  const { roles } = useChainWords();
  if (row.state !== 'queued') return null;
  const { chain, reviews, returned, edit } = row;
  const act = chain?.acts[reviews.length];
  return (
    <>
      {returned && (
        <span
          className="tag tag-returned"
          title={t('return.text', { name: returned.byName, time: precise(returned.at), reason: returned.reason })}
          data-testid="returned-tag"
        >
          {t('return.tag', { reason: returned.reason })}
        </span>
      )}
      {chain && act && (
        <span className="tag tag-review" title={t('review.chain', { name: chain.name })}>
          {t('review.tag', { n: reviews.length, all: chain.acts.length, roles: roles(act) })}
        </span>
      )}
      {edit && <span className="tag tag-press">{t('edit.tag')}</span>}
    </>
  );
}
