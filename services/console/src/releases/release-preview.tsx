import { recordingsOf, type ReleaseDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { filePath } from '../api/views.ts';
import { Frame } from '../parts/frame.tsx';
import { useWords } from '../words/index.ts';
import { Player } from './player.tsx';
import { useShownPictures } from './shown-pictures.ts';
import { VersionsDialog } from './versions-dialog.tsx';

/** The page of a release with its pictures, what it plays, and what it was before. */
export function ReleasePreview({ detail: { row, draft, previewHtml } }: { detail: ReleaseDetail }): ReactElement {
  const t = useWords();
  const { site, releaseId, contentHash, revision } = row;
  const [showsVersions, setShowsVersions] = useState(false);
  const html = useShownPictures(site, releaseId, previewHtml);
  return (
    <>
      {recordingsOf(draft).map((file) => (
        <Player key={file.hash} file={file} path={filePath(site, releaseId, file.hash)} />
      ))}
      <Frame key={contentHash} title={t('release.preview')} html={html} />
      {revision > 1 && (
        <p className="pane-foot">
          <button type="button" className="button button-small" onClick={() => setShowsVersions(true)}>
            {t('versions.open')}
          </button>
        </p>
      )}
      {showsVersions && <VersionsDialog site={site} releaseId={releaseId} onClose={() => setShowsVersions(false)} />}
    </>
  );
}
