import type { Obliged, RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useLimit } from '../parts/limit-words.ts';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Everything that a task owes: for which item, by which clause, and until when. */
export function Obligations({ row }: { row: RepostRow }): ReactElement {
  const t = useWords();
  const limit = useLimit();
  const sorted = [...row.obligations].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  return (
    <section data-testid="obligations">
      <h3>{t('cluster.obligations', { n: sorted.length })}</h3>
      <ul className="obligations">
        {sorted.map((each, i) => (
          <li key={each.itemId} data-first={i === 0}>
            <p>
              <strong>{limit(each.limit)}</strong> {t('cluster.due', { time: minute(each.dueAt) })}
              {i === 0 && sorted.length > 1 && <span className="tag tag-near">{t('cluster.first')}</span>}
            </p>
            <p>
              {each.sourceName}
              <span className="hint"> · {each.rule.name}</span>
            </p>
            <Clause of={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Clause({ of: { policy, rule } }: { of: Obliged }): ReactElement {
  const t = useWords();
  return (
    <p className="hint" title={rule.because}>
      {policy ? `${policy.name}（${policy.basis}）` : t('cluster.named')}；{rule.because}
    </p>
  );
}
