import { useQuery } from '@tanstack/react-query';
import { leastFidelity, taskKey, type FidelityView, type RepostDetail, type RepostRow } from '@tongsheng/contracts';
import { memo, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { newId, post } from '../api/client.ts';
import { DiffView } from '../items/diff-view.tsx';
import { useWords } from '../words/index.ts';
import { EditedText } from './blocks.ts';
import { isChanged, linesOf, withLineAfter, written, type Line } from './edit-lines.ts';
import { percentOf } from './fidelity-words.ts';

/** A parsed document of its own: nothing in it runs or loads. */
const open = (html: string) => new EditedText(new DOMParser().parseFromString(html, 'text/html').body);

/** What was written and not saved, for whoever comes back to the task. */
const drafts = new Map<string, Line[]>();
const pauseMs = 350;

/** Our own text of an item, line by line, beside what it changes of the source and how faithful it stays. */
export function EditText(props: {
  row: RepostRow;
  detail: RepostDetail;
  /** The source's version that is on the screen. */
  basedOn: string;
  busy: boolean;
  onSave: (edit: { itemId: string; basedOn: string; html: string; replaces: string | null }) => Promise<boolean>;
  onClose: () => void;
}): ReactElement {
  const { row, detail, basedOn, busy, onSave, onClose } = props;
  const t = useWords();
  const { itemId } = detail.original;
  // What it was begun from stays, whatever happens meanwhile; saving then says if that is no longer so.
  const [begun] = useState(() => ({
    basedOn,
    html: detail.html,
    source: detail.texts.source,
    replaces: row.edit?.contentHash ?? null,
  }));
  const draft = `${taskKey(row)} ${itemId} ${begun.basedOn} ${begun.replaces ?? ''}`;
  const [lines, setLines] = useState<Line[]>(() => drafts.get(draft) ?? linesOf(open(begun.html).blocks));
  const [html, setHtml] = useState(begun.html);
  const changed = isChanged(lines);
  useEffect(() => {
    if (changed) drafts.set(draft, lines);
    else drafts.delete(draft);
    const timer = setTimeout(() => setHtml(changed ? written(open(begun.html), lines) : begun.html), pauseMs);
    return () => clearTimeout(timer);
  }, [lines, changed, draft, begun.html]);
  const { data: judged, isPlaceholderData } = useQuery({
    queryKey: ['fidelity', draft, html],
    queryFn: () =>
      post<FidelityView>(`/api/reposts/${row.taskId}/fidelity`, {
        site: row.site,
        itemId,
        basedOn: begun.basedOn,
        html,
      }),
    placeholderData: (before) => before,
    staleTime: Infinity,
    gcTime: 10_000,
  });
  const faithful = judged === undefined || judged.fidelity >= leastFidelity;
  const set = (at: number, fields: Partial<Line>) =>
    setLines((before) => before.map((line, i) => (i === at ? { ...line, ...fields } : line)));
  const latest = useRef(lines);
  latest.current = lines;
  const [fresh, setFresh] = useState<string | null>(null);
  const add = (at: number) => {
    const key = newId();
    setFresh(key);
    setLines((before) => withLineAfter(before, at, key));
  };
  const save = async () => {
    if (busy || !changed || !faithful) return;
    const text = written(open(begun.html), latest.current);
    const saved = await onSave({ itemId, basedOn: begun.basedOn, html: text, replaces: begun.replaces });
    if (!saved) return;
    drafts.delete(draft);
    onClose();
  };
  const leave = () => {
    if (changed && !window.confirm(t('edit.leave'))) return;
    drafts.delete(draft);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && event.ctrlKey) void save();
    if (event.key === 'Escape') leave();
  };

  return (
    <div className="edit-text" onKeyDown={onKeyDown} data-testid="edit-text">
      <div className="panes">
        <section className="pane" aria-label={t('edit.ours')}>
          <h3 className="pane-head">
            <span>{t('edit.ours')}</span>
            <span className="pane-fact">{t('edit.rule')}</span>
          </h3>
          <ol className="edit-lines" tabIndex={0} aria-label={t('edit.ours')}>
            {lines.map((line, at) => (
              <li key={line.key} className={line.gone ? 'edit-line edit-gone' : 'edit-line'} data-kind={line.kind}>
                {line.kind === 'image' ? (
                  <span className="edit-image">{t('edit.image')}</span>
                ) : line.gone ? (
                  <del className="edit-words">{line.words}</del>
                ) : (
                  <Words
                    label={t('edit.line', { n: at + 1 })}
                    first={line.words}
                    focused={line.key === fresh}
                    onChange={(words) => set(at, { words })}
                    onEnter={() => add(at)}
                  />
                )}
                <span className="edit-tools">
                  <button type="button" className="link" onClick={() => set(at, { gone: !line.gone })}>
                    {t(line.gone ? 'edit.restore' : 'edit.remove')}
                    <span className="unseen">{t('edit.line', { n: at + 1 })}</span>
                  </button>
                  <button type="button" className="link" onClick={() => add(at)}>
                    {t('edit.add')}
                    <span className="unseen">{t('edit.line', { n: at + 1 })}</span>
                  </button>
                </span>
              </li>
            ))}
          </ol>
        </section>
        <section className="pane" aria-label={t('compare.ours')}>
          <h3 className="pane-head">
            <span>{t('compare.ours')}</span>
            <span
              className={faithful ? 'tag tag-good' : 'tag tag-overdue'}
              data-testid="fidelity"
              data-settled={!isPlaceholderData}
            >
              {judged && t('edit.fidelity', { percent: percentOf(judged.fidelity), least: percentOf(leastFidelity) })}
            </span>
          </h3>
          <div className="edit-diff" tabIndex={0} role="group" aria-label={t('compare.ours')}>
            {judged && <DiffView before={begun.source} after={judged.text} />}
          </div>
        </section>
      </div>
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <button type="button" className="button" onClick={leave}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
        </div>
        <span className="actions-text">{t(faithful ? 'edit.hint' : 'edit.tooFar')}</span>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || !changed || !faithful}
          onClick={() => void save()}
          data-testid="save-edit"
        >
          {busy ? t('state.sending') : t('edit.save')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}

/** The words of one line. The browser keeps them; we are told of each change. */
const Words = memo(
  function Words(props: {
    label: string;
    first: string;
    focused: boolean;
    onChange: (words: string) => void;
    onEnter: () => void;
  }): ReactElement {
    const field = useRef<HTMLDivElement>(null);
    const { first, focused } = props;
    useLayoutEffect(() => {
      if (field.current) field.current.textContent = first;
      if (focused) field.current?.focus();
      // Only once: from here on the field itself knows.
    }, []);
    return (
      <div
        ref={field}
        className="edit-words"
        role="textbox"
        aria-label={props.label}
        contentEditable="plaintext-only"
        spellCheck={false}
        suppressContentEditableWarning
        onInput={({ currentTarget }) => props.onChange(currentTarget.textContent ?? '')}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.ctrlKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          props.onEnter();
        }}
      />
    );
  },
  (before, after) => before.label === after.label,
);
