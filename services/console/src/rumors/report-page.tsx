import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { Loading, sayError } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { ClueFields } from './clue-fields.tsx';
import { blankClue, clueOf, problemsOfClue } from './clue.ts';
import { Similar } from './similar.tsx';

/** What somebody saw. The clock starts when it is sent; what answered the same before stands beside it. */
export function ReportRumorPage(): ReactElement {
  const { data: sites } = useQuery(views.sites());
  if (!sites) return <Loading />;
  return <Form sites={sites.rows} />;
}

function Form({ sites }: { sites: { siteId: string; name: string }[] }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [rumorCaseId] = useState(newId);
  const [site, setSite] = useState(sites[0]?.siteId ?? '');
  const [draft, setDraft] = useState(blankClue);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const claim = useDeferredValue(draft.claim.trim());
  const similar = useQuery({ ...views.similarRumors(claim), enabled: claim.length >= 4 });
  const changed = draft !== blankClue;
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const send = async () => {
    const found = problemsOfClue(draft);
    setProblems(found);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      const { position } = await decide({ type: 'rumor.report', site, rumorCaseId, clue: clueOf(draft) });
      const read = await views.readRumor(site, rumorCaseId, position);
      client.setQueryData(views.rumor(site, rumorCaseId).queryKey, read);
      announce('done', t('rumor.reported', { time: minute(read.row.dueAt) }));
      leaving.current = true;
      await navigate({ to: '/rumors/$site/$rumorCaseId', params: { site, rumorCaseId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void send();
  };
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="rumor-form">
      <div className="form-body form-one">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/rumors">{t('nav.rumors')}</Link> › {t('rumors.new')}
          </p>
          <ProblemList
            ref={summary}
            problems={problems.filter(({ field }) => problemsOfClue(draft).some((each) => each.field === field))}
          />
          <ClueFields
            site={site}
            draft={draft}
            onChange={(fields) => setDraft((before) => ({ ...before, ...fields }))}
            onEvidence={(change) => setDraft((before) => ({ ...before, evidence: change(before.evidence) }))}
          />
          {sites.length > 1 && (
            <label className="field">
              <span>{t('rumors.colSite')}</span>
              <select value={site} onChange={({ target }) => setSite(target.value)}>
                {sites.map(({ siteId, name }) => (
                  <option key={siteId} value={siteId}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <Similar rows={similar.data?.rows ?? []} under="h1" />
        </div>
      </div>
      <footer className="actions">
        <div className="actions-left">
          <Link to="/rumors" className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text" />
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={() => void send()}
          data-testid="report"
        >
          {t('rumor.report')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}
