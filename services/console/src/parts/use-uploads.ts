import { uploads as allowed, type ReleaseFile, type UploadPurpose } from '@tongsheng/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, newId, sendBytes } from '../api/client.ts';
import { announce } from './announcer.tsx';
import { sizeOf } from './bytes.ts';
import { sayError } from './states.tsx';
import { useWords } from '../words/index.ts';

/** A file on its way, or one that did not get there and why. */
export type Upload = {
  id: string;
  name: string;
  share: number;
  failed: string | null;
  retry: () => void;
  stop: () => void;
};

export type Bring = (file: File, purpose: UploadPurpose, then: (kept: ReleaseFile) => void) => void;

/** Whether the browser can show it: bytes may begin like a picture and be none. */
async function isShown(file: File): Promise<boolean> {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** Brings files to the server, tells how far they are, and keeps what failed until somebody has read why. */
export function useUploads(site: string): { going: Upload[]; bring: Bring } {
  const t = useWords();
  const [going, setGoing] = useState<Upload[]>([]);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);

  const bring: Bring = useCallback(
    (file, purpose, then) => {
      const id = newId();
      const change = (fields: Partial<Upload>) =>
        setGoing((before) => before.map((each) => (each.id === id ? { ...each, ...fields } : each)));
      const end = () => setGoing((before) => before.filter((each) => each.id !== id));
      const fail = (reason: string) => {
        change({ failed: t('upload.failed', { name: file.name, reason }) });
        announce('failed', t('upload.failed', { name: file.name, reason }));
      };
      const start = async () => {
        const stopping = new AbortController();
        const stop = () => {
          stopping.abort();
          end();
        };
        leaving.current.signal.addEventListener('abort', stop);
        change({ failed: null, share: 0, stop });
        const { maxBytes } = allowed[purpose];
        if (file.size > maxBytes) return fail(t('upload.tooLarge', { size: sizeOf(file.size), max: sizeOf(maxBytes) }));
        if (purpose === 'picture' && !(await isShown(file))) return fail(t('picture.notOne', { name: file.name }));
        try {
          const query = new URLSearchParams({ site, name: file.name || 'file', purpose });
          const path = `/api/files?${query}`;
          const kept = await sendBytes<ReleaseFile>(path, file, (share) => change({ share }), stopping.signal);
          end();
          announce('done', t('upload.done', { name: kept.name }));
          then(kept);
        } catch (caught) {
          if (stopping.signal.aborted) return;
          fail(caught instanceof ApiError && caught.status === 0 ? t('upload.offline') : sayError(caught, t));
        } finally {
          leaving.current.signal.removeEventListener('abort', stop);
        }
      };
      const retry = () => void start();
      setGoing((before) => [...before, { id, name: file.name, share: 0, failed: null, retry, stop: end }]);
      void start();
    },
    [site, t],
  );
  return { going, bring };
}
