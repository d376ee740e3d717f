import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import {
  judgedFindings,
  resultOf,
  sampleSize,
  verifyScript,
  type InspectedRow,
  type InspectionDetail,
  type InspectionRow,
} from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import * as views from '../api/inspections.ts';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { Countdown } from '../parts/countdown.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { MissingPage } from '../shell/plain-pages.tsx';
import { minute, short } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import {
  DrawDialog,
  EnlargeDialog,
  InterviewDialog,
  JudgeDialog,
  NoticeDialog,
  OpenDialog,
  RecheckDialog,
} from './inspection-dialogs.tsx';
import { Findings, ResultTag, useFinding, useQuarter } from './inspection-words.tsx';
import { recompute } from './recompute.ts';

type Asked =
  | 'open'
  | 'draw'
  | 'enlarge'
  | 'replace'
  | 'include'
  | 'judge'
  | 'conclude'
  | 'notice'
  | 'interview'
  | 'recheck'
  | 'publish'
  | 'list';

/** One quarter: list, draw, every site with what machines and people found, and what becomes of it. */
export function InspectionPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const quarter = useQuarter();
  const siteName = useSiteName();
  const sentence = useFinding();
  const { site, inspectionId } = useParams({ from: '/inspections/$site/$inspectionId' });
  const answer = useQuery(views.inspection(site, inspectionId));
  const list = useQuery(views.inspections());
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState(false);
  const { data, error } = answer;
  const row = data?.row;
  const rows = row?.sites ?? [];
  const [at, setAt] = useState(0);
  const chosen = rows[Math.min(at, rows.length - 1)];
  const go = (step: number) => setAt(Math.max(0, Math.min(at + step, rows.length - 1)));
  const check = data?.checks.find((each) => each.check.site === chosen?.siteId);
  const left = rows.filter(({ how, conclusion }) => how !== 'replaced' && conclusion === null).length;
  const inOrder = (row?.draw?.order.length ?? 0) - rows.filter(({ how }) => how !== 'included').length;

  const manages = hasRole(me, 'manager');
  const isDrawn = manages && row !== undefined && row.draw !== null;
  const isOpen = isDrawn && chosen !== undefined && chosen.how !== 'replaced' && chosen.conclusion === null;
  const isFaulty =
    isDrawn && chosen !== undefined && chosen.conclusion !== null && chosen.conclusion.result !== 'passed';
  const may: Record<Asked, boolean> = {
    open: manages && row?.state === 'expected',
    draw: manages && row?.state === 'opened',
    list: manages && row?.state === 'opened',
    enlarge: isDrawn && inOrder > 0,
    include: isDrawn && (data?.newcomers.length ?? 0) > 0,
    replace: isOpen,
    judge: isOpen,
    conclude: isOpen && chosen.judgements.length > 0 && check?.progress === 1,
    notice: isFaulty,
    interview: isFaulty,
    recheck: isFaulty,
    publish: isDrawn && left === 0 && rows.length > 0,
  };
  const ask = (key: string, says: Word, what: Asked) =>
    may[what] ? [{ keys: [key], says, group: 'keys.decision' as const, run: () => setAsked(what) }] : [];
  useShortcuts(
    asked === null
      ? [
          { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => go(1), repeats: true },
          { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => go(-1), repeats: true },
          ...ask('a', 'inspections.open', 'open'),
          ...ask('a', 'inspection.draw', 'draw'),
          ...ask('w', 'inspection.judge', 'judge'),
          ...ask('a', 'inspection.conclude', 'conclude'),
          ...ask('n', 'inspection.notice', 'notice'),
          ...ask('i', 'inspection.interview', 'interview'),
          ...ask('e', 'inspection.recheck', 'recheck'),
          {
            keys: ['Escape'],
            says: 'keys.escape',
            group: 'keys.anywhere',
            run: () => void navigate({ to: '/inspections' }),
          },
        ]
      : [],
  );
  const close = () => setAsked(null);
  const send = async (type: string, fields: object, done: Word = 'inspection.done') => {
    setBusy(true);
    try {
      const { position } = await decide({ type: `inspection.${type}`, site, inspectionId, ...fields });
      const read = await views.readInspection(site, inspectionId, position);
      client.setQueryData(views.inspection(site, inspectionId).queryKey, read);
      announce('done', t(done));
      close();
    } catch (caught) {
      announce('failed', sayError(caught, t));
    } finally {
      setBusy(false);
    }
  };
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return <MissingPage />;
  if (!data || !row) return <Pending of={answer} />;

  const findings =
    chosen?.conclusion?.findings ?? (chosen ? [...judgedFindings(chosen.judgements), ...(check?.findings ?? [])] : []);
  const siteId = chosen?.siteId ?? '';
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
  const [newcomer] = data.newcomers;
  return (
    <div className="page inspection" data-testid="inspection" data-state={row.state}>
      <header className="task-head">
        <p className="crumbs">
          <Link to="/inspections">{t('nav.inspections')}</Link> <kbd>Esc</kbd>
        </p>
        <h2 className="task-title">
          <span className={`tag tag-inspection-${row.state}`}>{t(`inspection.state.${row.state}`)}</span>{' '}
          {quarter(inspectionId)} · {siteName(site)}
        </h2>
        <p className="linked-moment">
          {row.state !== 'published' && <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />}{' '}
          <span className="hint">{t('inspection.due', { time: minute(row.dueAt) })}</span>
          {row.missed && <span className="tag tag-late">{t('inspections.missed')}</span>}
          {row.published.map((each) => (
            <a key={each.version} href={each.url} target="_blank" rel="noreferrer noopener">
              {t('inspections.colPage')} {short(each.at)}
            </a>
          ))}
          <span className="top-space" />
          <a className="button no-print" href={views.findingsCsvPath(site, inspectionId)} download>
            {t('inspection.csv')}
          </a>
          <button type="button" className="button no-print" onClick={() => print()}>
            {t('inspection.print')}
          </button>
        </p>
      </header>
      <List data={data} />
      {newcomer && row.draw && (
        <p className="hint">
          {t('inspection.newcomers', { names: data.newcomers.map(({ name }) => name).join('、') })}
        </p>
      )}
      {rows.length > 0 && (
        <section>
          <h3>{t('inspection.sites')}</h3>
          <Sites data={data} chosen={siteId} onChoose={(id) => setAt(rows.findIndex((each) => each.siteId === id))} />
        </section>
      )}
      {chosen && (
        <section className="inspection-site" data-testid="inspected" data-site={siteId}>
          <h3>
            {chosen.name}{' '}
            <a href={chosen.homeUrl} target="_blank" rel="noreferrer noopener">
              {chosen.homeUrl}
            </a>
          </h3>
          {chosen.reason && <p className="hint">{chosen.reason}</p>}
          <h4>
            {t('inspection.findings')}{' '}
            {!chosen.conclusion && <small className="hint">{t('inspection.untilNow')}</small>}
          </h4>
          <Findings
            findings={findings}
            evidenceOf={(hash) => views.evidencePath(siteId, check?.check.checkId ?? '', hash)}
          />
          {chosen.evidence.length > 0 && (
            <p data-testid="sheet-evidence">
              {t('proofs.title')}
              {chosen.evidence.map(({ hash, name }) => (
                <span key={hash}>
                  {' '}
                  <a
                    href={`/api/inspections/${inspectionId}/files/${hash}?site=${site}`}
                    target="_blank"
                    rel="noreferrer"
                  >
                    {name}
                  </a>
                </span>
              ))}
            </p>
          )}
          <After site={chosen} />
        </section>
      )}
      {asked === 'publish' || asked === 'list' || asked === 'conclude' ? (
        <ConfirmBar
          text={
            asked === 'conclude'
              ? t('inspection.concludeAsk', {
                  name: chosen?.name ?? '',
                  result: t(`inspection.result.${resultOf(findings)}`),
                })
              : asked === 'list'
                ? t('inspection.publishListAsk')
                : t('inspection.publishAsk', { n: rows.filter(({ how }) => how !== 'replaced').length })
          }
          busy={busy}
          onCancel={close}
          onConfirm={() =>
            void (asked === 'conclude'
              ? send('conclude', { siteId })
              : send('publish', { stage: asked === 'list' ? 'list' : 'results' }, 'inspection.published'))
          }
        />
      ) : (
        <footer className="actions">
          <div className="actions-left">
            {button('enlarge', 'inspection.enlarge')}
            {button('include', 'inspection.include')}
            {button('replace', 'inspection.replace')}
          </div>
          <span className="actions-text" />
          {button('judge', 'inspection.judge', 'W', !may.conclude)}
          {button('conclude', 'inspection.conclude', 'A', true)}
          {button('notice', 'inspection.notice', 'N')}
          {button('interview', 'inspection.interview', 'I')}
          {button('recheck', 'inspection.recheck', 'E')}
          {button('list', 'inspection.publishList')}
          {button('open', 'inspections.open', 'A', true)}
          {button('draw', 'inspection.draw', 'A', true)}
          {button('publish', 'inspection.publish', undefined, true)}
        </footer>
      )}
      {asked === 'open' && (
        <OpenDialog
          sites={list.data?.sites ?? []}
          onClose={close}
          onSend={(fields) => send('open', fields, 'inspection.opened')}
        />
      )}
      {asked === 'draw' && (
        <DrawDialog valueName={row.publicValueName} onClose={close} onSend={(fields) => send('draw', fields)} />
      )}
      {asked === 'enlarge' && (
        <EnlargeDialog left={inOrder} onClose={close} onSend={(fields) => send('enlarge', fields)} />
      )}
      {asked === 'judge' && chosen && (
        <JudgeDialog
          site={site}
          known={chosen.judgements}
          evidence={chosen.evidence}
          onClose={close}
          onSend={(fields) => send('judge', { siteId, ...fields })}
        />
      )}
      {asked === 'notice' && (
        <NoticeDialog
          text={findings
            .filter(({ severity }) => severity !== 'unchecked')
            .map((each, place) => `${place + 1}. ${sentence(each)}`)
            .join('\n')}
          onClose={close}
          onSend={(fields) => send('notice', { siteId, ...fields })}
        />
      )}
      {asked === 'interview' && (
        <InterviewDialog onClose={close} onSend={(fields) => send('interview', { siteId, ...fields })} />
      )}
      {asked === 'recheck' && (
        <RecheckDialog onClose={close} onSend={(fields) => send('recheck', { siteId, ...fields })} />
      )}
      {(asked === 'replace' || (asked === 'include' && newcomer)) && (
        <ReasonDialog
          title={
            asked === 'replace'
              ? `${t('inspection.replace')} ${chosen?.name}`
              : `${t('inspection.include')} ${newcomer?.name}`
          }
          hint={asked === 'replace' ? t('inspection.replaceHint') : ''}
          label={t('inspection.reason')}
          send={t(asked === 'replace' ? 'inspection.replace' : 'inspection.include')}
          onClose={close}
          onSend={(reason) =>
            asked === 'replace'
              ? send('replace', { siteId, reason })
              : send('include', { siteId: newcomer!.siteId, reason })
          }
        />
      )}
    </div>
  );
}

