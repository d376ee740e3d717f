import { missingPicture, uploads, type ReleaseFile } from '@tongsheng/contracts';
import { mergeAttributes, Node, NodeViewWrapper, ReactNodeViewRenderer, type ReactNodeViewProps } from '@tiptap/react';
import { createContext, useContext, useId, type ReactElement } from 'react';
import { useWords } from '../words/index.ts';

export const pictureTypes = Object.keys(uploads.picture.types).join(',');

/** Where the pictures of this text are, and who brings another one. */
export type Pictures = {
  pathOf: (hash: string) => string;
  bring: (file: File, then: (kept: ReleaseFile) => void) => void;
};
export const PicturesContext = createContext<Pictures>({ pathOf: () => '', bring: () => {} });

const hashOf = (src: unknown) => (typeof src === 'string' ? (/files\/([0-9a-f]{64})$/.exec(src)?.[1] ?? null) : null);

/** A picture of the text with its description beneath, or the place where one is missing. */
export const Picture = Node.create({
  name: 'image',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({ src: { default: null }, alt: { default: '' } }),
  parseHTML: () => [
    {
      tag: 'img[src]',
      // Of elsewhere nothing is shown: it would be gone when its page is.
      getAttrs: (element) => ({
        src: hashOf(element.getAttribute('src')) ? element.getAttribute('src') : `files/${missingPicture}`,
        alt: element.getAttribute('alt') ?? '',
      }),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ['img', mergeAttributes(HTMLAttributes)],
  addNodeView: () => ReactNodeViewRenderer(PictureView),
});

function PictureView({ node, updateAttributes, deleteNode }: ReactNodeViewProps): ReactElement {
  const t = useWords();
  const { pathOf, bring } = useContext(PicturesContext);
  const id = useId();
  const { src, alt } = node.attrs as { src: string; alt: string };
  const hash = hashOf(src);
  const isMissing = hash === null || hash === missingPicture;
  const choose = (files: FileList | null) => {
    const file = files?.[0];
    if (file) bring(file, (kept) => updateAttributes({ src: `files/${kept.hash}` }));
  };
  return (
    <NodeViewWrapper as="figure" className={isMissing ? 'picture picture-missing' : 'picture'} data-testid="picture">
      {isMissing ? (
        <p contentEditable={false}>
          <strong>{t('picture.missing', { name: alt })}</strong> {t('picture.missingHint')}
        </p>
      ) : (
        <img src={pathOf(hash)} alt={alt} draggable={false} />
      )}
      <div className="picture-tools" contentEditable={false}>
        <label htmlFor={`${id}-alt`}>{t('picture.alt')}</label>
        <input
          id={`${id}-alt`}
          value={alt}
          maxLength={300}
          placeholder={t('picture.altHint')}
          aria-invalid={alt.trim() === ''}
          onChange={({ target }) => updateAttributes({ alt: target.value })}
        />
        <label className="button button-small file-button">
          {t(isMissing ? 'picture.upload' : 'picture.replace')}
          <input type="file" className="unseen" accept={pictureTypes} onChange={({ target }) => choose(target.files)} />
        </label>
        <button type="button" className="button button-small" onClick={() => deleteNode()}>
          {t('picture.remove')}
        </button>
      </div>
    </NodeViewWrapper>
  );
}
