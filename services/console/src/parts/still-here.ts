import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

/**
 * Whether this page is still where the person wants to be. It stands until the next one has loaded, and its timers run on: an
 * address that it wrote then would call the person back.
 */
export function useStillHere(path: string): () => boolean {
  const { history } = useRouter();
  return useCallback(() => history.location.pathname === path, [history, path]);
}
