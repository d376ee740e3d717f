import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

/** Registers what is changed, and has all that follows from it read anew. */
export function useRegister() {
  const t = useWords();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);

  /** Says what was done, or why it was not; answers whether it was. */
  const register = async (intents: Intent[], said: string): Promise<boolean> => {
    setBusy(true);
    try {
      for (const intent of intents) await decide(intent);
      announce('done', said);
      return true;
    } catch (caught) {
      const more = caught instanceof ApiError ? caught.problems.map(({ path, message }) => `${path} ${message}`) : [];
      announce('failed', [sayError(caught, t), ...more].join(' '));
      return false;
    } finally {
      setBusy(false);
      const follows = ['rulebook', 'matrix', 'registration-history', 'sites'];
      await Promise.all(follows.map((name) => client.invalidateQueries({ queryKey: [name] })));
    }
  };
  return { busy, register };
}
