import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import type { LinkedPlan, PartRole } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ApiError, decide, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { ChooseMany } from '../parts/choose-many.tsx';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { Loading, Pending, sayError } from '../parts/states.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';
import {
  blankPlan,
  lacksInterpretation,
  partRoles,
  planDraftOf,
  planOf,
  problemsOf,
  roleOf,
  type PlanDraft,
} from './plan.ts';

type Start = { site: string; linkedId: string; revision: number; draft: PlanDraft };

export function NewLinkedPage(): ReactElement {
  const { data: sites } = useQuery(views.sites());
  const [linkedId] = useState(newId);
  const [now] = useState(() => serverNow() + 3_600_000);
  if (!sites) return <Loading />;
  const site = sites.rows[0]?.siteId ?? '';
  return <Form start={{ site, linkedId, revision: 0, draft: blankPlan(site, now) }} />;
}

export function EditLinkedPage(): ReactElement {
  const { site, linkedId } = useParams({ from: '/linked/$site/$linkedId/edit' });
  const answer = useQuery({ ...views.linkedRelease(site, linkedId), staleTime: 0 });
  const { data, error } = answer;
  if (error instanceof ApiError && error.status < 500 && error.status > 0) return <MissingPage />;
  if (!data) return <Pending of={answer} />;
  return <Form start={{ site, linkedId, revision: data.row.revision, draft: planDraftOf(data.row) }} />;
}

/** What goes out together, where to, and when. */
function Form({ start }: { start: Start }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const { linkedId, revision } = start;
  const [site, setSite] = useState(start.site);
  const [draft, setDraft] = useState(start.draft);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const { data: sites } = useQuery(views.sites());
  const { data: channels } = useQuery(views.channels());
  const { data: releases } = useQuery(views.releases());
  const changed = JSON.stringify(draft) !== JSON.stringify(start.draft);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const set = (fields: Partial<PlanDraft>) => setDraft((before) => ({ ...before, ...fields }));
  /** What is not public yet, and not part of another plan's signatures. */
  const open = (releases?.rows ?? []).filter(
    ({ state, releaseId }) =>
      !['signed', 'published'].includes(state) || draft.parts.some((part) => part.releaseId === releaseId),
  );
  const role = (releaseId: string) => draft.parts.find((part) => part.releaseId === releaseId)?.role;
  const setRole = (releaseId: string, next: LinkedPlan['parts'][number]['role']) =>
    set({ parts: draft.parts.map((part) => (part.releaseId === releaseId ? { ...part, role: next } : part)) });

  const save = async () => {
    // Parts may be written from the board once there is a plan; its form asks for the rest.
    const found = problemsOf(draft, serverNow());
    setProblems(found);
    const plan = planOf(draft);
    if (found.length > 0 || !plan) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      await decide({ type: 'linked.plan', site, linkedId, plan, baseRevision: revision });
      announce('done', t('linked.saved'));
      leaving.current = true;
      await navigate({ to: '/linked/$site/$linkedId', params: { site, linkedId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void save();
  };
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="linked-form">
      <div className="form-body form-one">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/linked">{t('nav.linked')}</Link> › {start.draft.title || t('linked.new')}
          </p>
          <ProblemList
            ref={summary}
            problems={problems.filter(({ field }) =>
              problemsOf(draft, serverNow()).some((each) => each.field === field),
            )}
          />
          <div className="field-row">
            <label className="field field-wide">
              <span>{t('linked.title')}</span>
              <input
                id="field-title"
                value={draft.title}
                maxLength={200}
                autoFocus={revision === 0}
                onChange={({ target }) => set({ title: target.value })}
              />
            </label>
            <label className="field">
              <span>{t('linked.leads')}</span>
              <select value={site} disabled={revision > 0} onChange={({ target }) => setSite(target.value)}>
                {sites?.rows.map(({ siteId, name }) => (
                  <option key={siteId} value={siteId}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <label className="field">
            <span>
              {t('linked.t0')} <small>{t('linked.t0Hint')}</small>
            </span>
            <input
              id="field-t0"
              type="datetime-local"
              value={draft.t0}
              onChange={({ target }) => set({ t0: target.value })}
            />
          </label>
          <fieldset id="field-parts" tabIndex={-1} className="choose">
            <legend>
              {t('linked.parts')} <small>{t('linked.partsHint')}</small>
            </legend>
            {open.length === 0 && <p className="hint">{t('linked.noReleases')}</p>}
            <div className="linked-parts">
              {open.map((row) => {
                const chosen = role(row.releaseId);
                const part = { releaseId: row.releaseId, site: row.site, role: roleOf(row) };
                return (
                  <div key={`${row.site}/${row.releaseId}`} className="linked-part">
                    <label className="check">
                      <input
                        type="checkbox"
                        checked={chosen !== undefined}
                        onChange={({ target }) =>
                          set({
                            parts: target.checked
                              ? [...draft.parts, part]
                              : draft.parts.filter((each) => each.releaseId !== row.releaseId),
                          })
                        }
                      />{' '}
                      {row.title} <small>{t(`kind.${row.kind}`)}</small>
                    </label>
                    {chosen && (
                      <select
                        aria-label={t('linked.roleOf', { title: row.title })}
                        value={chosen}
                        onChange={({ target }) => setRole(row.releaseId, target.value as PartRole)}
                      >
                        {partRoles.map((each) => (
                          <option key={each} value={each}>
                            {t(`linked.role.${each}`)}
                          </option>
                        ))}
                      </select>
                    )}
                  </div>
                );
              })}
            </div>
          </fieldset>
          {lacksInterpretation(draft) && (
            <p className="banner" role="status" data-testid="lacks">
              {t('linked.lacks')}
            </p>
          )}
          <ChooseMany
            id="field-sites"
            legend={t('linked.sites')}
            choices={(sites?.rows ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }))}
            chosen={draft.sites}
            onChange={(chosen) => set({ sites: chosen })}
          />
          <ChooseMany
            id="field-channels"
            legend={t('linked.channels')}
            choices={(channels?.rows ?? []).map(({ channelId, name }) => ({ value: channelId, label: name }))}
            chosen={draft.channels.map(({ channelId }) => channelId)}
            onChange={(chosen) =>
              set({
                channels: chosen.map(
                  (channelId) =>
                    draft.channels.find((each) => each.channelId === channelId) ?? { channelId, required: false },
                ),
              })
            }
          />
          <p className="hint">{t('linked.cmsHint')}</p>
          {draft.channels.length > 0 && (
            <div className="choose-list">
              {draft.channels.map(({ channelId, required }) => {
                const name = channels?.rows.find((each) => each.channelId === channelId)?.name ?? channelId;
                return (
                  <label key={channelId} className="check">
                    <input
                      type="checkbox"
                      checked={required}
                      onChange={({ target }) =>
                        set({
                          channels: draft.channels.map((each) =>
                            each.channelId === channelId ? { channelId, required: target.checked } : each,
                          ),
                        })
                      }
                    />{' '}
                    {t('linked.requiredOf', { name })}
                  </label>
                );
              })}
            </div>
          )}
        </div>
      </div>
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <Link to="/linked" className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text">{t('linked.willSave')}</span>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || (revision > 0 && !changed)}
          onClick={() => void save()}
          data-testid="save"
        >
          {busy ? t('state.sending') : t('linked.save')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}
