import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { reviewHistory } from '../api/reviews.ts';
import { Pending } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { useWords } from '../words/index.ts';

/** Who changed a chain, an absence or a list, and when: read when somebody asks. */
export function PastOf({ kind, id }: { kind: Parameters<typeof reviewHistory>[0]; id: string }): ReactElement {
  const t = useWords();
  const [isOpen, setIsOpen] = useState(false);
  const answer = useQuery({ ...reviewHistory(kind, id), enabled: isOpen });
  return (
    <details className="more" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>{t('release.history')}</summary>
      {isOpen && <Pending of={answer} />}
      {answer.data && <Timeline entries={answer.data.rows} />}
    </details>
  );
}
