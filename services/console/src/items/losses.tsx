import type { Evidence, TimelineEntry } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { ReceivedLink } from '../parts/received.tsx';
import { precise } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

/** What the looks at its page have received that did not find it: the proof of a withdrawal. */
export function Losses({ timeline, path }: { timeline: TimelineEntry[]; path: string }): ReactElement | null {
  const t = useWords();
  const losses = timeline.filter(({ type }) => type === 'item.missing' || type === 'item.withdrawn');
  if (losses.length === 0) return null;
  return (
    <section data-testid="losses">
      <h3>{t('items.losses')}</h3>
      {losses.map(({ position, type, at, facts }) => {
        const evidence = facts['evidence'] as Evidence | undefined;
        const reason = wordFor(`absence.${String(facts['reason'])}`);
        return (
          <p key={position}>
            {precise(at)} {t(type === 'item.missing' ? 'items.presence.missing' : 'items.presence.withdrawn')}
            {reason && `：${t(reason)}`} <span className="hint">{String(facts['detail'] ?? '')}</span>{' '}
            {evidence && <ReceivedLink path={`${path}/evidence/${evidence.snapshot}`} />}
          </p>
        );
      })}
    </section>
  );
}
