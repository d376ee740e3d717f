import type { BookChange, Simulation } from '@tongsheng/contracts';
import { useEffect, useRef, useState } from 'react';
import { post } from '../api/client.ts';
import { serverNow } from '../time.ts';

export type Tried = {
  /** What was tried, as text: a later change makes it stale. */
  of: string;
  days: number;
  state: 'running' | 'done' | 'stopped';
  items: number;
  changes: Simulation['changes'];
  /** Days of the log that have been replayed. */
  daysDone: number;
};

const dayMs = 86_400_000;

/** Replays the log part by part, so that its progress is seen and it can be stopped. */
export function useSimulation() {
  const [tried, setTried] = useState<Tried | null>(null);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);
  useEffect(() => () => void turn.current++, []);

  const run = async (change: Partial<BookChange>, days: number) => {
    const mine = ++turn.current;
    const from = serverNow() - days * dayMs;
    let all: Tried = { of: JSON.stringify(change), days, state: 'running', items: 0, changes: [], daysDone: 0 };
    setError(null);
    setTried(all);
    try {
      for (let after: number | null = 0; after !== null;) {
        const part: Simulation = await post<Simulation>('/api/rulebook/simulation', {
          change,
          since: new Date(from).toISOString(),
          after,
        });
        if (turn.current !== mine) return;
        after = part.next;
        const reached = part.reached ? (Date.parse(part.reached) - from) / dayMs : 0;
        all = {
          ...all,
          state: after === null ? 'done' : 'running',
          items: all.items + part.items,
          changes: [...all.changes, ...part.changes],
          daysDone: after === null ? days : Math.max(0, Math.min(days, Math.floor(reached))),
        };
        setTried(all);
      }
    } catch (caught) {
      if (turn.current !== mine) return;
      setError(caught);
      setTried(null);
    }
  };
  const stop = () => {
    turn.current++;
    setTried((before) => before && { ...before, state: 'stopped' });
  };
  return { tried, error, run, stop };
}
