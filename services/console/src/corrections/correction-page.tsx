import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { CorrectionDetail, CorrectionRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import * as views from '../api/corrections.ts';
import { useSiteName } from '../api/site-names.ts';
import { useDecisionKeys, type DecisionKey } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short } from '../time.ts';
import { useWords, wordFor, type Word } from '../words/index.ts';
import { AnswerDialog, FoldDialog, ForwardDialog } from './correction-dialogs.tsx';
import { CorrectionClock, CorrectionTag } from './corrections-page.tsx';

type Asked = 'answer' | 'forward' | 'fold' | 'spam';
type Work = CorrectionDetail['work'][number];

/** One report: what is wrong, where it is mended, what the netizen is told. */
export function CorrectionPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const { site, correctionId } = useParams({ from: '/corrections/$site/$correctionId' });
  const answer = useQuery(views.correction(site, correctionId));
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error } = answer;
  const row = data?.row;
  const handles = row !== undefined && hasRole(me, 'editor', 'comms');
  const waits = handles && row.state !== 'answered' && row.state !== 'spam';
  const may: Record<Asked | 'accept' | 'lift', boolean> = {
    accept: waits && row.state !== 'accepted',
    answer: handles && (row.state === 'accepted' || row.state === 'forwarded' || row.state === 'answered'),
    forward: waits && row.state !== 'forwarded',
    fold: waits && row.state !== 'folded',
    spam: waits,
    lift: handles && row.state === 'spam',
  };
  const send = async (intent: Intent, done: Word) => {
    try {
      const { position } = await decide({ ...intent, site, correctionId });
      const newest = await views.readCorrection(site, correctionId, position);
      // What happened since may have been told live already.
      client.setQueryData(views.correction(site, correctionId).queryKey, (shown) =>
        shown && endOf(shown) > endOf(newest) ? shown : newest,
      );
      announce('done', t(done));
      setAsked(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  const accept = () => void send({ type: 'correction.accept' }, 'correction.accepted');
  /** One step: it is noted where the page is mended, and one is there. */
  const handle = async (work: Work) => {
    if (handles && !work.linked && row.state !== 'spam')
      await decide({ type: 'correction.link', site, correctionId, work: { kind: work.kind, id: work.id } }).catch(
        (caught: unknown) => announce('failed', sayError(caught, t)),
      );
    void (work.kind === 'repost'
      ? navigate({ to: '/reposts/$site/$taskId', params: { site, taskId: work.id } })
      : navigate({ to: '/releases/$site/$releaseId', params: { site, releaseId: work.id } }));
  };
  const [first] = data?.work ?? [];
  const keys: DecisionKey[] = [
    { key: 'a', says: 'correction.accept', may: may.accept, run: accept },
    { key: 'w', says: 'correction.answer', may: may.answer, run: () => setAsked('answer') },
    { key: 'f', says: 'correction.forward', may: may.forward, run: () => setAsked('forward') },
    { key: 'd', says: 'correction.foldInto', may: may.fold, run: () => setAsked('fold') },
    { key: 'o', says: 'correction.work', may: first !== undefined, run: () => first && void handle(first) },
  ];
  useDecisionKeys(keys, () => void navigate({ to: '/corrections' }));
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;
  const button = (of: Asked, word: Word, key?: string) =>
    may[of] && (
      <button type="button" className="button" onClick={() => setAsked(of)} data-testid={of}>
        {t(word)} {key && <kbd>{key}</kbd>}
      </button>
    );
  return (
    <div className="release" data-testid="correction" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to="/corrections">{t('nav.corrections')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <CorrectionTag row={row} /> {row.page.title || row.page.url || t('correction.noPage')}
          </h2>
          <p className="linked-moment">
            <CorrectionClock row={row} />
            <span className="hint">
              {siteName(site)} · {t('correction.receipt', { id: correctionId })} ·{' '}
              {t('correction.receivedAt', { time: short(row.receivedAt) })} ·{' '}
              {t('correction.due', { time: minute(row.dueAt) })}
            </span>
          </p>
          {row.unknownYears.length > 0 && row.answeredAt === null && (
            <p className="alarm-gap" role="note" data-testid="provisional">
              {t('corrections.provisional', { years: row.unknownYears.join('、') })}{' '}
              <Link to="/admin/calendar" className="button">
                {t('corrections.enterCalendar')}
              </Link>
            </p>
          )}
        </header>
        <div className="rumor-body">
          <section>
            <h3>{t('correction.text')}</h3>
            <p className="text-lines" data-testid="reported-text">
              {row.text}
            </p>
            {row.reports > 1 && <p className="hint">{t('correction.reports', { n: row.reports - 1 })}</p>}
            {row.page.url && (
              <p>
                <a href={row.page.url} target="_blank" rel="noreferrer noopener" className="button">
                  {t('correction.openPage')}
                </a>{' '}
                <span className="hint">{row.page.url}</span>
              </p>
            )}
            {row.spamBecause && <p className="alarm-gap">{t('correction.spamBecause', { reason: row.spamBecause })}</p>}
            {row.forwarded && <p>{t('correction.forwardedTo', row.forwarded)}</p>}
            {row.into && row.state !== 'answered' && (
              <p>
                <Link to="/corrections/$site/$correctionId" params={{ site, correctionId: row.into }}>
                  {t('correction.intoIs', { id: row.into })}
                </Link>
              </p>
            )}
          </section>
          <section data-testid="work">
            <h3>{t('correction.work')}</h3>
            {data.work.length === 0 && <p className="hint">{t('correction.noWork')}</p>}
            {data.work.map((work) => (
              <p key={`${work.kind}/${work.id}`}>
                <button type="button" className="button" onClick={() => void handle(work)} data-testid="handle">
                  {t(work.kind === 'repost' ? 'correction.goRepost' : 'correction.goRelease')}{' '}
                  {work === first && <kbd>O</kbd>}
                </button>{' '}
                {work.title} <span className="hint">{stateWord(work, t)}</span>{' '}
                {work.linked && <span className="tag">{t('correction.linked')}</span>}
              </p>
            ))}
          </section>
          <Answer row={row} />
        </div>
        <footer className="actions no-print">
          <div className="actions-left">
            {button('spam', 'correction.spam')}
            {button('fold', 'correction.foldInto', 'D')}
            {button('forward', 'correction.forward', 'F')}
          </div>
          <span className="actions-text" />
          <button type="button" className="button" onClick={() => window.print()}>
            {t('correction.print')}
          </button>
          {may.lift && (
            <button
              type="button"
              className="button button-primary"
              onClick={() => void send({ type: 'correction.lift_spam' }, 'correction.lifted')}
              data-testid="lift"
            >
              {t('correction.lift')}
            </button>
          )}
          {may.accept && (
            <button
              type="button"
              className={row.state === 'received' ? 'button button-primary' : 'button'}
              onClick={accept}
              data-testid="accept"
            >
              {t(row.state === 'received' ? 'correction.accept' : 'correction.acceptAgain')} <kbd>A</kbd>
            </button>
          )}
          {may.answer && (
            <button
              type="button"
              className="button button-primary"
              onClick={() => setAsked('answer')}
              data-testid="answer"
            >
              {t(row.state === 'answered' ? 'correction.answerAgain' : 'correction.answer')} <kbd>W</kbd>
            </button>
          )}
        </footer>
      </div>
      <aside className="release-side">
        <h3>{t('correction.others')}</h3>
        <Others rows={data.others} />
        <h3>{t('correction.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {asked === 'answer' && (
        <AnswerDialog
          row={row}
          onClose={() => setAsked(null)}
          onSend={(fields) => send({ type: 'correction.answer', ...fields }, 'correction.answered')}
        />
      )}
      {asked === 'forward' && (
        <ForwardDialog
          onClose={() => setAsked(null)}
          onSend={(fields) => send({ type: 'correction.forward', ...fields }, 'correction.forwarded')}
        />
      )}
      {asked === 'fold' && (
        <FoldDialog
          others={data.others.filter(({ state }) => state !== 'spam')}
          onClose={() => setAsked(null)}
          onSend={(into) => send({ type: 'correction.fold', into }, 'correction.folded')}
        />
      )}
      {asked === 'spam' && (
        <ReasonDialog
          title={t('correction.spamTitle')}
          hint={t('correction.spamHint')}
          label={t('task.reason')}
          send={t('correction.spam')}
          onClose={() => setAsked(null)}
          onSend={(reason) => send({ type: 'correction.mark_spam', reason }, 'correction.spammed')}
        />
      )}
    </div>
  );
}

const endOf = ({ timeline }: CorrectionDetail) => timeline.at(-1)?.position ?? 0;

/** How the repost or the release stands. */
function stateWord({ kind, state }: Work, t: ReturnType<typeof useWords>): string {
  const word = wordFor(kind === 'repost' ? `state.${state}` : `release.state.${state}`);
  return word ? t(word) : state;
}

function Answer({ row }: { row: CorrectionRow }): ReactElement {
  const t = useWords();
  return (
    <section data-testid="answered">
      <h3>{t('correction.answer')}</h3>
      {row.outcome === null || row.answeredAt === null ? (
        <p className="hint">{t('correction.notAnswered')}</p>
      ) : (
        <>
          <p>
            <strong>{t(`correction.outcome.${row.outcome}`)}</strong>
          </p>
          <p className="text-lines">{row.answer}</p>
          <p className="hint">
            {t('correction.answeredBy', { name: row.answeredByName ?? '', time: minute(row.answeredAt) })}
          </p>
        </>
      )}
      <p className="hint" data-testid="mail">
        {row.mailed
          ? t(`correction.mail.${row.mailed.outcome}`, { time: minute(row.mailed.at), detail: row.mailed.detail })
          : row.contacts === 0
            ? t('correction.mail.none')
            : t('correction.mail.waiting', { n: row.contacts })}
      </p>
    </section>
  );
}

function Others({ rows }: { rows: readonly CorrectionRow[] }): ReactElement {
  const t = useWords();
  if (rows.length === 0) return <p className="hint">{t('correction.noOthers')}</p>;
  return (
    <ul className="plain-list">
      {rows.map((row) => (
        <li key={row.correctionId}>
          <CorrectionTag row={row} />{' '}
          <Link to="/corrections/$site/$correctionId" params={{ site: row.site, correctionId: row.correctionId }}>
            {row.text.slice(0, 40)}
          </Link>{' '}
          <span className="hint">{short(row.receivedAt)}</span>
        </li>
      ))}
    </ul>
  );
}
