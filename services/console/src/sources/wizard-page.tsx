import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { RegionField } from '../parts/region-field.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { nation } from '../regions.ts';
import { hasRole, useMe } from '../session.ts';
import { ForbiddenPage, MissingPage } from '../shell/plain-pages.tsx';
import { useWords } from '../words/index.ts';
import { CandidatePreview, type Candidate } from './candidate.tsx';
import { DetectorForm } from './detector-form.tsx';
import {
  articleOf,
  blank,
  detectorOf,
  draftOf,
  isPulled,
  problemsOf,
  proposeId,
  proposeLevel,
  proposePublisher,
  registrationOf,
  type DetectorDraft,
  type Problem,
  type SourceDraft,
} from './draft.ts';
import { Detecting, FindStep } from './find-step.tsx';
import { ToDo, TroubleWords } from './trouble-words.tsx';
import { usePreview } from './use-preview.ts';

/** A new source: an address, what it brings, and how it is to be read. */
export function NewSourcePage(): ReactElement {
  const me = useMe();
  const list = useQuery(views.sources());
  if (!hasRole(me, 'admin')) return <ForbiddenPage />;
  return list.data ? <Wizard start={blank} list={list.data} /> : <Pending of={list} />;
}

/** A source that is registered, to be read otherwise from now on. */
export function EditSourcePage(): ReactElement {
  const me = useMe();
  const { sourceId } = useParams({ from: '/sources/$sourceId/edit' });
  const list = useQuery(views.sources());
  // Read once: what is being written must not change under the hand.
  const answer = useQuery({ ...views.source(sourceId), refetchInterval: false });
  if (!hasRole(me, 'admin')) return <ForbiddenPage />;
  if (answer.error instanceof ApiError && answer.error.status === 404) return <MissingPage />;
  if (!answer.data || !list.data) return <Pending of={answer.data ? list : answer} />;
  return <Wizard key={sourceId} start={draftOf(answer.data.source)} list={list.data} />;
}

const levels = ['national', 'national-portal', 'province', 'province-portal', 'city-portal'] as const;
const intervals = [30, 60, 120, 300, 600, 1_800, 3_600];

