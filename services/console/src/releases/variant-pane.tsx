import type { ChannelRow, DraftInProgress } from '@tongsheng/contracts';
import { useState, type ReactElement, type ReactNode } from 'react';
import { announce } from '../parts/announcer.tsx';
import { useWords } from '../words/index.ts';
import { BodyEditor, type TextFiles } from './body-editor.tsx';
import { CoverField } from './cover-field.tsx';
import { Length } from './limits.tsx';
import { ChannelPreviewPane } from './previews.tsx';
import { measured, ownTexts, type Measured } from './problems.ts';

type Own = NonNullable<DraftInProgress['variants'][string]>;

/** What one channel gets: the common words, or its own where somebody wrote them; beside it, what will be handed over. */
export function VariantPane(props: {
  site: string;
  releaseId: string;
  draft: DraftInProgress;
  channel: ChannelRow;
  onChange: (own: Own) => void;
  files: TextFiles;
}): ReactElement {
  const { site, releaseId, draft, channel, onChange, files } = props;
  const t = useWords();
  const { channelId, limits, body } = channel;
  const own = draft.variants[channelId] ?? {};
  const shown = ownTexts(draft, channelId);
  /** Another one when the text was set from outside. */
  const [fresh, setFresh] = useState(0);
  const set = (fields: Partial<Own>) => onChange({ ...own, ...fields });
  const reset = (name: keyof Own) => {
    const { [name]: _gone, ...rest } = own;
    onChange(rest);
    if (name === 'html') setFresh((n) => n + 1);
    announce('done', t('variant.resetDone', { field: t(nameWords[name]) }));
  };
  const field = (
    name: keyof typeof nameWords,
    of: Measured | null,
    begin: () => void,
    editor: ReactNode,
    common: ReactNode,
  ) => (
    <Field
      key={name}
      says={t(nameWords[name])}
      of={of}
      differs={own[name] !== undefined}
      onOwn={begin}
      onReset={() => reset(name)}
      testId={`own-${name}`}
    >
      {own[name] === undefined ? common : editor}
    </Field>
  );
  return (
    <div className="variant" data-testid="variant">
      <div className="variant-fields">
        {field(
          'title',
          measured(shown.title, limits.text.title),
          () => set({ title: draft.title }),
          <input
            id={`field-own-title-${channelId}`}
            aria-label={t('variant.title')}
            value={own.title ?? ''}
            maxLength={500}
            onChange={({ target }) => set({ title: target.value })}
          />,
          <p className="common-text" id={`field-own-title-${channelId}`} tabIndex={-1}>
            {draft.title}
          </p>,
        )}
        {field(
          'summary',
          measured(shown.summary, limits.text.summary),
          () => set({ summary: draft.summary }),
          <textarea
            aria-label={t('variant.summary')}
            rows={3}
            maxLength={1_000}
            value={own.summary ?? ''}
            onChange={({ target }) => set({ summary: target.value })}
          />,
          <p className="common-text">{draft.summary}</p>,
        )}
        {body === 'none' ? (
          <p className="hint">{t('variant.bodyNone')}</p>
        ) : (
          field(
            'html',
            body === 'whole' ? measured(shown.html, limits.text.body) : null,
            () => set({ html: draft.html }),
            <>
              <span id={`own-body-label-${channelId}`} className="unseen">
                {t('variant.body')}
              </span>
              <BodyEditor
                key={`${channelId} ${fresh}`}
                id={`field-own-body-${channelId}`}
                labelledBy={`own-body-label-${channelId}`}
                html={own.html ?? ''}
                onChange={(html) => set({ html })}
                files={files}
              />
            </>,
            <p className="hint" id={`field-own-body-${channelId}`} tabIndex={-1}>
              {t('variant.common')}
              {body === 'beginning' && ` · ${t('variant.bodyBeginning')}`}
            </p>,
          )
        )}
        <div className={own.cover ? 'own own-differs' : 'own'} role="group" aria-label={t('variant.cover')}>
          <p className="own-head">
            <strong>{t('variant.cover')}</strong>
            <span className="tag">{t(own.cover ? 'variant.differs' : 'variant.common')}</span>
            {own.cover && (
              <button type="button" className="button button-small" onClick={() => reset('cover')}>
                {t('variant.reset')}
              </button>
            )}
          </p>
          <CoverField
            id={`field-own-cover-${channelId}`}
            cover={shown.cover}
            pathOf={files.pathOf}
            onPicture={(file) => files.onPicture(file, (cover) => set({ cover }))}
          />
        </div>
      </div>
      <ChannelPreviewPane site={site} releaseId={releaseId} draft={draft} channel={channel} pathOf={files.pathOf} />
    </div>
  );
}

const nameWords = {
  title: 'variant.title',
  summary: 'variant.summary',
  html: 'variant.body',
  cover: 'variant.cover',
} as const;

function Field(props: {
  says: string;
  of: Measured | null;
  differs: boolean;
  onOwn: () => void;
  onReset: () => void;
  testId: string;
  children: ReactNode;
}): ReactElement {
  const { says, of, differs, onOwn, onReset, testId, children } = props;
  const t = useWords();
  return (
    <div className={differs ? 'own own-differs' : 'own'} role="group" aria-label={says}>
      <p className="own-head">
        <strong>{says}</strong> <Length of={of} />
        <span className="tag">{t(differs ? 'variant.differs' : 'variant.common')}</span>
        <button type="button" className="button button-small" onClick={differs ? onReset : onOwn} data-testid={testId}>
          {t(differs ? 'variant.reset' : 'variant.own')}
        </button>
      </p>
      {children}
    </div>
  );
}
