import type { RepostDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { DiffView } from '../items/diff-view.tsx';
import { useWords, type Word } from '../words/index.ts';
import { ThreeWayView } from './three-way-view.tsx';

type Pair = { says: Word; before: string; after: string };

/**
 * Where the public has an older version: what the source had, has now, and what our page would have, side by side. And two
 * at a time: what the source changed, what our page would change, and what we changed of the source.
 */
export function TextCompare({ detail }: { detail: RepostDetail }): ReactElement {
  const t = useWords();
  const { ours, source, out } = detail.texts;
  const pairs: Pair[] = [
    ...(out
      ? [
          { says: 'compare.source' as const, before: out.source, after: source },
          { says: 'compare.public' as const, before: out.ours, after: ours },
        ]
      : []),
    { says: 'compare.ours', before: source, after: ours },
  ];
  /** Of the pairs; null: all three. */
  const [chosen, setChosen] = useState<number | null>(null);
  const pair = pairs[chosen ?? 0] ?? pairs[0]!;
  const allThree = out !== null && chosen === null;
  return (
    <section className="compare" aria-label={t('compare.title')} tabIndex={0} data-testid="compare">
      <div className="chips" role="group" aria-label={t('compare.title')}>
        {out && (
          <button
            type="button"
            className={allThree ? 'chip chip-here' : 'chip'}
            aria-pressed={allThree}
            onClick={() => setChosen(null)}
          >
            {t('three.title')}
          </button>
        )}
        {pairs.map(({ says }, i) => (
          <button
            key={says}
            type="button"
            className={!allThree && pairs[i] === pair ? 'chip chip-here' : 'chip'}
            aria-pressed={!allThree && pairs[i] === pair}
            onClick={() => setChosen(i)}
          >
            {t(says, { version: out?.version ?? '' })}
          </button>
        ))}
      </div>
      {allThree ? (
        <ThreeWayView before={out.source} now={source} ours={ours} version={out.version} />
      ) : (
        <DiffView before={pair.before} after={pair.after} />
      )}
    </section>
  );
}
