import type { ReleaseFile } from '@tongsheng/contracts';
import type { ReactElement } from 'react';

/** What a release plays. What is said in it is the text of the release. */
export function Player({ file, path }: { file: ReleaseFile; path: string }): ReactElement {
  return file.mediaType.startsWith('video/') ? (
    <video className="player" controls preload="none" src={path} aria-label={file.name} />
  ) : (
    <audio className="player" controls preload="none" src={path} aria-label={file.name} />
  );
}
