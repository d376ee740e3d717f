import type { RecallRow, RecallTarget } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

export type Place = RecallRow['targets'][number];

/** The state of a round, with what a person has to do. */
export function RecallTag({ row }: { row: RecallRow }): ReactElement {
  const t = useWords();
  const failed = row.state === 'running' ? row.targets.filter((each) => each.failed).length : 0;
  return (
    <>
      <span className={`tag tag-recall-${row.state}`}>{t(`recall.state.${row.state}`)}</span>
      {failed > 0 && <span className="tag tag-late">{t('recall.failed', { n: failed })}</span>}
      {owesLook(row) && <span className="tag tag-late">{t('recall.countersign')}</span>}
    </>
  );
}

/** A kill that no second person has looked at. */
export const owesLook = ({ kind, decided, countersigned }: RecallRow): boolean =>
  kind === 'kill' && decided !== null && countersigned === null;

export const doneOf = ({ targets }: RecallRow): number => targets.filter(({ end }) => end !== null).length;

/** What a place has, and what is done about it. */
export function PlanCells({ target }: { target: RecallTarget }): ReactElement {
  const t = useWords();
  const { holding, has, means, why } = target;
  const first =
    means === 'nothing'
      ? null
      : holding === 'under_way'
        ? 'recall.stopFirst'
        : holding === 'may_have'
          ? 'recall.findFirst'
          : null;
  return (
    <>
      <td>{t(`recall.holding.${holding}`, { version: has })}</td>
      <td>
        <span className={means === 'person' ? 'tag tag-late' : undefined}>{t(`recall.means.${means}`)}</span>
        {why && <span className="hint"> {t(`recall.why.${why}`)}</span>}
        {first && <div className="hint">{t(first)}</div>}
      </td>
    </>
  );
}

export function PlaceName({ target }: { target: RecallTarget }): ReactElement {
  return target.url === null ? (
    <>{target.name}</>
  ) : (
    <a href={target.url} target="_blank" rel="noreferrer noopener">
      {target.name}
    </a>
  );
}
