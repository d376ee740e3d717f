import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { usualRetractLimit, type Policy, type RulebookView } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { newId } from '../api/client.ts';
import { sites as sitesView } from '../api/views.ts';
import { ChooseMany } from '../parts/choose-many.tsx';
import { hoursOf, limitOf } from '../parts/limit.ts';
import { listOf } from '../parts/list-of.ts';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useWords } from '../words/index.ts';
import { presets, type Preset } from './presets.ts';
import { useRegister } from './register.ts';
import { Simulation } from './simulation.tsx';
import { useSimulation } from './use-simulation.ts';

const relations = ['superior_tax', 'same_level_government', 'superior_government', 'state_council', 'any'] as const;
const targets = ['site', 'weibo', 'wechat'] as const;
const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;
const levels = ['national', 'province', 'city'] as const;

type Draft = Omit<Policy, 'limit' | 'retractLimit' | 'columns'> & {
  hours: string;
  retractHours: string;
  columns: string;
};

const draftOf = ({ limit, retractLimit = usualRetractLimit, columns, ...policy }: Policy): Draft => ({
  ...policy,
  hours: String(hoursOf(limit)),
  retractHours: String(hoursOf(retractLimit)),
  columns: columns.join('、'),
});
const policyOf = ({ hours, retractHours, columns, ...draft }: Draft): Policy => ({
  ...draft,
  name: draft.name.trim(),
  basis: draft.basis.trim(),
  limit: limitOf(Number(hours)),
  retractLimit: limitOf(Number(retractHours)),
  columns: listOf(columns),
});
const blank = (): Draft => ({
  policyId: `policy-${newId().slice(0, 10)}`,
  name: '',
  basis: '',
  publisher: 'superior_tax',
  sources: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  enabled: true,
  hours: '12',
  retractHours: String(hoursOf(usualRetractLimit)),
  columns: '',
});

const isLimit = (hours: string) => Number(hours) > 0 && Number(hours) <= 720;
const problemsOf = ({ name, basis, hours, retractHours }: Draft): FieldProblem[] => [
  ...(name.trim() ? [] : [{ field: 'name', word: 'rules.need.name' as const }]),
  ...(basis.trim() ? [] : [{ field: 'basis', word: 'rules.need.basis' as const }]),
  ...(isLimit(hours) ? [] : [{ field: 'hours', word: 'rules.need.limit' as const }]),
  ...(isLimit(retractHours) ? [] : [{ field: 'retract-hours', word: 'policies.need.retractLimit' as const }]),
];

/** An obligation policy, from a ready-made clause or written by hand. */
export function PolicyForm({ book, policyId }: { book: RulebookView; policyId: string }): ReactElement {
  const known = book.policies.find((each) => each.policyId === policyId);
  if (policyId !== 'new' && !known) return <MissingPage />;
  return <Form book={book} known={known} />;
}

