import type { ItemRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

/** That an item's page upstream is lost, once or for certain; nothing while it is there. */
export function PresenceTag({ presence }: Pick<ItemRow, 'presence'>): ReactElement | null {
  const t = useWords();
  if (presence === 'present') return null;
  return (
    <span className={presence === 'withdrawn' ? 'tag tag-overdue' : 'tag tag-urgent'} data-presence={presence}>
      {t(`items.presence.${presence}`)}
    </span>
  );
}