function Wizard({ start, list }: { start: SourceDraft; list: views.SourceList }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const isNew = start.sourceId === '';
  const [draft, setDraft] = useState(start);
  const [finding, setFinding] = useState(isNew);
  const [shown, setShown] = useState<{ at: number; candidate: Candidate | null }>({ at: 0, candidate: null });
  const tried = usePreview();
  const [problems, setProblems] = useState<Problem[]>([]);
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const taken = new Set(isNew ? list.rows.map(({ sourceId }) => sourceId) : []);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const remaining = problems.filter(({ field }) => problemsOf(draft, taken).some((each) => each.field === field));
  const set = (fields: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const setDetector = (at: number, detector: DetectorDraft) =>
    set({ detectors: draft.detectors.map((each, i) => (i === at ? detector : each)) });

  const choose = (detector: DetectorDraft, candidate: Candidate | null) => {
    const title = candidate?.title ?? '';
    const first = draft.detectors.length === 0;
    set({
      detectors: [...draft.detectors, detector],
      ...(first && {
        sourceId: draft.sourceId || proposeId(detector.url, taken),
        name: draft.name || title,
        column: draft.column || title,
        level: proposeLevel(detector.url),
        publisher: proposePublisher(detector.url),
        fullText: candidate?.warnings.includes('summaries_only') ?? false,
      }),
    });
    setShown({ at: draft.detectors.length, candidate });
    setFinding(false);
    setTold(null);
  };
  const tryAgain = (at: number) => {
    const detector = detectorOf(draft.detectors[at]!);
    const article = articleOf(draft);
    setShown({ at, candidate: null });
    void tried.run({ url: detector.url, detector, zone: draft.zone, ...(article && { article }) });
  };
  const remove = (at: number) => {
    set({ detectors: draft.detectors.filter((_, i) => i !== at) });
    setShown({ at: 0, candidate: null });
    if (draft.detectors.length === 1) setFinding(true);
  };

  const save = async () => {
    const found = problemsOf(draft, taken);
    setProblems(found);
    setTold(null);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    setBusy(true);
    try {
      const source = registrationOf(draft);
      const { position } = await decide({ type: 'source.register', source });
      client.setQueryData(['source', source.sourceId], await views.readSource(source.sourceId, position));
      void client.invalidateQueries({ queryKey: ['sources'] });
      announce('done', t(isNew ? 'wizard.added' : 'wizard.saved', { name: source.name }));
      leaving.current = true;
      await navigate({ to: '/sources/$sourceId', params: { sourceId: source.sourceId } });
    } catch (caught) {
      const more = caught instanceof ApiError ? caught.problems.map(({ path, message }) => `${path} ${message}`) : [];
      setTold([sayError(caught, t), ...more].join(' '));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && !busy) void save();
  };
  const step = draft.detectors.length === 0 ? 1 : 2;

  return (
    <div className="wizard" onKeyDown={onKeyDown} data-testid="wizard">
      <div className={finding ? 'wizard-body' : 'wizard-body wizard-two'}>
        <div className="wizard-form">
          <p className="crumbs">
            <Link to="/sources">{t('nav.sources')}</Link> › {isNew ? t('sources.add') : start.name}
          </p>
          <ol className="chain">
            {([1, 2, 3] as const).map((each) => (
              <li
                key={each}
                className={`chain-step${each < step ? ' chain-done' : each === step ? ' chain-due' : ''}`}
                aria-current={each === step ? 'step' : undefined}
              >
                {t(`wizard.step.${each}`)}
              </li>
            ))}
          </ol>
          {remaining.length > 0 && (
            <div ref={summary} className="problems" role="alert" tabIndex={-1}>
              <strong>{t('editor.problems', { n: remaining.length })}</strong>
              <ul>
                {remaining.map(({ field, word }) => (
                  <li key={`${field} ${word}`}>
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
          {finding && (
            <FindStep
              rows={list.rows}
              sourceId={draft.sourceId}
              zone={draft.zone}
              onChoose={choose}
              {...(draft.detectors.length > 0 && { onCancel: () => setFinding(false) })}
            />
          )}
          {draft.detectors.length > 0 && (
            <>
              <fieldset>
                <legend>{t('source.detectors')}</legend>
                {draft.detectors.map((detector, at) => (
                  <DetectorForm
                    key={`${detector.kind} ${String(at)}`}
                    at={at}
                    detector={detector}
                    hooksUrl={`${list.hooksUrl}${draft.sourceId}`}
                    busy={tried.busy}
                    onChange={(next) => setDetector(at, next)}
                    onTry={() => tryAgain(at)}
                    {...(draft.detectors.length > 1 || isNew ? { onRemove: () => remove(at) } : {})}
                  />
                ))}
                {!finding && draft.detectors.length < 5 && (
                  <p>
                    <button type="button" className="link" onClick={() => setFinding(true)} data-testid="add-detector">
                      {t('wizard.addDetector')}
                    </button>{' '}
                    <span className="hint">{t('wizard.addDetectorHint')}</span>
                  </p>
                )}
              </fieldset>
              <Fields draft={draft} isNew={isNew} set={set} />
            </>
          )}
        </div>
        {!finding && (
          <div className="wizard-preview" aria-live="polite">
            <h2>{t('wizard.preview')}</h2>
            {tried.busy ? (
              <Detecting />
            ) : (
              <Shown candidate={shown.candidate} tried={tried} detector={draft.detectors[shown.at]} />
            )}
          </div>
        )}
      </div>
      {draft.detectors.length > 0 && (
        <footer className="actions" data-testid="actions">
          <div className="actions-left">
            <Link
              to={isNew ? '/sources' : '/sources/$sourceId'}
              params={{ sourceId: start.sourceId }}
              className="button"
            >
              {t('app.cancel')}
            </Link>
          </div>
          <span className="actions-text">{t(isNew ? 'wizard.willRead' : 'wizard.willChange')}</span>
          <button
            type="button"
            className="button button-primary"
            disabled={busy || (!isNew && !changed)}
            onClick={() => void save()}
            data-testid="save-source"
          >
            {busy ? t('state.sending') : t('editor.save')} <kbd>Ctrl Enter</kbd>
          </button>
        </footer>
      )}
    </div>
  );
}

/** To the field that something is wrong with, also where it is folded away. */
function goTo(name: string): void {
  const field = document.getElementById(`field-${name}`);
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
}

/** What the chosen way of reading brings, as it was found or as it was tried last. */
function Shown(props: {
  candidate: Candidate | null;
  tried: ReturnType<typeof usePreview>;
  detector: DetectorDraft | undefined;
}): ReactElement {
  const { candidate, tried, detector } = props;
  const t = useWords();
  if (candidate) return <CandidatePreview candidate={candidate} />;
  if (tried.error !== null)
    return (
      <p className="banner banner-refused" role="alert">
        {sayError(tried.error, t)}
      </p>
    );
  const [found] = tried.preview?.candidates ?? [];
  if (found) return <CandidatePreview candidate={found} />;
  if (tried.preview?.trouble) {
    const { code, detail } = tried.preview.trouble;
    return (
      <div className="problem" role="alert">
        <p>
          <TroubleWords code={code} detail={detail} />
        </p>
        <ToDo code={code} />
      </div>
    );
  }
  return <p className="hint">{t(detector && !isPulled(detector) ? 'wizard.previewPush' : 'wizard.previewNone')}</p>;
}

const publisherKinds = ['tax', 'government', 'state_council', 'other'] as const;

/** Whose website it is: what sites owe for it follows from this. */
function PublisherFields(props: {
  publisher: SourceDraft['publisher'];
  onChange: (publisher: SourceDraft['publisher']) => void;
}): ReactElement {
  const { publisher, onChange } = props;
  const t = useWords();
  return (
    <fieldset data-testid="publisher">
      <legend>
        {t('source.publisher')} <small>{t('source.publisherHint')}</small>
      </legend>
      <label className="field">
        <span>{t('source.publisher')}</span>
        <select
          value={publisher.kind}
          onChange={({ target }) => {
            const kind = target.value as SourceDraft['publisher']['kind'];
            onChange({ kind, region: kind === 'state_council' ? nation : publisher.region });
          }}
        >
          <option value="">{t('source.publisherNone')}</option>
          {publisherKinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`source.publisher.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      {publisher.kind !== '' && (
        <RegionField
          id="field-publisher"
          label={t('source.publisherRegion')}
          none={t('region.none')}
          value={publisher.region}
          onChange={(region) => onChange({ ...publisher, region })}
        />
      )}
    </fieldset>
  );
}

function Fields(props: {
  draft: SourceDraft;
  isNew: boolean;
  set: (fields: Partial<SourceDraft>) => void;
}): ReactElement {
  const { draft, isNew, set } = props;
  const t = useWords();
  const { article, detectors } = draft;
  const setArticle = (fields: Partial<SourceDraft['article']>) => set({ article: { ...article, ...fields } });
  const chosen = intervals.includes(draft.pollSeconds) ? intervals : [...intervals, draft.pollSeconds];
  return (
    <>
      <label className="field">
        <span>{t('source.name')}</span>
        <input
          id="field-name"
          value={draft.name}
          maxLength={200}
          placeholder={t('wizard.nameHint')}
          onChange={({ target }) => set({ name: target.value })}
        />
      </label>
      <div className="field-row">
        <label className="field">
          <span>{t('source.column')}</span>
          <input
            id="field-column"
            value={draft.column}
            maxLength={200}
            onChange={({ target }) => set({ column: target.value })}
          />
        </label>
        <label className="field">
          <span>{t('source.level')}</span>
          <select value={draft.level} onChange={({ target }) => set({ level: target.value as SourceDraft['level'] })}>
            {levels.map((level) => (
              <option key={level} value={level}>
                {t(`source.level.${level}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <PublisherFields publisher={draft.publisher} onChange={(publisher) => set({ publisher })} />
      <div className="field-row">
        <label className="field">
          <span>
            {t('source.issuer')} <small>{t('wizard.issuerHint')}</small>
          </span>
          <input value={draft.issuer} maxLength={200} onChange={({ target }) => set({ issuer: target.value })} />
        </label>
        {detectors.some(isPulled) && (
          <label className="field">
            <span>{t('source.interval')}</span>
            <select
              id="field-pollSeconds"
              value={draft.pollSeconds}
              onChange={({ target }) => set({ pollSeconds: Number(target.value) })}
            >
              {chosen.map((seconds) => (
                <option key={seconds} value={seconds}>
                  {seconds < 90 ? t('span.seconds', { n: seconds }) : t('span.minutes', { n: seconds / 60 })}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {detectors.some(({ kind }) => kind === 'feed') && (
        <label className="check">
          <input
            type="checkbox"
            checked={draft.fullText}
            onChange={({ target }) => set({ fullText: target.checked })}
          />{' '}
          {t('wizard.fullText')}
        </label>
      )}
      <details className="more">
        <summary>{t('wizard.more')}</summary>
        <label className="field">
          <span>
            {t('source.id')} <small>{t('wizard.idHint')}</small>
          </span>
          <input
            id="field-sourceId"
            value={draft.sourceId}
            maxLength={64}
            disabled={!isNew}
            onChange={({ target }) => set({ sourceId: target.value.trim() })}
          />
        </label>
        <label className="field">
          <span>
            {t('source.zone')} <small>{t('wizard.zoneHint')}</small>
          </span>
          <input value={draft.zone} maxLength={60} onChange={({ target }) => set({ zone: target.value })} />
        </label>
        <p className="hint">{t('wizard.articleHint')}</p>
        <div className="field-row">
          {(['title', 'body', 'date'] as const).map((part) => (
            <label key={part} className="field">
              <span>{t(`wizard.article.${part}`)}</span>
              <input
                className="code"
                value={article[part]}
                maxLength={300}
                onChange={({ target }) => setArticle({ [part]: target.value })}
              />
            </label>
          ))}
        </div>
      </details>
    </>
  );
}
