import { attachmentsOf, recordingsOf, uploads, type DraftInProgress, type ReleaseFile } from '@tongsheng/contracts';
import { useState, type DragEvent, type ReactElement } from 'react';
import { announce } from '../parts/announcer.tsx';
import { sizeOf } from '../parts/bytes.ts';
import { FileButton } from '../parts/file-button.tsx';
import { useWords } from '../words/index.ts';
import { Player } from './player.tsx';

type Props = {
  draft: DraftInProgress;
  pathOf: (hash: string) => string;
  onFiles: (files: File[]) => void;
  onChange: (files: ReleaseFile[]) => void;
};

/** What readers take along; dropped here or chosen. */
export function Attachments({ draft, pathOf, onFiles, onChange }: Props): ReactElement {
  const t = useWords();
  const [over, setOver] = useState(false);
  const attachments = attachmentsOf(draft);
  const without = (hash: string) => draft.files.filter((file) => file.hash !== hash);
  const up = (at: number) => {
    const moved = attachments[at]!;
    const before = attachments[at - 1]!;
    onChange(without(moved.hash).flatMap((file) => (file.hash === before.hash ? [moved, file] : [file])));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(Array.from(event.dataTransfer.files));
  };
  return (
    <fieldset
      className={over ? 'attachments attachments-over' : 'attachments'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <legend>{t('editor.attachments')}</legend>
      <ol>
        {attachments.map(({ hash, name, bytes }, at) => (
          <li key={hash}>
            <a href={pathOf(hash)} download={name}>
              {name}
            </a>{' '}
            <small>{sizeOf(bytes)}</small>
            {at > 0 && (
              <button
                type="button"
                className="link"
                aria-label={t('editor.attachmentUp', { name })}
                onClick={() => up(at)}
              >
                ↑
              </button>
            )}
            <button
              type="button"
              className="link"
              aria-label={t('editor.attachmentRemove', { name })}
              onClick={() => {
                onChange(without(hash));
                announce('told', t('editor.attachmentRemoved', { name }));
              }}
            >
              ×
            </button>
          </li>
        ))}
      </ol>
      <FileButton says={t('editor.attachmentAdd')} testId="attach" onFiles={onFiles} />
      <p className="hint">{t('editor.attachmentHint')}</p>
    </fieldset>
  );
}

/** What an interpretation plays, with the player; the text is its transcript. */
export function Recordings({ draft, pathOf, onFiles, onChange }: Props): ReactElement {
  const t = useWords();
  const recordings = recordingsOf(draft);
  return (
    <fieldset className="attachments" id="field-recording" tabIndex={-1}>
      <legend>{t('editor.recording')}</legend>
      {recordings.map((file) => (
        <figure key={file.hash}>
          <Player file={file} path={pathOf(file.hash)} />
          <figcaption>
            {file.name} <small>{sizeOf(file.bytes)}</small>
            <button
              type="button"
              className="link"
              aria-label={t('editor.attachmentRemove', { name: file.name })}
              onClick={() => onChange(draft.files.filter(({ hash }) => hash !== file.hash))}
            >
              ×
            </button>
          </figcaption>
        </figure>
      ))}
      <FileButton
        says={t('editor.recordingAdd')}
        accept={Object.keys(uploads.recording.types).join(',')}
        onFiles={onFiles}
      />
      <p className="hint">{t('editor.recordingHint')}</p>
    </fieldset>
  );
}
