import { isNeighbourActor, type TimelineEntry } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { minute, precise } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** All that happened, as the log has it. */
export function Timeline({ entries }: { entries: TimelineEntry[] }): ReactElement {
  const t = useWords();
  /** What a person wrote, or the word for what a service found. */
  const reason = (value: unknown) => {
    const word = wordFor(`absence.${text(value)}`);
    return word ? t(word) : text(value);
  };
  return (
    <ol className="timeline" data-testid="timeline">
      {entries.map(({ position, at, type, actor, facts }) => {
        const word = wordFor(`event.${type}`);
        const step = wordFor(`release.step.${text(facts['step']) ?? ''}`);
        const detail = [
          step && type !== 'release.signed' ? t(step) : null,
          reason(facts['reason']) ?? text(facts['code']),
        ]
          .filter(Boolean)
          .join('：');
        return (
          <li key={`${position}-${type}`} className="timeline-entry">
            <time dateTime={at} title={minute(at)}>
              {precise(at)}
            </time>
            <span className="timeline-what">
              {word
                ? t(word, { share: String(facts['share'] ?? ''), revision: String(facts['revision'] ?? '') })
                : type}
              {detail && <span className="timeline-detail">{detail}</span>}
            </span>
            <span className="timeline-who">
              {actor.kind === 'service' && !isNeighbourActor(actor.id) ? t('actor.service') : (actor.name ?? actor.id)}
            </span>
            <span className="timeline-position">#{position}</span>
          </li>
        );
      })}
    </ol>
  );
}
