import type { ReleaseFile } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { sizeOf } from './bytes.ts';
import { FileButton } from './file-button.tsx';
import { UploadList } from './upload-list.tsx';
import { useUploads } from './use-uploads.ts';

/** As many as a clue or an entry holds. */
const mostFiles = 20;

/** Pictures and files of what was seen, for the house alone. They arrive one by one, later than other fields are typed. */
export function EvidenceField(props: {
  site: string;
  files: readonly ReleaseFile[];
  onFiles: (change: (before: ReleaseFile[]) => ReleaseFile[]) => void;
}): ReactElement {
  const { site, files, onFiles } = props;
  const t = useWords();
  const { going, bring } = useUploads(site);
  const keep = (brought: File[]) => {
    for (const file of brought)
      bring(file, 'attachment', (kept) =>
        onFiles((before) => [...before.filter(({ hash }) => hash !== kept.hash), kept].slice(0, mostFiles)),
      );
  };
  return (
    <fieldset className="attachments">
      <legend>{t('proofs.title')}</legend>
      {files.length > 0 && (
        <ol>
          {files.map(({ hash, name, bytes }) => (
            <li key={hash}>
              {name} <small>{sizeOf(bytes)}</small>
              <button
                type="button"
                className="link"
                aria-label={t('editor.attachmentRemove', { name })}
                onClick={() => onFiles((before) => before.filter((file) => file.hash !== hash))}
              >
                ×
              </button>
            </li>
          ))}
        </ol>
      )}
      <UploadList going={going} />
      <FileButton says={t('proofs.add')} testId="evidence" onFiles={keep} />
      <p className="hint">{t('proofs.hint')}</p>
    </fieldset>
  );
}