/** What is drawn from and how, for anybody to repeat. */
function List({ data: { row } }: { data: InspectionDetail }): ReactElement {
  const t = useWords();
  const [said, setSaid] = useState<Word | null>(null);
  if (row.openedAt === null)
    return (
      <section>
        <p className="hint" data-testid="not-opened">
          {t('inspection.notOpened')}
        </p>
      </section>
    );
  const { draw, population, share } = row;
  const names = new Map(population.map(({ siteId, name }) => [siteId, name]));
  const repeat = async () => {
    if (!draw) return;
    const ids = population.map(({ siteId }) => siteId);
    const found = await recompute(row.inspectionId, ids, draw.publicValue, draw.chosen.length);
    if (found === null) return setSaid('inspection.cantRecompute');
    const isSame =
      found.seed === draw.seed && found.listHash === row.listHash && found.chosen.join() === draw.chosen.join();
    setSaid(isSame ? 'inspection.same' : 'inspection.different');
  };
  return (
    <section data-testid="draw-record">
      <h3>{t('inspection.list')}</h3>
      <p>
        {t('inspection.listFacts', {
          n: population.length,
          share,
          count: sampleSize(population.length, share),
          name: row.openedByName,
          time: minute(row.openedAt),
        })}
        {row.excluded.length > 0 && (
          <span className="hint">
            {' '}
            {t('inspection.excluded', {
              names: row.excluded.map(({ name, reason }) => `${name}（${reason}）`).join('、'),
            })}
          </span>
        )}
      </p>
      <dl className="rumor-facts">
        <dt>{t('inspection.valueName')}</dt>
        <dd>
          {row.publicValueName}
          {draw && <strong> {draw.publicValue}</strong>}
        </dd>
        <dt>{t('inspection.listHash')}</dt>
        <dd>
          <code>{row.listHash}</code>
        </dd>
        {draw && (
          <>
            <dt>{t('inspection.seed')}</dt>
            <dd>
              <code>{draw.seed}</code>
            </dd>
            <dt>{t('inspection.chosen')}</dt>
            <dd data-testid="chosen">{draw.chosen.map((id) => names.get(id) ?? id).join('、')}</dd>
          </>
        )}
      </dl>
      {draw && (
        <details>
          <summary>{t('inspection.verify')}</summary>
          <p className="no-print">
            <button type="button" className="button" onClick={() => void repeat()} data-testid="recompute">
              {t('inspection.recompute')}
            </button>{' '}
            <a className="button" href={views.sitesFilePath(row.site, row.inspectionId)} download>
              {t('inspection.sitesFile')}
            </a>{' '}
            {said && <strong role="status">{t(said)}</strong>}
          </p>
          <pre className="inspection-script" tabIndex={0}>
            {scriptOf(row, draw)}
          </pre>
        </details>
      )}
    </section>
  );
}

