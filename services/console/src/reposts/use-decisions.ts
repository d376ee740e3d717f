import { useQueryClient } from '@tanstack/react-query';
import { taskKey, type RepostRow } from '@tongsheng/contracts';
import { useState } from 'react';
import { ApiError, decide, newId } from '../api/client.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import type { Regrouping } from './cluster-section.tsx';

/** `refused`: somebody else was first, or it changed; what was written for it is of no use any more. */
type Outcome = 'done' | 'refused' | 'failed';

export type Decisions = {
  busy: boolean;
  /** What the server said against the last one. */
  told: string | null;
  /** A decision; the task is left once it stands. */
  send: (type: string, fields: Record<string, unknown>, said: string) => Promise<Outcome>;
  /** No decision: the task stays on the screen. Answers whether it was done. */
  change: (type: string, fields: Record<string, unknown>, said: string) => Promise<boolean>;
  regroup: (asked: Regrouping) => Promise<void>;
};

/** Sends what a person decides about a task, one at a time, and keeps what was said against it. */
export function useDecisions(
  row: RepostRow,
  onDecided: (key: string, said: string) => void,
  onSending: (key: string, is: boolean) => void,
): Decisions {
  const t = useWords();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const { site, taskId } = row;
  const key = taskKey(row);

  const refusalFor = (caught: unknown): string => {
    if (!(caught instanceof ApiError)) return sayError(caught, t);
    const { code, params } = caught;
    if (code === 'repost_already_approved')
      return t('task.alreadyApproved', { name: String(params['byName']), time: precise(String(params['at'])) });
    if (code === 'repost_retract_decided')
      return t('retract.already', { name: String(params['byName']), time: precise(String(params['at'])) });
    if (code === 'repost_changed') return t('task.changed', { version: String(params['version'] ?? '') });
    return sayError(caught, t);
  };
  const begin = () => {
    setBusy(true);
    setTold(null);
  };

  return {
    busy,
    told,
    async send(type, fields, said) {
      begin();
      onSending(key, true);
      try {
        await decide({ type, site, taskId, ...fields });
        onDecided(key, said);
        return 'done';
      } catch (caught) {
        const refused = refusalFor(caught);
        setTold(refused);
        announce('failed', refused);
        if (!(caught instanceof ApiError) || caught.status !== 409) return 'failed';
        void client.invalidateQueries({ queryKey: ['repost', key] });
        return 'refused';
      } finally {
        setBusy(false);
        onSending(key, false);
      }
    },
    async change(type, fields, said) {
      begin();
      try {
        await decide({ type, site, taskId, ...fields });
        announce('done', said);
        return true;
      } catch (caught) {
        setTold(refusalFor(caught));
        return false;
      } finally {
        setBusy(false);
      }
    },
    async regroup(asked) {
      begin();
      const { reason, clusterId } = asked;
      try {
        await decide(
          asked.kind === 'split'
            ? { type: 'cluster.split', clusterId, itemId: asked.itemId, to: newId(), reason }
            : { type: 'cluster.merge', clusterId, into: asked.into, reason },
        );
        announce('done', t(asked.kind === 'split' ? 'cluster.splitDone' : 'cluster.mergeDone'));
      } catch (caught) {
        setTold(sayError(caught, t));
      } finally {
        setBusy(false);
        for (const view of ['repost', 'similar']) void client.invalidateQueries({ queryKey: [view] });
      }
    },
  };
}
