import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate } from '@tanstack/react-router';
import {
  incidentKind,
  incidentSeverity,
  type IncidentKind,
  type ReleaseFile,
  type IncidentSeverity,
} from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import { readIncident } from '../api/duty.ts';
import * as views from '../api/views.ts';
import { fromField, toField } from '../duty/month.ts';
import { announce } from '../parts/announcer.tsx';
import { EvidenceField } from '../parts/evidence-field.tsx';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { Loading, sayError } from '../parts/states.tsx';
import { minute, serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';

/** What somebody noticed. The time to the first report runs from when it is sent. */
export function OpenIncidentPage(): ReactElement {
  const { data: sites } = useQuery(views.sites());
  if (!sites) return <Loading />;
  return <Form sites={sites.rows} />;
}

function Form({ sites }: { sites: { siteId: string; name: string }[] }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const [incidentId] = useState(newId);
  const [blank] = useState(() => ({
    site: sites[0]?.siteId ?? '',
    kind: 'fake_site' as IncidentKind,
    severity: 'ordinary' as IncidentSeverity,
    title: '',
    noticed: '',
    noticedAt: toField(new Date(serverNow()).toISOString()),
    url: '',
    evidence: [] as ReleaseFile[],
  }));
  const [draft, setDraft] = useState(blank);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = draft !== blank;
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const set = (fields: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...fields }));
  const noticedAt = fromField(draft.noticedAt);
  const problems: FieldProblem[] = [
    ...(draft.title.trim() === '' ? [{ field: 'title', word: 'incident.need.title' as const }] : []),
    ...(draft.noticed.trim() === '' ? [{ field: 'noticed', word: 'incident.need.noticed' as const }] : []),
    ...(noticedAt === null ? [{ field: 'noticedAt', word: 'incident.need.time' as const }] : []),
  ];
  const send = async () => {
    setTried(true);
    if (problems.length > 0 || busy) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      const { site, title, noticed, url, ...rest } = draft;
      const facts = { ...rest, title: title.trim(), noticed: noticed.trim(), url: url.trim(), noticedAt };
      const { position } = await decide({
        type: 'incident.open',
        incidentId,
        site,
        facts,
        origin: { from: 'person' },
      });
      const row = await readIncident(site, incidentId, position);
      announce('done', t('incident.opened', { time: minute(row.dueAt) }));
      leaving.current = true;
      await navigate({ to: '/incidents/$site/$incidentId', params: { site, incidentId } });
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
    <div className="rules" onKeyDown={onKeyDown} data-testid="incident-form">
      <div className="form-body form-one">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/incidents">{t('nav.incidents')}</Link> › {t('incidents.new')}
          </p>
          <ProblemList ref={summary} problems={tried ? problems : []} />
          <label className="field">
            <span>
              {t('incident.titleIs')} <small>{t('incident.titleHint')}</small>
            </span>
            <input
              id="field-title"
              autoFocus
              maxLength={500}
              value={draft.title}
              onChange={({ target }) => set({ title: target.value })}
            />
          </label>
          <div className="field-row">
            <label className="field">
              <span>{t('incident.kindIs')}</span>
              <select value={draft.kind} onChange={({ target }) => set({ kind: target.value as IncidentKind })}>
                {incidentKind.options.map((each) => (
                  <option key={each} value={each}>
                    {t(`incident.kind.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t('incident.severity')}</span>
              <select
                value={draft.severity}
                onChange={({ target }) => set({ severity: target.value as IncidentSeverity })}
              >
                {incidentSeverity.options.map((each) => (
                  <option key={each} value={each}>
                    {t(`severity.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t('incident.noticedAt')}</span>
              <input
                id="field-noticedAt"
                type="datetime-local"
                value={draft.noticedAt}
                onChange={({ target }) => set({ noticedAt: target.value })}
              />
            </label>
            {sites.length > 1 && (
              <label className="field">
                <span>{t('incidents.colSite')}</span>
                <select value={draft.site} onChange={({ target }) => set({ site: target.value })}>
                  {sites.map(({ siteId, name }) => (
                    <option key={siteId} value={siteId}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </div>
          <label className="field">
            <span>
              {t('incident.noticed')} <small>{t('incident.noticedHint')}</small>
            </span>
            <textarea
              id="field-noticed"
              rows={5}
              maxLength={4_000}
              value={draft.noticed}
              onChange={({ target }) => set({ noticed: target.value })}
            />
          </label>
          <label className="field">
            <span>
              {t('incident.url')} <small>{t('incident.urlHint')}</small>
            </span>
            <input
              maxLength={2_000}
              inputMode="url"
              value={draft.url}
              onChange={({ target }) => set({ url: target.value })}
            />
          </label>
          <EvidenceField
            site={draft.site}
            files={draft.evidence}
            onFiles={(change) => setDraft((before) => ({ ...before, evidence: change(before.evidence) }))}
          />
        </div>
      </div>
      <footer className="actions">
        <div className="actions-left">
          <Link to="/incidents" className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text" />
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={() => void send()}
          data-testid="open-incident"
        >
          {t('incident.open')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}
