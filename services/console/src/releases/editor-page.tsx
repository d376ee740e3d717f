import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Draft, RumorRow } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ApiError, decide, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Loading, Pending, sayError } from '../parts/states.tsx';
import { useChannelKind, useWords, type Word } from '../words/index.ts';
import { joinPlan } from '../linked/join-plan.ts';
import { BodyEditor } from './body-editor.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';

type Start = { site: string; releaseId: string; revision: number; draft: Draft };

const blank = (kind: Draft['kind'], channels: string[]): Draft => ({
  kind,
  format: 'text',
  title: '',
  documentNumber: null,
  summary: '',
  html: '',
  rumor:
    kind === 'rebuttal' ? { claim: '', seenWhere: '', verdict: 'false', rumorCaseId: null, publicLink: null } : null,
  channels,
  variants: {},
  cover: null,
  files: [],
  interprets: null,
  linked: null,
});

/** What a rebuttal begins with: the rumor as it was reported, and the facts as they were found. */
function answering({ rumorCaseId, claim, seenWhere, verdict, facts, basis }: RumorRow): Partial<Draft> {
  const said = verdict === 'misleading' || verdict === 'outdated' ? verdict : 'false';
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const lines = [...facts.split('\n'), ...(basis ? [basis] : [])].filter((each) => each.trim() !== '');
  return {
    rumor: { claim, seenWhere, verdict: said, rumorCaseId, publicLink: null },
    html: lines.map((each) => `<p>${escaped(each)}</p>`).join(''),
  };
}

/** A new press release or rebuttal. */
export function NewReleasePage(): ReactElement {
  const { kind, linked, rumor } = useSearch({ from: '/releases/new' });
  const [rumorSite, rumorCaseId] = kind === 'rebuttal' ? (rumor?.split('/') ?? []) : [];
  const answers = useQuery({ ...views.rumor(rumorSite ?? '', rumorCaseId ?? ''), enabled: rumorCaseId !== undefined });
  const { data: sites } = useQuery(views.sites());
  const { data: channels } = useQuery(views.channels());
  const [releaseId] = useState(newId);
  if (!sites || !channels) return <Loading />;
  if (rumorCaseId !== undefined && !answers.data) return <Pending of={answers} />;
  const [leads, linkedId] = linked?.split('/') ?? [];
  const site = leads ?? rumorSite ?? sites.rows[0]?.siteId ?? '';
  const usable = channels.rows.filter((each) => each.site === site && !each.paused).map(({ channelId }) => channelId);
  const plan = leads !== undefined && linkedId !== undefined ? { site: leads, linkedId } : null;
  const draft = { ...blank(kind, usable), ...(answers.data && answering(answers.data.row)), linked: plan };
  return <Editor key={kind} start={{ site, releaseId, revision: 0, draft }} />;
}

/** A draft, or a release that was returned. */
export function EditReleasePage(): ReactElement {
  const { site, releaseId } = useParams({ from: '/releases/$site/$releaseId/edit' });
  const answer = useQuery({ ...views.release(site, releaseId), staleTime: 0 });
  const { data, error } = answer;
  if (error instanceof ApiError && error.status < 500 && error.status > 0) return <MissingPage />;
  if (!data) return <Pending of={answer} />;
  return <Editor key={releaseId} start={{ site, releaseId, revision: data.row.revision, draft: data.draft }} />;
}

type Problem = { field: string; word: Word };

function problemsOf({ title, html, rumor, channels, linked }: Draft): Problem[] {
  const empty = html.replace(/<[^>]*>/g, '').trim() === '';
  return [
    ...(title.trim() === '' ? [{ field: 'title', word: 'editor.need.title' as const }] : []),
    ...(rumor && rumor.claim.trim() === '' ? [{ field: 'claim', word: 'editor.need.claim' as const }] : []),
    ...(rumor?.publicLink && !/^https?:\/\/./i.test(rumor.publicLink)
      ? [{ field: 'publicLink', word: 'rumor.need.link' as const }]
      : []),
    ...(empty ? [{ field: 'body', word: 'editor.need.body' as const }] : []),
    ...(channels.length === 0 && linked === null ? [{ field: 'channels', word: 'editor.need.channels' as const }] : []),
  ];
}

