import type { RepostDetail, RepostRow } from '@tongsheng/contracts';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useShortcuts } from '../keys.ts';
import { Frame } from '../parts/frame.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { toSign } from './turn.ts';

type Shown = 'both' | 'original' | 'preview';

/** The original beside our page. Tells once both have been on the screen, and of which version. */
export function TaskPanes(props: {
  row: RepostRow;
  detail: RepostDetail;
  siteName: string;
  versionText: string;
  onSeen: (contentHash: string) => void;
  /** Chooses whose text is reposted. */
  onChoose?: (itemId: string) => void;
}): ReactElement {
  const { row, detail, siteName, versionText, onSeen, onChoose } = props;
  const t = useWords();
  const { contentHash, firstSeenAt, itemId, sourceName, link } = detail.original;
  const [shown, setShown] = useState<Shown>('both');
  const [seen, setSeen] = useState({ original: '', preview: '' });
  const panes = useRef<HTMLDivElement>(null);
  // As the row was when both were made.
  const ours = toSign(detail.row, detail.original).hash;
  const both = seen.original === contentHash && seen.preview === ours;
  useEffect(() => {
    if (both) onSeen(ours);
  }, [both, ours, onSeen]);

  useShortcuts([
    {
      keys: ['f'],
      says: 'task.full',
      group: 'keys.decision',
      run: () => setShown(shown === 'both' ? 'preview' : 'both'),
    },
    {
      keys: ['s'],
      says: 'task.swap',
      group: 'keys.decision',
      run: () =>
        shown === 'both' ? focusOther(panes.current) : setShown(shown === 'original' ? 'preview' : 'original'),
    },
    ...(link
      ? [
          {
            keys: ['v'],
            says: 'task.openSource' as const,
            group: 'keys.decision' as const,
            run: () => void window.open(link, '_blank', 'noopener,noreferrer'),
          },
        ]
      : []),
  ]);

  return (
    <div ref={panes} className={`panes panes-${shown}`}>
      {shown !== 'preview' && (
        <section className="pane" aria-label={t('task.original')} tabIndex={-1}>
          <h3 className="pane-head">
            <span>{t('task.original')}</span>
            {onChoose && row.obligations.length > 1 ? (
              <span className="whose" role="group" aria-label={t('cluster.whose')} data-testid="whose">
                {row.obligations.map((each) => (
                  <button
                    key={each.itemId}
                    type="button"
                    className={each.itemId === itemId ? 'chip chip-here' : 'chip'}
                    aria-pressed={each.itemId === itemId}
                    title={each.title}
                    onClick={() => onChoose(each.itemId)}
                  >
                    {each.sourceName}
                    {row.gone.some((gone) => gone.itemId === each.itemId) && `（${t('retract.goneThere')}）`}
                  </button>
                ))}
              </span>
            ) : (
              <span className="pane-fact">{sourceName}</span>
            )}
            <span className="pane-fact">{t('task.firstSeen', { time: precise(firstSeenAt) })}</span>
            {link && (
              <a className="pane-link" href={link} target="_blank" rel="noreferrer noopener">
                {t('task.openSource')} <kbd>V</kbd>
              </a>
            )}
          </h3>
          <Frame
            key={contentHash}
            title={t('task.original')}
            html={detail.originalHtml}
            onShown={() => setSeen((before) => ({ ...before, original: contentHash }))}
          />
        </section>
      )}
      {shown !== 'original' && (
        <section className="pane" aria-label={t('task.preview')} tabIndex={-1}>
          <h3 className="pane-head">
            <span>{t('task.preview')}</span>
            <span className="pane-fact">
              {siteName} › {row.column}
            </span>
            <span className="pane-fact">{versionText}</span>
            <button
              type="button"
              className="link pane-link"
              onClick={() => setShown(shown === 'both' ? 'preview' : 'both')}
            >
              {t(shown === 'both' ? 'task.full' : 'task.split')} <kbd>F</kbd>
            </button>
          </h3>
          <Frame
            key={ours}
            title={t('task.preview')}
            html={detail.previewHtml}
            onShown={() => setSeen((before) => ({ ...before, preview: ours }))}
          />
        </section>
      )}
    </div>
  );
}

/** The other pane takes the keyboard, so that it can be scrolled. */
function focusOther(panes: HTMLElement | null): void {
  const all = Array.from(panes?.querySelectorAll<HTMLElement>('.pane') ?? []);
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  all[(at + 1) % all.length]?.focus();
}