function Form({ book, known }: { book: RulebookView; known: Policy | undefined }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const { data: sites } = useQuery(sitesView());
  const { busy, register } = useRegister();
  const simulation = useSimulation();
  const [start] = useState(() => (known ? draftOf(known) : blank()));
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const set = (fields: Partial<Draft>) => setDraft((before) => ({ ...before, ...fields }));
  const ready = () => {
    const found = problemsOf(draft);
    setProblems(found);
    if (found.length > 0) setTimeout(() => summary.current?.focus());
    return found.length === 0;
  };
  const save = async () => {
    if (busy || !ready()) return;
    const policy = policyOf(draft);
    if (!(await register([{ type: 'policy.register', policy }], t('rules.saved', { name: policy.name })))) return;
    leaving.current = true;
    await navigate({ to: '/rules' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="policy-form">
      <div className="form-body">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/rules">{t('rules.tab.policies')}</Link> › {known?.name ?? t('policies.add')}
          </p>
          <ProblemList
            ref={summary}
            problems={problems.filter(({ field }) => problemsOf(draft).some((each) => each.field === field))}
          />
          {!known && (
            <fieldset>
              <legend>{t('policies.preset')}</legend>
              <div className="chips">
                {(Object.keys(presets) as Preset[]).map((preset) => (
                  <button
                    key={preset}
                    type="button"
                    className={draft.name === presets[preset].name ? 'chip chip-here' : 'chip'}
                    aria-pressed={draft.name === presets[preset].name}
                    onClick={() => {
                      const { limit, ...clause } = presets[preset];
                      set({ ...clause, hours: String(hoursOf(limit)) });
                    }}
                    data-testid={`preset-${preset}`}
                  >
                    {t(`policies.preset.${preset}`)}
                  </button>
                ))}
              </div>
            </fieldset>
          )}
          <label className="field">
            <span>{t('rules.name')}</span>
            <input
              id="field-name"
              value={draft.name}
              maxLength={200}
              onChange={({ target }) => set({ name: target.value })}
            />
          </label>
          <label className="field">
            <span>
              {t('policies.basis')} <small>{t('policies.basisHint')}</small>
            </span>
            <input
              id="field-basis"
              value={draft.basis}
              maxLength={300}
              onChange={({ target }) => set({ basis: target.value })}
            />
          </label>
          <div className="field-row">
            <label className="field field-wide">
              <span>
                {t('policies.publisher')} <small>{t('policies.relationHint')}</small>
              </span>
              <select
                value={draft.publisher}
                onChange={({ target }) => set({ publisher: target.value as Policy['publisher'] })}
              >
                {relations.map((each) => (
                  <option key={each} value={each}>
                    {t(`policies.relation.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t('policies.target')}</span>
              <select value={draft.target} onChange={({ target }) => set({ target: target.value as Policy['target'] })}>
                {targets.map((each) => (
                  <option key={each} value={each}>
                    {t(`policies.target.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label className="field">
              <span>{t('rules.limitHours')}</span>
              <input
                id="field-hours"
                type="number"
                min="0.25"
                max="720"
                step="any"
                value={draft.hours}
                onChange={({ target }) => set({ hours: target.value })}
              />
            </label>
            <label className="field">
              <span>{t('policies.retractHours')}</span>
              <input
                id="field-retract-hours"
                type="number"
                min="0.25"
                max="720"
                step="any"
                value={draft.retractHours}
                onChange={({ target }) => set({ retractHours: target.value })}
              />
            </label>
          </div>
          <details className="more" open={known !== undefined}>
            <summary>{t('policies.narrow')}</summary>
            <ChooseMany
              id="field-levels"
              legend={t('rules.levels')}
              choices={levels.map((value) => ({ value, label: t(`rules.level.${value}`) }))}
              chosen={draft.levels}
              onChange={(chosen) => set({ levels: chosen as Policy['levels'] })}
            />
            <ChooseMany
              id="field-kinds"
              legend={t('rules.kinds')}
              choices={kinds.map((value) => ({ value, label: t(`rules.kind.${value}`) }))}
              chosen={draft.kinds}
              onChange={(chosen) => set({ kinds: chosen as Policy['kinds'] })}
            />
            <label className="field">
              <span>
                {t('rules.columns')} <small>{t('rules.listHint')}</small>
              </span>
              <input value={draft.columns} maxLength={500} onChange={({ target }) => set({ columns: target.value })} />
            </label>
            <ChooseMany
              id="field-sources"
              legend={t('rules.sources')}
              choices={book.sources.map(({ sourceId, name }) => ({ value: sourceId, label: name }))}
              chosen={draft.sources}
              onChange={(chosen) => set({ sources: chosen })}
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
          <Simulation change={{ policies: [policyOf(draft)] }} simulation={simulation} ready={ready} />
        </div>
      </div>
      <footer className="actions" data-testid="actions">
        <div className="actions-left">
          <Link to="/rules" className="button">
            {t('app.cancel')}
          </Link>
        </div>
        <span className="actions-text">{t('policies.willSave')}</span>
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
