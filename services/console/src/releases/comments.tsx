import type { ReleaseComment, ReleaseDetail } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { newId } from '../api/client.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

type Say = (type: string, fields: Record<string, unknown>) => Promise<boolean>;

/** Remarks on a release, the open ones first: on the whole, or on a passage of it. */
export function Comments({ data, say, mayWrite }: { data: ReleaseDetail; say: Say; mayWrite: boolean }): ReactElement {
  const t = useWords();
  const [shown, setShown] = useState(false);
  const open = data.comments.filter(({ resolved }) => !resolved);
  const done = data.comments.filter(({ resolved }) => resolved);
  return (
    <section className="comments" aria-label={t('comments.title')} data-testid="comments">
      <h3>
        {t('comments.title')} {open.length > 0 && <span className="badge">{open.length}</span>}
      </h3>
      {data.comments.length === 0 && <p className="hint">{t('comments.none')}</p>}
      <ul className="comment-list">
        {[...open, ...(shown ? done : [])].map((comment) => (
          <Comment key={comment.commentId} comment={comment} data={data} say={say} mayWrite={mayWrite} />
        ))}
      </ul>
      {done.length > 0 && (
        <button type="button" className="link" onClick={() => setShown(!shown)}>
          {t(shown ? 'comments.hideDone' : 'comments.showDone', { n: done.length })}
        </button>
      )}
      {mayWrite && <NewComment data={data} say={say} />}
    </section>
  );
}

function Comment(props: { comment: ReleaseComment; data: ReleaseDetail; say: Say; mayWrite: boolean }): ReactElement {
  const t = useWords();
  const { comment, data, say, mayWrite } = props;
  const { commentId, quote, resolved } = comment;
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const stands = quote === null || standsIn(data, quote.exact);
  const answer = async () => {
    if (text.trim() === '' || busy) return;
    setBusy(true);
    if (await say('release.answer_comment', { commentId, answerId: newId(), text: text.trim() })) setText('');
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void answer();
  };
  return (
    <li className={resolved ? 'comment comment-done' : 'comment'} data-testid="comment">
      {quote && (
        <blockquote className="comment-quote">
          {quote.exact}
          {!stands && <small> {t('comments.quoteGone')}</small>}
        </blockquote>
      )}
      <p>{comment.text}</p>
      <p className="hint">
        {comment.byName} · {short(comment.at)} · {t('comments.revision', { n: comment.revision })}
      </p>
      {comment.answers.map((each) => (
        <p key={each.answerId} className="comment-answer">
          {each.text} <small>{t('release.by', { name: each.byName, time: short(each.at) })}</small>
        </p>
      ))}
      {mayWrite && (
        <div className="comment-acts">
          {!resolved && (
            <>
              <input
                aria-label={t('comments.answer')}
                placeholder={t('comments.answer')}
                value={text}
                maxLength={2_000}
                onChange={({ target }) => setText(target.value)}
                onKeyDown={onKeyDown}
              />
              <button
                type="button"
                className="button"
                disabled={busy || text.trim() === ''}
                onClick={() => void answer()}
              >
                {t('comments.send')}
              </button>
            </>
          )}
          <button
            type="button"
            className="link"
            onClick={() => void say('release.settle_comment', { commentId, resolved: !resolved })}
            data-testid="settle"
          >
            {t(resolved ? 'comments.reopen' : 'comments.resolve')}
          </button>
        </div>
      )}
    </li>
  );
}

function NewComment({ data, say }: { data: ReleaseDetail; say: Say }): ReactElement {
  const t = useWords();
  const [text, setText] = useState('');
  const [passage, setPassage] = useState('');
  const [busy, setBusy] = useState(false);
  const missing = passage.trim() !== '' && !standsIn(data, passage.trim());
  const send = async () => {
    if (text.trim() === '' || missing || busy) return;
    setBusy(true);
    const quote = passage.trim() === '' ? null : quoteOf(data, passage.trim());
    if (await say('release.comment', { commentId: newId(), text: text.trim(), quote })) {
      setText('');
      setPassage('');
    }
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
  };
  return (
    <div className="comment-new" onKeyDown={onKeyDown}>
      <label className="field">
        <span>
          {t('comments.passage')} <small>{t('comments.passageHint')}</small>
        </span>
        <input
          value={passage}
          maxLength={500}
          aria-invalid={missing}
          onChange={({ target }) => setPassage(target.value)}
          data-testid="passage"
        />
        {missing && <small role="alert">{t('comments.passageMissing')}</small>}
      </label>
      <label className="field">
        <span>{t('comments.text')}</span>
        <textarea
          rows={2}
          value={text}
          maxLength={2_000}
          onChange={({ target }) => setText(target.value)}
          data-testid="comment-text"
        />
      </label>
      <button
        type="button"
        className="button"
        disabled={busy || missing || text.trim() === ''}
        onClick={() => void send()}
        data-testid="send-comment"
      >
        {t('comments.add')} <kbd>Ctrl Enter</kbd>
      </button>
    </div>
  );
}

const around = 30;

/** All that a reader sees of a draft, for finding a passage again. */
function textOf({ draft: { title, summary, html } }: Pick<ReleaseDetail, 'draft'>): string {
  const body = new DOMParser().parseFromString(html, 'text/html').body.textContent;
  return [title, summary, body].join('\n');
}

const standsIn = (data: Pick<ReleaseDetail, 'draft'>, passage: string) => textOf(data).includes(passage);

function quoteOf(data: Pick<ReleaseDetail, 'draft'>, exact: string) {
  const text = textOf(data);
  const at = text.indexOf(exact);
  return {
    exact,
    prefix: text.slice(Math.max(0, at - around), at),
    suffix: text.slice(at + exact.length, at + exact.length + around),
  };
}
