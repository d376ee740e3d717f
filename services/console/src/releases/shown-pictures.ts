import { useQueries } from '@tanstack/react-query';
import { picturesOf } from '@tongsheng/contracts';
import { readBytes } from '../api/client.ts';
import { filePath } from '../api/views.ts';

/** Nothing is asked for in its place: until it is there a point that can't be seen, and its words where it can't be had. */
const nothingYet = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const notToBeHad = 'data:,';

const address = /(\ssrc=")[^"]*files\/([0-9a-f]{64})(")/g;

/**
 * A page for a frame of ours, with the pictures of a release in it: a frame without an origin has no session, so that it
 * can't fetch what only people of the house may see.
 */
export function useShownPictures(site: string, releaseId: string, html: string): string {
  const hashes = picturesOf(html);
  const found = useQueries({
    queries: hashes.map((hash) => ({
      queryKey: ['picture', hash],
      queryFn: ({ signal }: { signal: AbortSignal }) => pictureOf(filePath(site, releaseId, hash), signal),
      staleTime: Infinity,
      gcTime: 300_000,
      retry: false,
    })),
  });
  const shown = new Map(
    hashes.map((hash, i) => [hash, found[i]?.data ?? (found[i]?.isError ? notToBeHad : nothingYet)]),
  );
  return html.replace(
    address,
    (_all, before: string, hash: string, after: string) => before + (shown.get(hash) ?? notToBeHad) + after,
  );
}

async function pictureOf(path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readBytes(path, signal);
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(new Blob([bytes], { type: typeOf(new Uint8Array(bytes)) }));
  });
}

/** What a picture is, by its first bytes: the server has looked at them before. */
function typeOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xd8) return 'image/jpeg';
  if (first === 0x89) return 'image/png';
  return first === 0x47 ? 'image/gif' : 'image/webp';
}
