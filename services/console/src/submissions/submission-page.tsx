import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { SubmissionDetail, SubmissionRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { useIsElsewhere } from '../api/neighbours.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { DiffView } from '../items/diff-view.tsx';
import { useDecisionKeys, type DecisionKey } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Frame } from '../parts/frame.tsx';
import { useLimit } from '../parts/limit-words.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { AgreeDialog, ClaimDialog, CounterDialog } from './submission-dialogs.tsx';
import { Slot, SubmissionClock, SubmissionTag } from './submissions-page.tsx';

type Asked = 'agree' | 'counter' | 'decline' | 'withdraw' | 'claim';

/** One submission, as each of its sides sees it: who wants what, the text on the table, and how long is left. */
export function SubmissionPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const isElsewhere = useIsElsewhere();
  const limitWords = useLimit();
  const { site, submissionId } = useParams({ from: '/submissions/$site/$submissionId' });
  const answer = useQuery(views.submission(site, submissionId));
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error } = answer;
  const row = data?.row;
  const serves = (each: string) => me.sites.includes('*') || me.sites.includes(each);
  const there = row?.to.kind === 'site' ? row.to.site : null;
  // Who works for both sides speaks for the one whose turn it is.
  // Another deployment speaks for its own sites.
  const speaks = (each: string) => serves(each) && !isElsewhere(each);
  const isAbroad = isElsewhere(site) || (there !== null && isElsewhere(there));
  const sides = { offering: speaks(site), receiving: there !== null && speaks(there) };
  const speaksFor =
    row && (row.owes !== null && sides[row.owes] ? row.owes : sides.offering ? 'offering' : 'receiving');
  const isOurTurn = row !== undefined && row.owes !== null && sides[row.owes];
  const writes = hasRole(me, 'comms');
  const settles = hasRole(me, 'comms', 'signer');
  const stands = row !== undefined && (row.owes !== null || row.state === 'agreed');
  const may = {
    acknowledge: writes && row?.state === 'offered' && sides.receiving,
    agree: settles && isOurTurn,
    counter: writes && row !== undefined && row.owes !== null,
    decline: settles && stands && sides.receiving,
    withdraw: writes && stands && sides.offering,
    claim:
      writes &&
      row !== undefined &&
      row.state !== 'adopted' &&
      (isAbroad ? row.state === 'agreed' : there === null && sides.offering),
    adopt: writes && isAbroad && sides.receiving && row?.state === 'agreed',
    tellAgain: writes && sides.offering && !!row?.told && row.told.outcome !== 'sending' && row.state !== 'declined',
  };
  const back = row && sides.offering && !sides.receiving ? '/submissions/out' : '/submissions/in';
  const send = async (intent: Intent, done: Word, as: 'offering' | 'receiving' = speaksFor ?? 'offering') => {
    const actingSite = as === 'receiving' ? there : site;
    try {
      const { position } = await decide({ ...intent, site, submissionId, actingSite });
      client.setQueryData(
        views.submission(site, submissionId).queryKey,
        await views.readSubmission(site, submissionId, position),
      );
      announce('done', t(done));
      setAsked(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
      void client.invalidateQueries({ queryKey: ['submission', `${site}/${submissionId}`] });
    }
  };
  /** A draft of the other deployment's own: it takes its own review chain. */
  const adopt = async () => {
    if (!data || there === null) return;
    const { kind, title, summary } = data.offered;
    const { html } = data.proposals.at(-1)!;
    const draft = { kind: kind === 'rebuttal' ? 'press' : kind, title, summary, html, rumor: null, channels: [] };
    try {
      const key = `${submissionId}/adopts`;
      await decide({ type: 'release.draft', site: there, releaseId: submissionId, draft, baseRevision: 0 }, key);
      announce('done', t('submission.adopting'));
      void navigate({ to: '/releases/$site/$releaseId', params: { site: there, releaseId: submissionId } });
    } catch (caught) {
      // It was made before: there it stands.
      if (caught instanceof ApiError && caught.code === 'release_changed')
        return void navigate({ to: '/releases/$site/$releaseId', params: { site: there, releaseId: submissionId } });
      announce('failed', sayError(caught, t));
    }
  };
  const acknowledge = () => void send({ type: 'submission.acknowledge' }, 'submission.acknowledged', 'receiving');
  const keys: DecisionKey[] = [
    { key: 'm', says: 'submission.acknowledge', may: may.acknowledge, run: acknowledge },
    { key: 'a', says: 'submission.agree', may: may.agree, run: () => setAsked('agree') },
    { key: 'e', says: 'submission.counter', may: may.counter, run: () => setAsked('counter') },
  ];
  useDecisionKeys(keys, () => void navigate({ to: back }));
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;
  const { turn } = row;
  const button = (of: Asked, word: Word, key?: string, primary = false) =>
    may[of] && (
      <button
        type="button"
        className={primary ? 'button button-primary' : 'button'}
        onClick={() => setAsked(of)}
        data-testid={of}
      >
        {t(word)} {key && <kbd>{key}</kbd>}
      </button>
    );
  return (
    <div className="release" data-testid="submission" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to={back}>{t('nav.submissions')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <SubmissionTag row={row} /> {row.title}
          </h2>
          <p className="linked-moment">
            <SubmissionClock row={row} isOurs={isOurTurn} />
            <span>
              {t(row.state === 'agreed' || row.state === 'adopted' ? 'submission.slotAgreed' : 'submission.slot')}{' '}
              <strong>
                <Slot slot={row.slot} />
              </strong>
            </span>
            <span className="hint">
              {siteName(site)} → {row.to.name} ·{' '}
              {t('submission.by', { name: row.offeredByName, time: short(row.offeredAt) })} ·{' '}
              {t('submission.limit', { limit: limitWords(row.limit) })}
            </span>
          </p>
        </header>
        <div className="rumor-body">
          <Standing data={data} isAbroad={isAbroad} />
          <Talk data={data} siteName={siteName(site)} />
          <Text data={data} />
        </div>
        <footer className="actions no-print">
          <div className="actions-left">
            {button('decline', 'submission.decline')}
            {button('withdraw', 'submission.withdraw')}
            {button('claim', 'submission.claim')}
            {may.adopt && (
              <button
                type="button"
                className="button"
                title={t('submission.adoptHint')}
                onClick={() => void adopt()}
                data-testid="adopt"
              >
                {t('submission.adopt')}
              </button>
            )}
            {may.tellAgain && (
              <button
                type="button"
                className="button"
                onClick={() => void send({ type: 'submission.tell_again' }, 'submission.tellingAgain', 'offering')}
                data-testid="tell-again"
              >
                {t('submission.tellAgain')}
              </button>
            )}
            <button type="button" className="button" onClick={() => window.print()}>
              {t('compliance.print')}
            </button>
          </div>
          <span className="actions-text" />
          {may.acknowledge && (
            <button type="button" className="button" onClick={acknowledge} data-testid="acknowledge">
              {t('submission.acknowledge')} <kbd>M</kbd>
            </button>
          )}
          {button('counter', 'submission.counter', 'E')}
          {button('agree', 'submission.agree', 'A', true)}
        </footer>
      </div>
      <aside className="release-side">
        {data.release && (
          <>
            <h3>{t('submission.release')}</h3>
            <p>
              <span className={`tag tag-release-${data.release.state}`}>
                {t(`release.state.${data.release.state}`)}
              </span>{' '}
              <Link to="/releases/$site/$releaseId" params={{ site, releaseId: row.releaseId }}>
                {data.release.title}
              </Link>
            </p>
          </>
        )}
        {data.offered.files.length > 0 && (
          <>
            <h3>{t('submission.files')}</h3>
            <ul className="delivery-list">
              {data.offered.files.map(({ hash, name }) => (
                <li key={hash}>{name}</li>
              ))}
            </ul>
          </>
        )}
        <h3>{t('submission.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {asked === 'agree' && (
        <AgreeDialog
          row={row}
          isAbroad={isAbroad}
          onClose={() => setAsked(null)}
          onSend={() => send({ type: 'submission.agree', turn }, 'submission.agreed', row.owes ?? 'receiving')}
        />
      )}
      {asked === 'counter' && (
        <CounterDialog
          row={row}
          html={data.proposals.at(-1)!.html}
          isOffered={data.proposals.at(-1)!.isOffered}
          onClose={() => setAsked(null)}
          onSend={(fields) => send({ type: 'submission.counter', ...fields, turn }, 'submission.countered')}
        />
      )}
      {asked === 'claim' && (
        <ClaimDialog
          onClose={() => setAsked(null)}
          onSend={(url) => send({ type: 'submission.claim_adopted', url }, 'submission.claimed', speaksFor)}
        />
      )}
      {asked === 'decline' && (
        <ReasonDialog
          title={t('submission.declineTitle')}
          hint={t('submission.declineHint')}
          label={t('task.reason')}
          send={t('submission.decline')}
          onClose={() => setAsked(null)}
          onSend={(reason) => send({ type: 'submission.decline', reason, turn }, 'submission.declined', 'receiving')}
        />
      )}
      {asked === 'withdraw' && (
        <ReasonDialog
          title={t('submission.withdrawTitle')}
          hint={t('submission.withdrawHint')}
          label={t('task.reason')}
          send={t('submission.withdraw')}
          onClose={() => setAsked(null)}
          onSend={(reason) => send({ type: 'submission.withdraw', reason }, 'submission.withdrawn', 'offering')}
        />
      )}
    </div>
  );
}

/** What became of it so far, and what a person should know or mend. */
function Standing({ data, isAbroad }: { data: SubmissionDetail; isAbroad: boolean }): ReactElement | null {
  const t = useWords();
  const { row, linked, release } = data;
  const there = row.to.kind === 'site' && !isAbroad ? row.to.site : null;
  const notes: { key: string; bad: boolean; says: string }[] = [
    ...(row.reason ? [{ key: 'reason', bad: false, says: t('submission.reason', { reason: row.reason }) }] : []),
    ...(row.trouble ? [{ key: 'trouble', bad: true, says: t('submission.trouble', { detail: row.trouble }) }] : []),
    ...(row.told
      ? [
          {
            key: 'told',
            bad: row.told.outcome === 'failed' || row.told.outcome === 'unknown',
            says: toldWords(row.told, t),
          },
        ]
      : []),
    ...(row.claimed
      ? [
          {
            key: 'claimed',
            bad: row.claimed.unproven !== null,
            says:
              row.claimed.unproven === null
                ? t('submission.claiming', { url: row.claimed.url })
                : t('submission.unproven', { url: row.claimed.url, detail: row.claimed.unproven }),
          },
        ]
      : []),
    ...(linked && row.state === 'agreed' && row.slot !== null && linked.t0 !== row.slot
      ? [{ key: 'moved', bad: true, says: t('submission.moved', { time: minute(linked.t0) }) }]
      : []),
    ...(linked && row.state === 'agreed' && there !== null && !linked.sites.includes(there)
      ? [{ key: 'left', bad: true, says: t('submission.left') }]
      : []),
    ...(release &&
    row.state === 'agreed' &&
    row.adoptedAs === null &&
    row.agreedHash !== null &&
    release.contentHash !== row.agreedHash
      ? [{ key: 'differs', bad: true, says: t('submission.differs') }]
      : []),
  ];
  if (notes.length === 0 && !linked && !row.adoptedAs && row.url === null) return null;
  return (
    <section className="submission-standing" data-testid="standing">
      {notes.map(({ key, bad, says }) => (
        <p key={key} className={bad ? 'banner banner-refused' : 'banner'} role={bad ? 'alert' : undefined}>
          {says}
        </p>
      ))}
      {linked && (
        <p>
          <Link to="/linked/$site/$linkedId" params={{ site: linked.site, linkedId: linked.linkedId }}>
            {t('submission.linked')}
          </Link>{' '}
          <span className="hint">
            {t('submission.linkedState', { time: minute(linked.t0), state: t(`linked.state.${linked.state}`) })}
          </span>
        </p>
      )}
      {row.adoptedAs && (
        <p>
          {t('submission.own')}{' '}
          <Link to="/releases/$site/$releaseId" params={{ ...row.adoptedAs }}>
            {t('submission.openOwn')}
          </Link>
        </p>
      )}
      {row.url && (
        <p>
          <a href={row.url} target="_blank" rel="noreferrer noopener" data-testid="adopted-url">
            {row.url}
          </a>{' '}
          {row.adoptedAt && <span className="hint">{t('submission.adoptedAt', { time: minute(row.adoptedAt) })}</span>}
        </p>
      )}
    </section>
  );
}

function toldWords(told: NonNullable<SubmissionRow['told']>, t: ReturnType<typeof useWords>): string {
  const { letter, by, outcome, detail, at } = told;
  const head = `${t(`submission.letter.${letter}`)}（${t(`submission.by.${by}`)}）${t(`submission.outcome.${outcome}`)} ${short(at)}`;
  return outcome === 'confirmed' || detail === '' ? head : `${head}：${detail}`;
}

/** What each side wanted, in turn. */
function Talk({ data: { row, proposals }, siteName }: { data: SubmissionDetail; siteName: string }): ReactElement {
  const t = useWords();
  return (
    <section data-testid="talk">
      <h3>{t('submission.talk')}</h3>
      <ol className="talk">
        {proposals.map(({ turn, side, byName, at, dueAt, slot, message, isOffered }) => (
          <li key={turn} className={`talk-word talk-${side}`}>
            <p className="talk-head">
              <strong>{t('submission.turn', { n: turn })}</strong>{' '}
              {t(`submission.says.${side}`, { site: side === 'offering' ? siteName : row.to.name })} · {byName} ·{' '}
              <time dateTime={at}>{minute(at)}</time>
            </p>
            <p>
              {t('submission.slot')}：<Slot slot={slot} /> ·{' '}
              {t(isOffered ? 'submission.textSame' : 'submission.textOwn')} ·{' '}
              <span className="hint">{t('submission.due', { time: short(dueAt) })}</span>
            </p>
            {message && <p className="text-lines">{message}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

type Show = 'page' | 'offered' | 'last';

/** The text on the table as a page, or what differs of it from what was offered or proposed before. */
function Text({ data: { proposals, previewHtml } }: { data: SubmissionDetail }): ReactElement {
  const t = useWords();
  const [show, setShow] = useState<Show>('page');
  const last = proposals.at(-1)!;
  const before = proposals.at(-2);
  const shows: [Show, Word][] = [
    ['page', 'submission.text'],
    ...(proposals.length > 1 ? [['offered', 'submission.diff'] as [Show, Word]] : []),
    ...(proposals.length > 2 ? [['last', 'submission.diffLast'] as [Show, Word]] : []),
  ];
  return (
    <section className="submission-text">
      <div className="chips no-print" role="group" aria-label={t('submission.text')}>
        {shows.map(([each, word]) => (
          <button
            key={each}
            type="button"
            className={each === show ? 'chip chip-here' : 'chip'}
            aria-pressed={each === show}
            onClick={() => setShow(each)}
            data-testid={`show-${each}`}
          >
            {t(word)}
          </button>
        ))}
      </div>
      {show === 'page' ? (
        <Frame key={previewHtml} title={t('submission.text')} html={previewHtml} />
      ) : (
        <DiffView before={(show === 'offered' ? proposals[0]! : (before ?? last)).text} after={last.text} />
      )}
    </section>
  );
}
