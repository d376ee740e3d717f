import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import type { Upload } from './use-uploads.ts';

/** Files on their way, and those that did not get there. */
export function UploadList({ going }: { going: Upload[] }): ReactElement | null {
  const t = useWords();
  if (going.length === 0) return null;
  return (
    <ul className="uploads" data-testid="uploads">
      {going.map(({ id, name, share, failed, retry, stop }) => (
        <li key={id} className={failed ? 'upload upload-failed' : 'upload'}>
          {failed ? (
            <>
              <span role="alert">{failed}</span>
              <button type="button" className="button button-small" onClick={retry}>
                {t('upload.retry')}
              </button>
              <button type="button" className="button button-small" onClick={stop}>
                {t('upload.dismiss')}
              </button>
            </>
          ) : (
            <>
              <label>
                {t('upload.going', { name, percent: Math.round(share * 100) })} <progress max={1} value={share} />
              </label>
              <button type="button" className="button button-small" onClick={stop}>
                {t('upload.cancel')}
              </button>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
