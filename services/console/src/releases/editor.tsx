import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { picturesOf, textsOf, type Draft, type DraftInProgress, type ReleaseFile } from '@tongsheng/contracts';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ApiError, decide, remove } from '../api/client.ts';
import * as views from '../api/views.ts';
import { joinPlan } from '../linked/join-plan.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { short, timeOfDay } from '../time.ts';
import { useChannelKind, useWords } from '../words/index.ts';
import { Attachments, Recordings } from './attachments.tsx';
import { blocksOf } from './blocks-of.ts';
import { BodyEditor } from './body-editor.tsx';
import { CoverField } from './cover-field.tsx';
import { toSave, withFiles } from './draft-files.ts';
import { DraftFindings } from './findings-list.tsx';
import { Length } from './limits.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { mergeDrafts, type Choice, type Merge } from './merge.ts';
import { PagePreview } from './previews.tsx';
import { measured, problemsOf, problemsToSave, type Problem, type View } from './problems.ts';
import { RumorFields } from './rumor-fields.tsx';
import { UploadList } from '../parts/upload-list.tsx';
import { useKeeping } from './use-keeping.ts';
import { useUploads } from '../parts/use-uploads.ts';
import { VariantPane } from './variant-pane.tsx';
import { VersionsDialog } from './versions-dialog.tsx';

/** What an editor begins with; `saved` is what the house has, where that is another text: what was kept by itself. */
export type Start = {
  site: string;
  releaseId: string;
  revision: number;
  draft: DraftInProgress;
  saved?: DraftInProgress;
  keptAt?: string;
};

type Merging = { merge: Merge; theirs: { revision: number; draft: Draft; byName: string } };

