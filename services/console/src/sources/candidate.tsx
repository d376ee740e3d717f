import type { SourcePreview } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { usePublished } from '../parts/published.ts';
import { useWords } from '../words/index.ts';
import { ToDo, TroubleWords } from './trouble-words.tsx';

export type Candidate = SourcePreview['candidates'][number];

const firstShown = 6;

/** What one way of reading an address would bring: its newest entries, the newest article, and what it lacks. */
export function CandidatePreview({ candidate }: { candidate: Candidate }): ReactElement {
  const t = useWords();
  const published = usePublished();
  const [all, setAll] = useState(false);
  const { detector, count, warnings, entries } = candidate;
  const shown = all ? entries : entries.slice(0, firstShown);
  return (
    <div className="candidate-preview" data-testid="preview">
      {warnings.length > 0 && (
        <ul className="warnings">
          {warnings.map((warning) => (
            <li key={warning}>{t(`preview.warning.${warning}`)}</li>
          ))}
        </ul>
      )}
      <table className="table table-dense">
        <thead>
          <tr>
            <th>{t('preview.entry', { n: count })}</th>
            <th>{t('preview.written')}</th>
            <th>{t('preview.read')}</th>
            <th>{t('preview.basis')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ title, link, publication, basis, characters, documentNumber }, i) => (
            <tr key={`${link} ${String(i)}`}>
              <td className="cell-wide">
                {link ? (
                  <a href={link} target="_blank" rel="noreferrer noopener">
                    {title || t('sources.untitled')}
                  </a>
                ) : (
                  title || t('sources.untitled')
                )}
                <small className="complaint">
                  {[
                    documentNumber,
                    characters > 0 && t('preview.characters', { n: characters }),
                    // Of a list nobody expects texts.
                    characters === 0 && detector.kind === 'feed' && t('preview.noText'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </td>
              <td className="cell-written" title={publication.text ?? undefined}>
                {publication.text ?? '—'}
              </td>
              <td>{publication.at === null ? '—' : published(publication)}</td>
              <td>{t(`preview.basis.${basis}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {entries.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('preview.more', { n: entries.length - shown.length })}
        </button>
      )}
      <Article candidate={candidate} />
    </div>
  );
}

/** The newest item's own page, read as the source would read it. */
function Article({ candidate: { article } }: { candidate: Candidate }): ReactElement | null {
  const t = useWords();
  const published = usePublished();
  if (!article) return null;
  const { url, title, beginning, characters, publication, documentNumber, attachments, trouble } = article;
  return (
    <section className="article-preview">
      <h3>
        {t('preview.article')}{' '}
        <a href={url} target="_blank" rel="noreferrer noopener">
          {title || url}
        </a>
      </h3>
      {trouble ? (
        <>
          <p>
            <TroubleWords code={trouble.code} detail={trouble.detail} />
          </p>
          <ToDo code={trouble.code} />
        </>
      ) : (
        <>
          <p className="hint">
            {[
              t('preview.characters', { n: characters }),
              t('preview.attachments', { n: attachments }),
              published(publication),
              documentNumber,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className="beginning">{beginning}</p>
        </>
      )}
    </section>
  );
}
