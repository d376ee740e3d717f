import type { SourcePreview, SourcePreviewQuery } from '@tongsheng/contracts';
import { useRef, useState } from 'react';
import { post } from '../api/client.ts';

export type Previewing = {
  busy: boolean;
  preview: SourcePreview | null;
  error: unknown;
  run: (query: SourcePreviewQuery) => Promise<void>;
};

/** Tries an address; of several tries only the last one counts. */
export function usePreview(): Previewing {
  const [busy, setBusy] = useState(false);
  const [preview, setPreview] = useState<SourcePreview | null>(null);
  const [error, setError] = useState<unknown>(null);
  const last = useRef(0);
  const run: Previewing['run'] = async (query) => {
    const mine = ++last.current;
    setBusy(true);
    setError(null);
    try {
      const found = await post<SourcePreview>('/api/source-preview', query);
      if (mine === last.current) setPreview(found);
    } catch (caught) {
      if (mine === last.current) setError(caught);
    }
    if (mine === last.current) setBusy(false);
  };
  return { busy, preview, error, run };
}