/** A release as it is written: the common text, what channels get of it, its files, and what others do to it. */
export function Editor({ start }: { start: Start }): ReactElement {
  const t = useWords();
  const sayKind = useChannelKind();
  const navigate = useNavigate();
  const [site, setSite] = useState(start.site);
  const [draft, setDraftAsIs] = useState(start.draft);
  const [revision, setRevision] = useState(start.revision);
  /** As it was saved at that revision. */
  const [saved, setSaved] = useState(start.saved ?? start.draft);
  const [keptAt, setKeptAt] = useState(start.keptAt ?? null);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const [told, setTold] = useState<string | null>(null);
  const [view, setView] = useState<View>('common');
  const [merging, setMerging] = useState<Merging | null>(null);
  const [showsVersions, setShowsVersions] = useState(false);
  /** Another one whenever the text was set from outside the text editor. */
  const [fresh, setFresh] = useState(0);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const known = useRef(new Map([...start.draft.files, ...saved.files].map((file) => [file.hash, file])));
  const forText = useRef(new Set([...textsOf(start.draft), ...textsOf(saved)].flatMap(picturesOf)));
  const { data: sites } = useQuery(views.sites());
  const { data: channels } = useQuery(views.channels());
  const { releaseId } = start;
  const { kind } = draft;
  const savedText = useMemo(() => JSON.stringify(saved), [saved]);
  const changed = useMemo(() => JSON.stringify(draft) !== savedText, [draft, savedText]);
  const { forget, ...kept } = useKeeping({ site, releaseId, draft, revision, changed });
  const { going, bring } = useUploads(site);
  const mine = useMemo(() => channels?.rows.filter((each) => each.site === site) ?? [], [channels, site]);
  const remaining = useMemo(() => {
    if (problems.length === 0) return [];
    const now = problemsOf(draft, mine);
    return now.filter(({ field, word }) => problems.some((each) => each.field === field && each.word === word));
  }, [problems, draft, mine]);
  const newer = !busy && kept.newest.revision > revision ? kept.newest : null;
  useBlocker({
    shouldBlockFn: () =>
      changed &&
      !leaving.current &&
      (kept.state === 'offline' || kept.state === 'refused') &&
      !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current && kept.state !== 'kept',
  });

  const setDraft = useCallback(
    (change: (before: DraftInProgress) => DraftInProgress) =>
      setDraftAsIs((before) => withFiles(change(before), known.current, forText.current)),
    [],
  );
  const set = (fields: Partial<DraftInProgress>) => setDraft((before) => ({ ...before, ...fields }));
  const toggle = (channelId: string, on: boolean) =>
    set({ channels: on ? [...draft.channels, channelId] : draft.channels.filter((each) => each !== channelId) });
  /** Puts another text into the editor. */
  const replace = (next: DraftInProgress) => {
    for (const file of next.files) known.current.set(file.hash, file);
    for (const hash of textsOf(next).flatMap(picturesOf)) forText.current.add(hash);
    setDraft(() => next);
    setFresh((n) => n + 1);
  };

  const pathOf = (hash: string) => views.filePath(site, releaseId, hash);
  const learn = (file: ReleaseFile) => void known.current.set(file.hash, file);
  const onPicture = (file: File, then: (kept: ReleaseFile) => void) =>
    bring(file, 'picture', (picture) => {
      learn(picture);
      forText.current.add(picture.hash);
      then(picture);
    });
  const onCover = (file: File, then: (kept: ReleaseFile) => void) => bring(file, 'picture', then);
  const add = (purpose: 'attachment' | 'recording') => (files: File[]) => {
    for (const file of files)
      bring(file, purpose, (one) => {
        learn(one);
        // Taken along, it is no picture of the text any more.
        forText.current.delete(one.hash);
        setDraft((before) => ({ ...before, files: [...before.files.filter(({ hash }) => hash !== one.hash), one] }));
      });
  };
  const onFiles = add('attachment');

  const goTo = ({ field, view: at }: Problem) => {
    setView(at);
    setTimeout(() => document.getElementById(`field-${field}`)?.focus());
  };

  /** Brings together what is here and what somebody saved meanwhile. */
  const bringTogether = async (isRefused: boolean) => {
    const { rows } = await views.readRevisions(site, releaseId);
    const last = rows[0];
    if (!last || last.revision <= revision) return;
    const [base, theirs] = await Promise.all([
      revision === 0 ? { draft: saved } : views.readRevision(site, releaseId, revision),
      views.readRevision(site, releaseId, last.revision),
    ]);
    const merge = mergeDrafts(base.draft, draft, theirs.draft, blocksOf);
    const found = { merge, theirs: { revision: last.revision, draft: theirs.draft, byName: last.byName } };
    if (merge.conflicts.length > 0) return setMerging(found);
    settle(found, {});
    const values = { name: last.byName, n: isRefused ? last.revision : merge.taken };
    const said = t(isRefused ? 'merge.cleanRefused' : 'merge.clean', values);
    setTold(isRefused ? said : null);
    announce('told', said);
  };
  const settle = ({ merge, theirs }: Merging, choices: Record<string, Choice>) => {
    for (const file of theirs.draft.files) learn(file);
    replace(merge.draft(choices));
    setSaved(theirs.draft);
    setRevision(theirs.revision);
    setMerging(null);
  };

  const fail = (caught: unknown) => {
    const said = sayError(caught, t);
    const details = caught instanceof ApiError ? caught.problems.map(({ path, message }) => `${path} ${message}`) : [];
    setTold([said, details.join('；')].filter(Boolean).join(' '));
  };

  const save = async (submit: boolean) => {
    const found = submit ? problemsOf(draft, mine) : problemsToSave(draft);
    setProblems(found);
    setTold(null);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      let seen = revision;
      if (changed || revision === 0) {
        const written = toSave(draft);
        await decide({ type: 'release.draft', site, releaseId, draft: written, baseRevision: revision });
        // Written for a linked release, it is one of its parts from its first revision on.
        if (revision === 0 && draft.linked) await joinPlan(draft.linked, { site, releaseId, kind });
        seen = revision + 1;
        setRevision(seen);
        setSaved(draft);
        setKeptAt(null);
        await forget();
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
      if (caught instanceof ApiError && caught.code === 'release_changed') await bringTogether(true).catch(fail);
      else fail(caught);
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void save(true);
  };
  const chooseSite = (next: string) => {
    void remove(`/api/releases/${releaseId}/working?site=${site}`).catch(() => {});
    setSite(next);
    const usable = (channels?.rows ?? []).filter((each) => each.site === next && !each.paused);
    set({ channels: usable.map(({ channelId }) => channelId) });
  };
  const drop = async () => {
    if (!window.confirm(t('working.dropAsk'))) return;
    await forget();
    setKeptAt(null);
    announce('told', t('working.dropped'));
    leaving.current = true;
    if (revision === 0) return void navigate({ to: '/releases' });
    const { row, draft: latest } = await views.readRelease(site, releaseId);
    setRevision(row.revision);
    setSaved(latest);
    replace(latest);
    leaving.current = false;
  };

  const chosen = mine.filter(({ channelId }) => draft.channels.includes(channelId));
  const channel = typeof view === 'object' ? mine.find(({ channelId }) => channelId === view.channelId) : undefined;
  const files = { pathOf, onPicture, onFiles };
  const lengths = (name: 'title' | 'summary' | 'html') => (
    <p className="lengths">
      {chosen.map(({ channelId, name: says, limits, body }) => {
        if (draft.variants[channelId]?.[name] !== undefined) return null;
        if (name === 'html' && body !== 'whole') return null;
        const limit = name === 'html' ? limits.text.body : limits.text[name];
        return <Length key={channelId} name={says} of={measured(draft[name], limit)} />;
      })}
    </p>
  );

  return (
    <form className="editor" onKeyDown={onKeyDown} onSubmit={(event) => event.preventDefault()} data-testid="editor">
      <div className="editor-main">
        <div className="tabs" role="group" aria-label={t('editor.views')}>
          <Tab here={view === 'common'} onChoose={() => setView('common')}>
            {t('editor.common')}
          </Tab>
          {chosen.map(({ channelId, name }) => (
            <Tab
              key={channelId}
              here={channel?.channelId === channelId}
              onChoose={() => setView({ channelId })}
              differs={draft.variants[channelId] !== undefined && Object.keys(draft.variants[channelId]).length > 0}
            >
              {name}
            </Tab>
          ))}
          <Tab here={view === 'page'} onChoose={() => setView('page')}>
            {t('editor.pagePreview')}
          </Tab>
        </div>
        {kept.others.length > 0 && (
          <p className="banner" role="status" data-testid="others">
            {t('presence.others', { names: kept.others.map(({ name }) => name).join('、') })}
          </p>
        )}
        {kept.isElsewhere && (
          <p className="banner" role="status" data-testid="elsewhere">
            {t('presence.elsewhere')}
          </p>
        )}
        {newer && (
          <p className="banner" role="status" data-testid="newer">
            {t('presence.newer', { name: newer.byName ?? '', n: newer.revision })}{' '}
            <button type="button" className="button button-small" onClick={() => void bringTogether(false).catch(fail)}>
              {t('presence.merge')}
            </button>
          </p>
        )}
        {keptAt && (
          <p className="banner" role="status" data-testid="restored">
            {t('working.restored', { time: short(keptAt) })}{' '}
            <button type="button" className="button button-small" onClick={() => void drop().catch(fail)}>
              {revision === 0 ? t('working.dropAll') : t('working.drop', { n: kept.newest.revision })}
            </button>
          </p>
        )}
        {(kept.state === 'offline' || kept.state === 'refused') && changed && (
          <p className="banner banner-offline" role="alert" data-testid="not-kept">
            {kept.state === 'offline' ? t('working.offline') : t('working.refused', { reason: kept.refused ?? '' })}
          </p>
        )}
        {remaining.length > 0 && (
          <div ref={summary} className="problems" role="alert" tabIndex={-1} data-testid="problems">
            <strong>{t('editor.problems', { n: remaining.length })}</strong>
            <ul>
              {remaining.map((problem) => (
                <li key={`${problem.field} ${problem.word}`}>
                  <button type="button" className="link" onClick={() => goTo(problem)}>
                    {t(problem.word, inWords(problem, t))}
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
        <UploadList going={going} />
        {view === 'page' && <PagePreview site={site} releaseId={releaseId} draft={draft} />}
        {channel && (
          <VariantPane
            key={`${channel.channelId} ${fresh}`}
            site={site}
            releaseId={releaseId}
            draft={draft}
            channel={channel}
            files={files}
            onChange={(own) =>
              setDraft((before) => ({ ...before, variants: { ...before.variants, [channel.channelId]: own } }))
            }
          />
        )}
        <div hidden={view !== 'common'}>
          {draft.correction && (
            <label className="field">
              <span>
                {t('editor.correction')} <span className="hint">{t('editor.correctionHint')}</span>
              </span>
              <input
                id="field-correction"
                value={draft.correction.note}
                maxLength={500}
                onChange={({ target }) => set({ correction: { note: target.value } })}
                data-testid="correction"
              />
            </label>
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
          {lengths('title')}
          {draft.rumor && <RumorFields rumor={draft.rumor} onChange={(rumor) => set({ rumor })} />}
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
          {lengths('summary')}
          <div className="field field-body">
            <span id="body-label">{t('editor.body')}</span>
            <BodyEditor
              key={fresh}
              id="field-body"
              labelledBy="body-label"
              html={draft.html}
              onChange={(html) => set({ html })}
              files={files}
            />
          </div>
          {lengths('html')}
        </div>
        <DraftFindings site={site} draft={draft} />
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
          <>
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
            <Interprets site={site} chosen={draft.interprets} onChoose={(interprets) => set({ interprets })} />
            {(draft.format === 'audio' || draft.format === 'video') && (
              <Recordings
                draft={draft}
                pathOf={pathOf}
                onFiles={add('recording')}
                onChange={(next) => set({ files: next })}
              />
            )}
          </>
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
        <fieldset>
          <legend>
            {t('editor.cover')} <small>{t('editor.coverHint')}</small>
          </legend>
          <CoverField
            id="field-cover"
            cover={draft.cover}
            pathOf={pathOf}
            onPicture={(file) => onCover(file, (cover) => set({ cover }))}
            onRemove={() => set({ cover: null })}
          />
        </fieldset>
        <Attachments draft={draft} pathOf={pathOf} onFiles={onFiles} onChange={(next) => set({ files: next })} />
        <p className="hint" role="status" data-testid="kept" data-state={kept.state}>
          {changed
            ? kept.state === 'kept' && kept.keptAt
              ? t('working.kept', { time: timeOfDay(kept.keptAt) })
              : kept.state === 'pending'
                ? t('working.pending')
                : t('editor.unsaved')
            : revision > 0
              ? t('editor.saved', { n: revision })
              : ''}
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
          {revision > 0 && (
            <button type="button" className="button" onClick={() => setShowsVersions(true)} data-testid="versions-open">
              {t('versions.open')}
            </button>
          )}
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
      {merging && (
        <MergeDialog
          merge={merging.merge}
          name={merging.theirs.byName}
          revision={merging.theirs.revision}
          onApply={(choices) => {
            settle(merging, choices);
            announce('told', t('merge.resolved'));
          }}
          onClose={() => setMerging(null)}
        />
      )}
      {showsVersions && (
        <VersionsDialog
          site={site}
          releaseId={releaseId}
          written={draft}
          onRestore={(number, old) => {
            replace({ ...old, linked: draft.linked });
            setShowsVersions(false);
            announce('told', t('versions.restored', { n: number }));
          }}
          onClose={() => setShowsVersions(false)}
        />
      )}
    </form>
  );
}

const inWords = ({ values }: Problem, t: ReturnType<typeof useWords>): Record<string, string> => {
  const { unit, ...rest } = values ?? {};
  if (unit !== 'characters' && unit !== 'bytes' && unit !== 'hanzi') return rest;
  return { ...rest, unit: t(`editor.unit.${unit}`) };
};

function Tab(props: { here: boolean; differs?: boolean; onChoose: () => void; children: string }): ReactElement {
  const { here, differs, onChoose, children } = props;
  const t = useWords();
  return (
    <button type="button" className={here ? 'tab tab-here' : 'tab'} aria-pressed={here} onClick={onChoose}>
      {children}
      {differs && <span className="badge">{t('variant.differs')}</span>}
    </button>
  );
}

/** The policy that is explained. */
function Interprets(props: {
  site: string;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}): ReactElement {
  const { site, chosen, onChoose } = props;
  const t = useWords();
  const { data } = useQuery(views.releases());
  const policies = data?.rows.filter((row) => row.kind === 'policy' && row.site === site) ?? [];
  return (
    <label className="field">
      <span>{t('editor.interprets')}</span>
      <select value={chosen ?? ''} onChange={({ target }) => onChoose(target.value || null)}>
        <option value="">{t('editor.interpretsNone')}</option>
        {chosen !== null && !policies.some(({ releaseId }) => releaseId === chosen) && (
          <option value={chosen}>{chosen}</option>
        )}
        {policies.map(({ releaseId, title }) => (
          <option key={releaseId} value={releaseId}>
            {title}
          </option>
        ))}
      </select>
    </label>
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