function Editor({ start }: { start: Start }): ReactElement {
  const t = useWords();
  const sayKind = useChannelKind();
  const navigate = useNavigate();
  const [site, setSite] = useState(start.site);
  const [draft, setDraft] = useState(start.draft);
  const [revision, setRevision] = useState(start.revision);
  const [saved, setSaved] = useState(JSON.stringify(start.draft));
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const [told, setTold] = useState<string | null>(null);
  const remaining = problems.filter(({ field }) => problemsOf(draft).some((each) => each.field === field));
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const { data: sites } = useQuery(views.sites());
  const { data: channels } = useQuery(views.channels());
  const { releaseId } = start;
  const { kind } = draft;
  const changed = JSON.stringify(draft) !== saved;
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });

  const set = (fields: Partial<Draft>) => setDraft((before) => ({ ...before, ...fields }));
  const setRumor = (fields: Partial<NonNullable<Draft['rumor']>>) =>
    setDraft((before) => ({ ...before, rumor: before.rumor && { ...before.rumor, ...fields } }));
  const toggle = (channelId: string, on: boolean) =>
    set({ channels: on ? [...draft.channels, channelId] : draft.channels.filter((each) => each !== channelId) });
  const goTo = (field: string) => document.getElementById(`field-${field}`)?.focus();

  const save = async (submit: boolean) => {
    const found = submit
      ? problemsOf(draft)
      : problemsOf(draft).filter(({ field }) => ['title', 'claim', 'publicLink'].includes(field));
    setProblems(found);
    setTold(null);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      let seen = revision;
      if (changed || revision === 0) {
        await decide({ type: 'release.draft', site, releaseId, draft, baseRevision: revision });
        // Written for a linked release, it is one of its parts from its first revision on.
        if (revision === 0 && draft.linked) await joinPlan(draft.linked, { site, releaseId, kind });
        seen = revision + 1;
        setRevision(seen);
        setSaved(JSON.stringify(draft));
        announce('done', t('editor.saved', { n: seen }));
      }
      if (submit) {
        const { contentHash } = await freshRow(site, releaseId, seen);
        await decide({ type: 'release.submit', site, releaseId, seenHash: contentHash });
        announce('done', t('release.submitted'));
        leaving.current = true;
        await navigate({ to: '/releases/$site/$releaseId', params: { site, releaseId } });
      }
    } catch (caught) {
      setTold(sayError(caught, t));
      if (caught instanceof ApiError && caught.problems.length > 0)
        setTold(
          `${sayError(caught, t)} ${caught.problems.map(({ path, message }) => `${path} ${message}`).join('；')}`,
        );
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void save(true);
  };
  const mine = channels?.rows.filter((each) => each.site === site) ?? [];
  const chooseSite = (next: string) => {
    setSite(next);
    set({
      channels: (channels?.rows ?? [])
        .filter((each) => each.site === next && !each.paused)
        .map(({ channelId }) => channelId),
    });
  };

  return (
    <form className="editor" onKeyDown={onKeyDown} onSubmit={(event) => event.preventDefault()} data-testid="editor">
      <div className="editor-main">
        {remaining.length > 0 && (
          <div ref={summary} className="problems" role="alert" tabIndex={-1}>
            <strong>{t('editor.problems', { n: remaining.length })}</strong>
            <ul>
              {remaining.map(({ field, word }) => (
                <li key={field}>
                  <button type="button" className="link" onClick={() => goTo(field)}>
                    {t(word)}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        {told && (
          <p className="banner banner-refused" role="alert" data-testid="refusal">
            {told}
          </p>
        )}
        <label className="field">
          <span>{t('editor.title')}</span>
          <input
            id="field-title"
            className="editor-title"
            value={draft.title}
            maxLength={200}
            autoFocus={start.revision === 0}
            onChange={({ target }) => set({ title: target.value })}
          />
        </label>
        {draft.rumor && (
          <fieldset className="rumor">
            <legend>{t('editor.rumor')}</legend>
            <label className="field">
              <span>{t('editor.claim')}</span>
              <input
                id="field-claim"
                value={draft.rumor.claim}
                maxLength={300}
                placeholder={t('editor.claimHint')}
                onChange={({ target }) => setRumor({ claim: target.value })}
              />
            </label>
            <div className="field-row">
              <label className="field">
                <span>
                  {t('editor.seenWhere')} <small>{t('app.optional')}</small>
                </span>
                <input
                  value={draft.rumor.seenWhere}
                  maxLength={500}
                  onChange={({ target }) => setRumor({ seenWhere: target.value })}
                />
              </label>
              <label className="field">
                <span>{t('editor.verdict')}</span>
                <select
                  value={draft.rumor.verdict}
                  onChange={({ target }) => setRumor({ verdict: target.value as 'false' | 'misleading' | 'outdated' })}
                >
                  {(['false', 'misleading', 'outdated'] as const).map((verdict) => (
                    <option key={verdict} value={verdict}>
                      {t(`editor.verdict.${verdict}`)}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <label className="field">
              <span>
                {t('editor.publicLink')} <small>{t('editor.publicLinkHint')}</small>
              </span>
              <input
                id="field-publicLink"
                inputMode="url"
                value={draft.rumor.publicLink ?? ''}
                onChange={({ target }) => setRumor({ publicLink: target.value.trim() || null })}
              />
            </label>
          </fieldset>
        )}
        <label className="field">
          <span>
            {t('editor.summary')} <small>{t('app.optional')}</small>
          </span>
          <textarea
            rows={2}
            maxLength={500}
            value={draft.summary}
            onChange={({ target }) => set({ summary: target.value })}
          />
        </label>
        <div className="field field-body">
          <span id="body-label">{t('editor.body')}</span>
          <BodyEditor
            id="field-body"
            labelledBy="body-label"
            html={start.draft.html}
            onChange={(html) => set({ html })}
          />
        </div>
      </div>
      <aside className="editor-side">
        <h2>{t('linked.writeKind', { kind: t(`kind.${kind}`) })}</h2>
        <LinkedHint linked={draft.linked} />
        {kind === 'policy' && (
          <label className="field">
            <span>
              {t('editor.documentNumber')} <small>{t('app.optional')}</small>
            </span>
            <input
              value={draft.documentNumber ?? ''}
              maxLength={100}
              onChange={({ target }) => set({ documentNumber: target.value || null })}
            />
          </label>
        )}
        {kind === 'interpretation' && (
          <label className="field">
            <span>{t('editor.format')}</span>
            <select value={draft.format} onChange={({ target }) => set({ format: target.value as Draft['format'] })}>
              {(['text', 'chart', 'audio', 'video'] as const).map((format) => (
                <option key={format} value={format}>
                  {t(`editor.format.${format}`)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="field">
          <span>{t('editor.site')}</span>
          <select value={site} disabled={revision > 0} onChange={({ target }) => chooseSite(target.value)}>
            {sites?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {!draft.linked && (
          <fieldset className="channel-list" id="field-channels" tabIndex={-1}>
            <legend>{t('editor.channels')}</legend>
            {mine.length === 0 && <p className="hint">{t('editor.noChannels')}</p>}
            {mine.map(({ channelId, name, kind: channelKind, paused }) => (
              <label key={channelId} className="check">
                <input
                  type="checkbox"
                  checked={draft.channels.includes(channelId)}
                  disabled={paused}
                  onChange={({ target }) => toggle(channelId, target.checked)}
                />{' '}
                {name}
                <small>{paused ? t('editor.paused') : sayKind(channelKind)}</small>
              </label>
            ))}
          </fieldset>
        )}
        <p className="hint" role="status">
          {changed ? t('editor.unsaved') : revision > 0 ? t('editor.saved', { n: revision }) : ''}
        </p>
        <div className="editor-actions">
          <button
            type="button"
            className="button"
            disabled={busy || !changed}
            onClick={() => void save(false)}
            data-testid="save"
          >
            {t('editor.save')}
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void save(true)}
            data-testid="save-submit"
          >
            {t('editor.saveSubmit')} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </aside>
    </form>
  );
}

/** That it goes out with others, and not alone. */
function LinkedHint({ linked }: { linked: Draft['linked'] }): ReactElement | null {
  const t = useWords();
  const { data } = useQuery({
    ...views.linkedRelease(linked?.site ?? '', linked?.linkedId ?? ''),
    enabled: linked !== null,
  });
  if (!linked) return null;
  return (
    <p className="banner" data-testid="linked-hint">
      <Link to="/linked/$site/$linkedId" params={linked}>
        {t('linked.partIn', { title: data?.row.title ?? linked.linkedId })}
      </Link>
    </p>
  );
}

/** The row as of the revision just saved: only its hash may be submitted. */
async function freshRow(site: string, releaseId: string, revision: number) {
  for (let tries = 0; ; tries++) {
    try {
      const { row } = await views.readRelease(site, releaseId);
      if (row.revision >= revision) return row;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404) || tries > 20) throw error;
    }
    if (tries > 20) throw new ApiError(503, { code: 'stale_view' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
