import { create } from 'zustand';
import type { QueueSearch } from './asked.ts';

/** The queue that a task was opened from, so that going back finds it as it was left. */
export const useLastQueue = create<{ search: QueueSearch }>(() => ({ search: {} }));
