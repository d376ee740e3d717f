import { useQueryClient } from '@tanstack/react-query';
import type { ItemRow, Priority } from '@tongsheng/contracts';
import { useState } from 'react';
import { decide } from '../api/client.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

export type Assignment = {
  effect: 'mandatory' | 'optional' | 'ignore';
  column: string;
  reason: string;
  sites?: string[];
  limit?: string;
  priority?: Priority;
};

/** A person decides what the rules had not. Answers whether it stands. */
export function useAssign() {
  const t = useWords();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const said = { optional: 'unrouted.optionalDone', ignore: 'unrouted.ignored' } as const;

  const assign = async ({ sourceId, itemId }: ItemRow, assignment: Assignment): Promise<boolean> => {
    setBusy(true);
    try {
      await decide({ type: 'routing.assign', sourceId, itemId, ...assignment });
      const { effect, sites = [] } = assignment;
      announce('done', effect === 'mandatory' ? t('unrouted.assigned', { n: sites.length }) : t(said[effect]));
      return true;
    } catch (caught) {
      announce('failed', sayError(caught, t));
      return false;
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: ['item', itemId] });
    }
  };
  return { busy, assign };
}
