import { create } from 'zustand';
import type { ItemFilter } from '../api/views.ts';

/** The list that an item was opened from, so that going back finds it as it was left. */
export const useLastList = create<{ filter: ItemFilter; itemId: string | null }>(() => ({ filter: {}, itemId: null }));
