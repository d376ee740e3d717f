import type { ReleaseFile } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { pictureTypes } from './picture.tsx';

/** The picture that channels show before the text. */
export function CoverField(props: {
  id: string;
  cover: ReleaseFile | null;
  pathOf: (hash: string) => string;
  onPicture: (file: File) => void;
  onRemove?: () => void;
}): ReactElement {
  const { id, cover, pathOf, onPicture, onRemove } = props;
  const t = useWords();
  return (
    <div className="cover" id={id} tabIndex={-1}>
      {cover && <img src={pathOf(cover.hash)} alt={cover.name} />}
      <label className="button button-small file-button">
        {t('editor.coverChoose')}
        <input
          type="file"
          className="unseen"
          accept={pictureTypes}
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) onPicture(file);
            target.value = '';
          }}
        />
      </label>
      {cover && onRemove && (
        <button type="button" className="button button-small" onClick={onRemove}>
          {t('editor.coverRemove')}
        </button>
      )}
    </div>
  );
}
