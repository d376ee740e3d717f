import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { chainStep, signingRole, type Act, type Chain, type RulebookView } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { newId } from '../api/client.ts';
import { sites as sitesView } from '../api/views.ts';
import { ChooseMany } from '../parts/choose-many.tsx';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useWords } from '../words/index.ts';
import { chainPresets, chainProblems, inOrder, mostActs, type ChainDraft, type ChainPreset } from './chain-draft.ts';
import { ChainInWords } from './chain-words.tsx';
import { useRegister } from './register.ts';

const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;
const blank = (): ChainDraft => ({
  chainId: `chain-${newId().slice(0, 10)}`,
  name: '',
  sites: [],
  kinds: [],
  acts: chainPresets.two,
  enabled: true,
});

/** A review chain: who signs what, one after another. */
export function ChainForm({ book, chainId }: { book: RulebookView; chainId: string }): ReactElement {
  const known = book.chains.find((each) => each.chainId === chainId);
  if (chainId !== 'new' && !known) return <MissingPage />;
  return <Form known={known} />;
}

function Form({ known }: { known: Chain | undefined }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const { data: sites } = useQuery(sitesView());
  const { busy, register } = useRegister();
  const [start] = useState<ChainDraft>(() => known ?? blank());
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const set = (fields: Partial<ChainDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const setAct = (at: number, fields: Partial<Act>) =>
    set({ acts: draft.acts.map((act, i) => (i === at ? { ...act, ...fields } : act)) });
  const save = async () => {
    if (busy) return;
    const found = chainProblems(draft);
    setProblems(found);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    const chain = { ...draft, name: draft.name.trim() };
    if (!(await register([{ type: 'chain.register', chain }], t('rules.saved', { name: chain.name })))) return;
    leaving.current = true;
    await navigate({ to: '/rules', search: { tab: 'chains' } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  const still = chainProblems(draft);
  const offered = Object.keys(chainPresets) as ChainPreset[];
  const isOffered = (preset: ChainPreset) => JSON.stringify(draft.acts) === JSON.stringify(chainPresets[preset]);
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="chain-form">
      <div className="form-body">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/rules" search={{ tab: 'chains' }}>
              {t('rules.tab.chains')}
            </Link>{' '}
            › {known?.name ?? t('chains.add')}
          </p>
          <ProblemList
            ref={summary}
            problems={problems.filter(({ word }) => still.some((each) => each.word === word))}
          />
          <fieldset>
            <legend>{t('chains.preset')}</legend>
            <div className="chips">
              {offered.map((preset) => (
                <button
                  key={preset}
                  type="button"
                  className={isOffered(preset) ? 'chip chip-here' : 'chip'}
                  aria-pressed={isOffered(preset)}
                  onClick={() => set({ acts: chainPresets[preset], name: draft.name || t(`chains.preset.${preset}`) })}
                  data-testid={`preset-${preset}`}
                >
                  {t(`chains.preset.${preset}`)}
                </button>
              ))}
            </div>
          </fieldset>
          <label className="field">
            <span>{t('rules.name')}</span>
            <input
              id="field-name"
              value={draft.name}
              maxLength={200}
              onChange={({ target }) => set({ name: target.value })}
            />
          </label>
          {draft.acts.map((act, at) => (
            <section key={String(at)} className="act" id={`field-act-${at}`} tabIndex={-1} data-testid="act">
              <h2 className="act-head">
                {t('chains.nth', { n: at + 1 })}
                {draft.acts.length > 1 && (
                  <button
                    type="button"
                    className="link"
                    onClick={() => set({ acts: draft.acts.filter((_, i) => i !== at) })}
                  >
                    {t('chains.removeAct')}
                  </button>
                )}
              </h2>
              <div className="act-fields">
                <ChooseMany
                  id={`field-steps-${at}`}
                  legend={t('chains.steps')}
                  choices={chainStep.options.map((value) => ({ value, label: t(`review.step.${value}`) }))}
                  chosen={act.steps}
                  onChange={(chosen) => setAct(at, { steps: inOrder(chosen) })}
                />
                <ChooseMany
                  id={`field-roles-${at}`}
                  legend={t('chains.roles')}
                  choices={signingRole.options.map((value) => ({ value, label: t(`review.role.${value}`) }))}
                  chosen={act.roles}
                  onChange={(chosen) => setAct(at, { roles: chosen as Act['roles'] })}
                />
              </div>
            </section>
          ))}
          {draft.acts.length < mostActs && (
            <button
              type="button"
              className="button"
              onClick={() => set({ acts: [...draft.acts, { steps: [], roles: [] }] })}
            >
              {t('chains.addAct')}
            </button>
          )}
          <details className="more" open={known !== undefined}>
            <summary>{t('chains.narrow')}</summary>
            <ChooseMany
              id="field-kinds"
              legend={t('rules.kinds')}
              choices={kinds.map((value) => ({ value, label: t(`rules.kind.${value}`) }))}
              chosen={draft.kinds}
              onChange={(chosen) => set({ kinds: chosen as Chain['kinds'] })}
            />
            <ChooseMany
              id="field-sites"
              legend={t('rules.sites')}
              choices={(sites?.rows ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }))}
              chosen={draft.sites}
              onChange={(chosen) => set({ sites: chosen })}
            />
          </details>
        </div>
        <div className="form-side">
          <h2 className="act-head">{t('chains.means')}</h2>
          <ChainInWords acts={draft.acts} />
          <p className="hint">{t('chains.people')}</p>
          <p className="hint">{t('chains.secret')}</p>
          <p className="hint">{t('chains.running')}</p>
          <p className="hint">{t('chains.closest')}</p>
        </div>
      </div>
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <Link to="/rules" search={{ tab: 'chains' }} className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text">{t('chains.willSave')}</span>
        <button
          type="button"
          className="button button-primary"
          disabled={busy || (known !== undefined && !changed)}
          onClick={() => void save()}
          data-testid="save"
        >
          {busy ? t('state.sending') : t('rules.save')} <kbd>Ctrl Enter</kbd>
        </button>
      </footer>
    </div>
  );
}
