import type { RepostDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { DiffView } from '../items/diff-view.tsx';
import { useWords, type Word } from '../words/index.ts';

type Pair = { says: Word; before: string; after: string };

/**
 * Three texts side by side, two at a time: what the source changed, what our page would change, and what we changed of
 * the source.
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
  const [chosen, setChosen] = useState(0);
  const pair = pairs[chosen] ?? pairs[0]!;
  return (
    <section className="compare" aria-label={t('compare.title')} tabIndex={0} data-testid="compare">
      <div className="chips" role="group" aria-label={t('compare.title')}>
        {pairs.map(({ says }, i) => (
          <button
            key={says}
            type="button"
            className={pairs[i] === pair ? 'chip chip-here' : 'chip'}
            aria-pressed={pairs[i] === pair}
            onClick={() => setChosen(i)}
          >
            {t(says, { version: out?.version ?? '' })}
          </button>
        ))}
      </div>
      <DiffView before={pair.before} after={pair.after} />
    </section>
  );
}
