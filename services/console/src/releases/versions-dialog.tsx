import { useQuery } from '@tanstack/react-query';
import { attachmentsOf, type Draft, type DraftInProgress } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { revision, revisions } from '../api/views.ts';
import { DiffView } from '../items/diff-view.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Pending } from '../parts/states.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { linesOf } from './blocks-of.ts';

/** Everything of a draft that people read, a line each: what two versions are compared by. */
function readable(draft: DraftInProgress): string {
  const { title, documentNumber, summary, html, rumor, channels, variants } = draft;
  const own = Object.entries(variants).flatMap(([channelId, words]) => [
    ...[words.title, words.summary].filter((each) => each !== undefined).map((each) => `［${channelId}］${each}`),
    ...(words.html === undefined
      ? []
      : linesOf(words.html)
          .split('\n')
          .map((line) => `［${channelId}］${line}`)),
  ]);
  const files = attachmentsOf(draft).map(({ name }) => `📎 ${name}`);
  const about = rumor ? [rumor.claim, rumor.seenWhere] : [];
  const lines = [
    title,
    documentNumber,
    ...about,
    summary,
    ...linesOf(html).split('\n'),
    ...files,
    ...own,
    `→ ${channels.join(' ')}`,
  ];
  return lines.filter(Boolean).join('\n');
}

/** What is written and not saved has no number. */
const now = 0;

/** Who saved what when, what became of it between any two versions, and the way back to each. */
export function VersionsDialog(props: {
  site: string;
  releaseId: string;
  /** As it is in the editor, where there is one. */
  written?: DraftInProgress;
  onRestore?: (number: number, draft: Draft) => void;
  onClose: () => void;
}): ReactElement {
  const { site, releaseId, written, onRestore, onClose } = props;
  const t = useWords();
  const list = useQuery({ ...revisions(site, releaseId), staleTime: 0 });
  const rows = list.data?.rows ?? [];
  const [chosen, setChosen] = useState<{ from?: number; to?: number }>({});
  const newest = rows[0]?.revision ?? now;
  const to = chosen.to ?? (written ? now : newest);
  const from = chosen.from ?? (to === now ? newest : Math.max(1, to - 1));
  const before = useQuery({ ...revision(site, releaseId, from), enabled: from > now });
  const after = useQuery({ ...revision(site, releaseId, to), enabled: to > now });
  const afterDraft = to === now ? written : after.data?.draft;
  const beforeDraft = from === now ? written : before.data?.draft;
  const choices = [...(written ? [now] : []), ...rows.map((row) => row.revision)];
  const says = (number: number) => {
    const row = rows.find((each) => each.revision === number);
    if (number === now || !row) return t('versions.now');
    return `${t('versions.row', { n: number })} · ${row.byName} · ${precise(row.draftedAt)}`;
  };
  const choose = (which: 'from' | 'to', value: number) => (
    <label className="field">
      <span>{t(`versions.${which}`)}</span>
      <select value={value} onChange={({ target }) => setChosen({ ...chosen, [which]: Number(target.value) })}>
        {choices.map((number) => (
          <option key={number} value={number}>
            {says(number)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Dialog title={t('versions.title')} onClose={onClose} wide>
      <div className="versions" data-testid="versions">
        <Pending of={list} />
        {rows.length === 1 && !written && <p className="hint">{t('versions.only')}</p>}
        {rows.length > 0 && (
          <>
            <div className="field-row">
              {choose('from', from)}
              {choose('to', to)}
            </div>
            <div className="versions-diff" tabIndex={0} role="group" aria-label={t('versions.title')}>
              {beforeDraft && afterDraft && (
                <DiffView key={`${from} ${to}`} before={readable(beforeDraft)} after={readable(afterDraft)} />
              )}
            </div>
          </>
        )}
        <div className="dialog-actions">
          {onRestore && before.data && from !== newest && (
            <button
              type="button"
              className="button"
              onClick={() => onRestore(from, before.data.draft)}
              data-testid="restore"
            >
              {t('versions.restore', { n: from })}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {t('app.close')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