const scriptOf = (
  { inspectionId }: InspectionRow,
  { publicValue, chosen }: NonNullable<InspectionRow['draw']>,
): string => `QUARTER='${inspectionId}'\nPUBLIC_VALUE='${publicValue}'\nCOUNT=${chosen.length}\n${verifyScript}`;

function Sites({
  data: { row, checks },
  chosen,
  onChoose,
}: {
  data: InspectionDetail;
  chosen: string;
  onChoose: (siteId: string) => void;
}): ReactElement {
  const t = useWords();
  return (
    <table className="table" data-testid="inspected-sites">
      <thead>
        <tr>
          <th>{t('inspection.colSite')}</th>
          <th>{t('inspection.colHow')}</th>
          <th>{t('inspection.colMachine')}</th>
          <th>{t('inspection.colProbes')}</th>
          <th>{t('inspection.colSheet')}</th>
          <th>{t('inspection.colResult')}</th>
          <th>{t('inspection.colAfter')}</th>
        </tr>
      </thead>
      <tbody>
        {row.sites.map((site) => {
          const of = checks.find(({ check }) => check.site === site.siteId);
          const probes = of?.check.probes;
          return (
            <tr
              key={site.siteId}
              aria-selected={site.siteId === chosen}
              onClick={() => onChoose(site.siteId)}
              data-site={site.siteId}
            >
              <td className="cell-title">
                <button type="button" className="link" onClick={() => onChoose(site.siteId)}>
                  {site.name}
                </button>
              </td>
              <td>{t(`inspection.how.${site.how}`)}</td>
              <td>
                {of && (
                  <>
                    <progress max={1} value={of.progress} aria-label={`${t('inspection.colMachine')} ${site.name}`} />{' '}
                    {Math.round(of.progress * 100)}%
                  </>
                )}
              </td>
              <td>
                {probes &&
                  t('inspection.probes', { counted: probes.counted, planned: probes.planned, down: probes.down })}
                {probes && probes.missed > 0 && t('inspection.missedProbes', { n: probes.missed })}
              </td>
              <td>
                {site.judgements.length > 0
                  ? t('inspection.sheetDone', { name: site.judgedByName })
                  : t('inspection.sheetNone')}
              </td>
              <td>
                {site.conclusion ? (
                  <ResultTag result={site.conclusion.result} />
                ) : (
                  <span className="hint">{t('inspection.noResult')}</span>
                )}
              </td>
              <td>{afterOf(site, t)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function afterOf({ notices, interviews, rechecks }: InspectedRow, t: ReturnType<typeof useWords>): string {
  const last = rechecks.at(-1);
  if (last) return t(last.mended ? 'inspection.mended' : 'inspection.notMended');
  if (interviews.length > 0) return t('inspection.interview');
  return notices.length > 0 ? t('inspection.notice') : '';
}

/** What was done about it since: notices, interviews, re-checks, in their order. */
function After({ site: { notices, interviews, rechecks, conclusion } }: { site: InspectedRow }): ReactElement | null {
  const t = useWords();
  const all = [
    ...notices.map(({ at, byName, text, mendBy }) => ({
      at,
      byName,
      what: t('inspection.notice'),
      text: `${text}\n${t('inspection.mendBy')}: ${minute(mendBy)}`,
    })),
    ...interviews.map((each) => ({
      at: each.at,
      byName: each.byName,
      what: t('inspection.interview'),
      text: `${each.with} · ${each.where} · ${minute(each.heldAt)}\n${each.record}`,
    })),
    ...rechecks.map(({ at, byName, mended, note }) => ({
      at,
      byName,
      what: `${t('inspection.recheck')}: ${t(mended ? 'inspection.mended' : 'inspection.notMended')}`,
      text: note,
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
  if (!conclusion) return null;
  return (
    <div data-testid="after">
      <p>
        <ResultTag result={conclusion.result} />{' '}
        <span className="hint">
          {conclusion.byName} {minute(conclusion.at)}
        </span>
      </p>
      {all.map(({ at, byName, what, text }) => (
        <div key={`${at} ${what}`} className="inspection-after">
          <p>
            <strong>{what}</strong>{' '}
            <span className="hint">
              {byName} {minute(at)}
            </span>
          </p>
          <p className="text-lines">{text}</p>
        </div>
      ))}
    </div>
  );
}
