import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { RumorDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide, type Intent } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useDecisionKeys, type DecisionKey } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { useLimit } from '../parts/limit-words.ts';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short, span } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { AssessDialog, ClueDialog, EffectDialog } from './rumor-dialogs.tsx';
import { RumorClock, RumorTag } from './rumors-page.tsx';
import { Similar } from './similar.tsx';

type Asked = 'clue' | 'assess' | 'effect' | 'close';

/** One rumor: what is being said, what the facts are, what answers it, and how it fares since. */
export function RumorPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const limitWords = useLimit();
  const { site, rumorCaseId } = useParams({ from: '/rumors/$site/$rumorCaseId' });
  const answer = useQuery(views.rumor(site, rumorCaseId));
  const [asked, setAsked] = useState<Asked | null>(null);
  const { data, error } = answer;
  const row = data?.row;
  const isOver = row?.state === 'closed';
  const handles = hasRole(me, 'comms');
  const may: Record<Asked | 'write', boolean> = {
    clue: row !== undefined && !isOver && hasRole(me, 'comms', 'editor', 'duty'),
    assess: row !== undefined && handles && row.state !== 'rebutted' && !isOver,
    effect: row !== undefined && handles && !isOver,
    close: row !== undefined && handles && (row.state === 'watched' || row.state === 'rebutted'),
    write: row !== undefined && handles && row.state === 'to_rebut' && row.releaseId === null,
  };
  const write = () =>
    void navigate({ to: '/releases/new', search: { kind: 'rebuttal', rumor: `${site}/${rumorCaseId}` } });
  const keys: DecisionKey[] = [
    { key: 'a', says: 'rumor.assess', may: may.assess, run: () => setAsked('assess') },
    { key: 'w', says: 'rumor.write', may: may.write, run: write },
    { key: 'm', says: 'rumor.addClue', may: may.clue, run: () => setAsked('clue') },
    { key: 'e', says: 'rumor.noteEffect', may: may.effect, run: () => setAsked('effect') },
  ];
  useDecisionKeys(keys, () => void navigate({ to: '/rumors' }));
  const send = async (intent: Intent, done: Word) => {
    try {
      const { position } = await decide({ ...intent, site, rumorCaseId });
      client.setQueryData(views.rumor(site, rumorCaseId).queryKey, await views.readRumor(site, rumorCaseId, position));
      announce('done', t(done));
      setAsked(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;
  const button = (of: Asked, word: Word, key?: string) =>
    may[of] && (
      <button type="button" className="button" onClick={() => setAsked(of)} data-testid={of}>
        {t(word)} {key && <kbd>{key}</kbd>}
      </button>
    );
  return (
    <div className="release" data-testid="rumor" data-state={row.state}>
      <div className="release-main">
        <header className="task-head">
          <p className="crumbs">
            <Link to="/rumors">{t('nav.rumors')}</Link> <kbd>Esc</kbd>
          </p>
          <h2 className="task-title">
            <RumorTag row={row} /> {row.claim}
          </h2>
          <p className="linked-moment">
            <RumorClock row={row} />
            <span className="hint">
              {siteName(site)} · {t('rumor.by', { name: row.reportedByName, time: short(row.reportedAt) })} ·{' '}
              {t('rumor.limit', { limit: limitWords(row.limit), time: short(row.dueAt) })}
            </span>
          </p>
        </header>
        <div className="rumor-body">
          <Assessment data={data} />
          <Answer data={data} onWrite={may.write ? write : null} />
          <Effects data={data} />
          <Clues data={data} />
        </div>
        <footer className="actions">
          <div className="actions-left">
            {button('clue', 'rumor.addClue', 'M')}
            {button('close', 'rumor.close')}
          </div>
          <span className="actions-text" />
          {row.state !== 'reported' && button('assess', 'rumor.reassess', 'A')}
          {button('effect', 'rumor.noteEffect', 'E')}
          {may.write && (
            <button type="button" className="button button-primary" onClick={write} data-testid="write">
              {t('rumor.write')} <kbd>W</kbd>
            </button>
          )}
          {row.state === 'reported' && may.assess && (
            <button
              type="button"
              className="button button-primary"
              onClick={() => setAsked('assess')}
              data-testid="assess"
            >
              {t('rumor.assess')} <kbd>A</kbd>
            </button>
          )}
        </footer>
      </div>
      <aside className="release-side">
        <Similar rows={data.similar} under="h2" />
        <h3>{t('rumor.history')}</h3>
        <Timeline entries={data.timeline} />
      </aside>
      {asked === 'assess' && (
        <AssessDialog
          row={row}
          onClose={() => setAsked(null)}
          onSend={(fields) => send({ type: 'rumor.assess', ...fields }, 'rumor.assessed')}
        />
      )}
      {asked === 'clue' && (
        <ClueDialog
          row={row}
          onClose={() => setAsked(null)}
          onSend={(clue) => send({ type: 'rumor.add_clue', clue }, 'rumor.clueAdded')}
        />
      )}
      {asked === 'effect' && (
        <EffectDialog
          onClose={() => setAsked(null)}
          onSend={(fields) => send({ type: 'rumor.note_effect', ...fields }, 'rumor.effectNoted')}
        />
      )}
      {asked === 'close' && (
        <ReasonDialog
          title={t('rumor.closeTitle')}
          hint={t('rumor.closeHint')}
          label={t('task.reason')}
          send={t('rumor.close')}
          onClose={() => setAsked(null)}
          onSend={(reason) => send({ type: 'rumor.close', reason }, 'rumor.closedDone')}
        />
      )}
    </div>
  );
}

function Assessment({ data: { row } }: { data: RumorDetail }): ReactElement {
  const t = useWords();
  return (
    <section data-testid="assessment">
      <h3>{t('rumor.assessment')}</h3>
      {row.verdict === null ? (
        <p className="hint">{t('rumor.notAssessed')}</p>
      ) : (
        <dl className="rumor-facts">
          <dt>{t('rumor.verdict')}</dt>
          <dd>{t(`rumor.verdict.${row.verdict}`)}</dd>
          <dt>{t('rumor.facts')}</dt>
          <dd className="text-lines">{row.facts || '—'}</dd>
          <dt>{t('rumor.basis')}</dt>
          <dd>{row.basis || '—'}</dd>
        </dl>
      )}
    </section>
  );
}

function Answer({
  data: { row, release },
  onWrite,
}: {
  data: RumorDetail;
  onWrite: (() => void) | null;
}): ReactElement {
  const t = useWords();
  const took = row.rebuttedAt && span(Date.parse(row.rebuttedAt) - Date.parse(row.reportedAt));
  return (
    <section data-testid="answer">
      <h3>{t('rumor.answer')}</h3>
      {release ? (
        <p>
          <span className={`tag tag-release-${release.state}`}>{t(`release.state.${release.state}`)}</span>{' '}
          <Link to="/releases/$site/$releaseId" params={{ site: release.site, releaseId: release.releaseId }}>
            {release.title}
          </Link>
        </p>
      ) : (
        <p className="hint">
          {t('rumor.noAnswer')}{' '}
          {onWrite && (
            <button type="button" className="link" onClick={onWrite}>
              {t('rumor.write')}
            </button>
          )}
        </p>
      )}
      {row.url && row.rebuttedAt && took && (
        <p>
          <a href={row.url} target="_blank" rel="noreferrer noopener">
            {row.url}
          </a>{' '}
          <span className="hint">{t('rumor.rebuttedAt', { time: minute(row.rebuttedAt), span: took })}</span>
        </p>
      )}
    </section>
  );
}

function Effects({ data: { effects } }: { data: RumorDetail }): ReactElement {
  const t = useWords();
  return (
    <section>
      <h3>{t('rumor.effect')}</h3>
      {effects.length === 0 && <p className="hint">{t('rumor.noEffect')}</p>}
      {effects.map(({ spread, reach, note, byName, at }) => (
        <p key={at}>
          <time className="hint">{short(at)}</time> <strong>{t(`rumor.spread.${spread}`)}</strong>{' '}
          {[reach, note].filter(Boolean).join(' · ')} <span className="hint">{byName}</span>
        </p>
      ))}
    </section>
  );
}

/** What somebody saw of it, as it was kept. */
const rumorFile = ({ site, rumorCaseId }: RumorDetail['row'], hash: string) =>
  `/api/rumors/${rumorCaseId}/files/${hash}?${new URLSearchParams({ site })}`;

/** Where it was seen. The links are for us alone, and tell nobody where they were opened. */
function Clues({ data: { row, clues } }: { data: RumorDetail }): ReactElement {
  const t = useWords();
  return (
    <section data-testid="clues">
      <h3>{t('rumor.clues', { n: clues.length })}</h3>
      <table className="table table-dense">
        <thead>
          <tr>
            <th>{t('rumor.claim')}</th>
            <th>{t('rumor.seenWhere')}</th>
            <th>{t('rumor.since')}</th>
            <th>{t('rumor.reach')}</th>
            <th>{t('proofs.title')}</th>
            <th>{t('alarm.who')}</th>
          </tr>
        </thead>
        <tbody>
          {clues.map(({ claim, seenWhere, link, since, reach, evidence, byName, at }) => (
            <tr key={`${at} ${claim}`}>
              <td className="cell-wide">{claim}</td>
              <td>
                {link ? (
                  <a href={link} target="_blank" rel="noreferrer noopener">
                    {seenWhere || link}
                  </a>
                ) : (
                  seenWhere
                )}
              </td>
              <td className="cell-time">{since ? minute(since) : '—'}</td>
              <td>{reach || '—'}</td>
              <td>
                {evidence.length === 0 && '—'}
                {evidence.map(({ hash, name }) => (
                  <div key={hash}>
                    <a href={rumorFile(row, hash)} target="_blank" rel="noreferrer">
                      {name}
                    </a>
                  </div>
                ))}
              </td>
              <td>
                {byName} <span className="hint">{short(at)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
