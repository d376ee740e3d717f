import { useQuery } from '@tanstack/react-query';
import type { ChannelPreview, ChannelRow, DraftInProgress, PreviewPart } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { Frame } from '../parts/frame.tsx';
import { Pending } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { Length } from './limits.tsx';
import { useShownPictures } from './shown-pictures.ts';

type Props = { site: string; releaseId: string; draft: DraftInProgress };

const pauseMs = 600;

/** As it was when its writer last paused. */
function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

/** Our own page as the portal will show it, made by the code that makes the portal’s. */
export function PagePreview({ site, releaseId, draft: written }: Props): ReactElement {
  const t = useWords();
  const draft = usePaused(written);
  const answer = useQuery({
    queryKey: ['page-preview', releaseId, draft],
    queryFn: () => post<{ html: string }>(`/api/releases/${releaseId}/preview?site=${site}`, { draft }),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const shown = useShownPictures(site, releaseId, answer.data?.html ?? '');
  if (!answer.data) return <Pending of={answer} />;
  return (
    <div className="page-preview" data-testid="page-preview">
      <Frame title={t('editor.pagePreview')} html={shown} />
    </div>
  );
}

/** What a channel would be handed, made by the code that will hand it over. */
export function ChannelPreviewPane({
  site,
  releaseId,
  draft: written,
  channel: { channelId, name },
  pathOf,
}: Props & { channel: ChannelRow; pathOf: (hash: string) => string }): ReactElement {
  const t = useWords();
  const draft = usePaused(written);
  const answer = useQuery({
    queryKey: ['channel-preview', releaseId, channelId, draft],
    queryFn: () => post<ChannelPreview>(`/api/releases/${releaseId}/previews/${channelId}?site=${site}`, { draft }),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  const { data, isPlaceholderData } = answer;
  return (
    <section
      className="channel-preview"
      aria-label={t('variant.previewOf', { channel: name })}
      data-testid="channel-preview"
    >
      <h2>
        {t('variant.previewOf', { channel: name })}{' '}
        {(isPlaceholderData || draft !== written) && <small role="status">{t('variant.previewing')}</small>}
      </h2>
      <Pending of={answer} />
      {data?.refused && (
        <p className="banner banner-refused" role="alert">
          {t('variant.refused', { reason: data.refused })}
        </p>
      )}
      {data?.parts.map((part, i) => (
        <Part key={`${part.name} ${String(i)}`} part={part} site={site} releaseId={releaseId} />
      ))}
      {data && data.pictures.length > 0 && (
        <>
          <p className="hint">{t('variant.pictures', { n: data.pictures.length })}</p>
          <p className="channel-pictures">
            {data.pictures.map((hash) => (
              <img
                key={hash}
                src={pathOf(hash)}
                alt={draft.files.find((file) => file.hash === hash)?.name ?? t('variant.cover')}
              />
            ))}
          </p>
        </>
      )}
    </section>
  );
}

function Part({ part, site, releaseId }: { part: PreviewPart; site: string; releaseId: string }): ReactElement {
  const t = useWords();
  const { name, form, value, length, isCut } = part;
  const html = useShownPictures(site, releaseId, form === 'html' ? value : '');
  const shown = { html: <Frame title={t(`part.${name}`)} html={html} />, text: <p className="sent-text">{value}</p> };
  return (
    <div className="sent">
      <p className="sent-name">
        <strong>{t(`part.${name}`)}</strong>{' '}
        {length && <Length of={{ ...length, isOver: length.count > length.max }} />}
        {isCut && <small> {t('variant.cut')}</small>}
      </p>
      {form === 'code' ? (
        <details>
          <summary>{t('part.file')}</summary>
          <pre className="sent-code" tabIndex={0}>
            {value}
          </pre>
        </details>
      ) : (
        shown[form]
      )}
    </div>
  );
}
