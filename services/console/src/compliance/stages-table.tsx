import type { StageTime } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { span } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Where the time of a period's tasks went, stage by stage. */
export function StagesTable({ stages }: { stages: readonly StageTime[] }): ReactElement {
  const t = useWords();
  if (stages.length === 0) return <p className="hint">{t('stages.none')}</p>;
  return (
    <section>
      <h2>{t('stages.about')}</h2>
      <table className="table table-figures" data-testid="stages">
        <thead>
          <tr>
            <th scope="col">{t('stages.stage')}</th>
            <th scope="col">{t('stages.median')}</th>
            <th scope="col">{t('stages.p95')}</th>
            <th scope="col">{t('stages.tasks')}</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ stage, tasks, medianSeconds, p95Seconds }) => (
            <tr key={stage}>
              <th scope="row">{t(`stages.${stage}`)}</th>
              <td>{span(medianSeconds * 1_000)}</td>
              <td>{span(p95Seconds * 1_000)}</td>
              <td>{tasks}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
