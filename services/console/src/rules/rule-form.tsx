import { useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import type { ItemDetail, Rule, RuleField, RulebookView } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { ChooseMany, type Choice } from '../parts/choose-many.tsx';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { ProblemList, type FieldProblem } from '../parts/problem-list.tsx';
import { Pending } from '../parts/states.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useWords } from '../words/index.ts';
import { conditionsInWords } from './condition-words.ts';
import { useRegister } from './register.ts';
import {
  blank,
  conditionDraft,
  draftFrom,
  draftOf,
  isListed,
  ruleOf,
  valuesOf,
  type ConditionDraft,
  type RuleDraft,
} from './rule-draft.ts';
import { lastOrder } from './rule-order.ts';
import { Simulation } from './simulation.tsx';
import { useSimulation } from './use-simulation.ts';
import { useValueWords } from './value-words.ts';

const fields = ['title', 'source', 'column', 'kind', 'document_number', 'issuer', 'level', 'text'] as const;
const ops = ['includes', 'is', 'begins'] as const;
const effects = ['mandatory', 'optional', 'ignore'] as const;
const priorities = ['high', 'normal', 'low'] as const;
const sourceLevels = ['national', 'national-portal', 'province', 'province-portal', 'city-portal'] as const;
const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;

/** A rule that is changed, or a new one, perhaps after an item that none spoke of. */
export function RuleForm({ book, ruleId }: { book: RulebookView; ruleId: string }): ReactElement {
  const { from } = useSearch({ from: '/rules' });
  const [sourceId = '', itemId = ''] = from?.split('/') ?? [];
  const item = useQuery({ ...views.item(sourceId, itemId), enabled: ruleId === 'new' && itemId !== '' });
  const known = book.rules.find((each) => each.ruleId === ruleId);
  if (ruleId !== 'new') return known ? <Form book={book} start={draftOf(known)} known={known} /> : <MissingPage />;
  if (itemId !== '' && !item.data) return <Pending of={item} />;
  return <New book={book} item={item.data} />;
}

function New({ book, item }: { book: RulebookView; item: ItemDetail | undefined }): ReactElement {
  const t = useWords();
  const [start] = useState(() => {
    const ruleId = `rule-${newId().slice(0, 10)}`;
    if (!item) return blank(ruleId, lastOrder(book.rules));
    const draft = draftFrom(item, ruleId, lastOrder(book.rules));
    const kind = draft.conditions.find(({ field }) => field === 'kind')?.chosen[0] as
      | (typeof kinds)[number]
      | undefined;
    const name = t('rule.newName', { source: item.row.sourceName, kind: kind ? t(`rules.kind.${kind}`) : '' });
    return { ...draft, name };
  });
  return <Form book={book} start={start} known={undefined} {...(item && { after: item.row.title })} />;
}

const problemsOf = (draft: RuleDraft, fieldWord: (field: RuleField) => string): FieldProblem[] => [
  ...(draft.name.trim() ? [] : [{ field: 'name', word: 'rules.need.name' as const }]),
  ...draft.conditions.flatMap((condition, at) =>
    valuesOf(condition).length > 0
      ? []
      : [{ field: `value-${at}`, word: 'rules.need.value' as const, values: { field: fieldWord(condition.field) } }],
  ),
  ...(draft.column.trim() ? [] : [{ field: 'column', word: 'rules.need.column' as const }]),
  ...(Number(draft.hours) > 0 && Number(draft.hours) <= 720
    ? []
    : [{ field: 'hours', word: 'rules.need.limit' as const }]),
];

function Form(props: {
  book: RulebookView;
  start: RuleDraft;
  known: Rule | undefined;
  /** The title of the item that it was begun from. */
  after?: string;
}): ReactElement {
  const { book, start: given, known, after } = props;
  const t = useWords();
  const navigate = useNavigate();
  const value = useValueWords();
  const { data: sites } = useQuery(views.sites());
  const { busy, register } = useRegister();
  const simulation = useSimulation();
  const [start] = useState(given);
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const [asking, setAsking] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const rule = ruleOf(draft);
  const change = { rules: [rule] };
  const tried = simulation.tried?.state === 'done' && simulation.tried.of === JSON.stringify(change);
  const set = (more: Partial<RuleDraft>) => {
    setAsking(false);
    setDraft((before) => ({ ...before, ...more }));
  };
  const missing = () => problemsOf(draft, (field) => t(`rule.field.${field}`));
  const ready = () => {
    const found = missing();
    setProblems(found);
    if (found.length > 0) setTimeout(() => summary.current?.focus());
    return found.length === 0;
  };
  const save = async () => {
    if (busy || !ready()) return;
    // What was not tried is not saved by one key.
    if (!tried && !asking) return setAsking(true);
    if (!(await register([{ type: 'rule.register', rule }], t('rules.saved', { name: rule.name })))) return;
    leaving.current = true;
    await navigate({ to: '/rules', search: { tab: 'rules' } });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  const setCondition = (at: number, more: Partial<ConditionDraft>) =>
    set({ conditions: draft.conditions.map((each, i) => (i === at ? { ...each, ...more } : each)) });
  const add = () =>
    set({
      conditions: [...draft.conditions, conditionDraft({ field: 'title', op: 'includes', values: [], not: false })],
    });
  const remaining = problems.filter(({ field }) => missing().some((each) => each.field === field));
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="rule-form">
      <div className="form-body">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/rules" search={{ tab: 'rules' }}>
              {t('rules.tab.rules')}
            </Link>{' '}
            › {known?.name ?? t('rule.add')}
          </p>
          {after && <p className="banner banner-good">{t('rule.fromItem', { title: after })}</p>}
          <ProblemList ref={summary} problems={remaining} />
          <label className="field">
            <span>{t('rules.name')}</span>
            <input
              id="field-name"
              value={draft.name}
              maxLength={200}
              onChange={({ target }) => set({ name: target.value })}
            />
          </label>
          <fieldset className="conditions">
            <legend>{t('rule.allOf')}</legend>
            {draft.conditions.length === 0 && <p className="hint">{t('rule.noConditions')}</p>}
            {draft.conditions.map((condition, at) => (
              <ConditionFields
                key={String(at)}
                at={at}
                condition={condition}
                book={book}
                onChange={(more) => setCondition(at, more)}
                onRemove={() => set({ conditions: draft.conditions.filter((_, i) => i !== at) })}
              />
            ))}
            <p>
              <button type="button" className="link" onClick={add} data-testid="add-condition">
                ＋ {t('rule.addCondition')}
              </button>
            </p>
            {rule.conditions.length > 0 && (
              <p className="hint conditions-said">{conditionsInWords(rule.conditions, t, value)}</p>
            )}
          </fieldset>
          <fieldset>
            <legend>{t('rule.effect')}</legend>
            {effects.map((effect) => (
              <label key={effect} className="check">
                <input
                  type="radio"
                  name="effect"
                  checked={draft.effect === effect}
                  onChange={() => set({ effect })}
                  data-testid={`effect-${effect}`}
                />{' '}
                {t(`rule.effect.${effect}`)} <small>{t(`rule.effectHint.${effect}`)}</small>
              </label>
            ))}
          </fieldset>
          <div className="field-row">
            <label className="field">
              <span>{t('rules.column')}</span>
              <input
                id="field-column"
                value={draft.column}
                maxLength={100}
                onChange={({ target }) => set({ column: target.value })}
              />
            </label>
            <label className="field">
              <span>{t('rules.priority')}</span>
              <select
                value={draft.priority}
                onChange={({ target }) => set({ priority: target.value as Rule['priority'] })}
              >
                {priorities.map((each) => (
                  <option key={each} value={each}>
                    {t(`rules.priority.${each}`)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          {draft.effect === 'mandatory' && (
            <>
              <ChooseMany
                id="field-sites"
                legend={`${t('rule.sitesChoice')}：${draft.sites.length === 0 ? t('rule.sitesByPolicy') : t('rule.sitesOnly')}`}
                choices={(sites?.rows ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }))}
                chosen={draft.sites}
                onChange={(chosen) => set({ sites: chosen })}
              />
              {draft.sites.length > 0 && (
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
              )}
            </>
          )}
          <label className="check">
            <input
              type="checkbox"
              checked={draft.enabled}
              onChange={({ target }) => set({ enabled: target.checked })}
            />{' '}
            {t('rule.isOn')}
          </label>
        </div>
        <div className="form-side">
          <Simulation change={change} simulation={simulation} ready={ready} />
        </div>
      </div>
      {asking ? (
        <ConfirmBar
          text={t('rule.notTried')}
          busy={busy}
          onConfirm={() => void save()}
          onCancel={() => setAsking(false)}
        />
      ) : (
        <footer className="actions" data-testid="actions">
          <div className="actions-left">
            <Link to="/rules" search={{ tab: 'rules' }} className="button">
              {t('app.cancel')}
            </Link>
          </div>
          <span className="actions-text">{t('rule.willSave')}</span>
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
      )}
    </div>
  );
}

/** One condition: what is looked at, how, and for what. */
function ConditionFields(props: {
  at: number;
  condition: ConditionDraft;
  book: RulebookView;
  onChange: (more: Partial<ConditionDraft>) => void;
  onRemove: () => void;
}): ReactElement {
  const { at, condition, book, onChange, onRemove } = props;
  const t = useWords();
  const { field, op, not, text, chosen } = condition;
  const listed = isListed(field);
  const choices: Record<string, Choice[]> = {
    source: book.sources.map(({ sourceId, name }) => ({ value: sourceId, label: name })),
    level: sourceLevels.map((value) => ({ value, label: t(`source.level.${value}`) })),
    kind: kinds.map((value) => ({ value, label: t(`rules.kind.${value}`) })),
  };
  const said = t(`rule.field.${field}`);
  return (
    <div className="condition" data-testid={`condition-${at}`}>
      <select
        aria-label={t('rule.conditions')}
        value={field}
        onChange={({ target }) => onChange({ field: target.value as RuleField, chosen: [] })}
      >
        {fields.map((each) => (
          <option key={each} value={each}>
            {t(`rule.field.${each}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={`${said} ${t('rule.not')}`}
        value={`${not ? 'not' : 'op'}.${listed ? 'is' : op}`}
        onChange={({ target }) => {
          const [way, name] = target.value.split('.');
          onChange({ not: way === 'not', op: name as ConditionDraft['op'] });
        }}
      >
        {(['op', 'not'] as const).flatMap((way) =>
          (listed ? (['is'] as const) : ops).map((each) => (
            <option key={`${way}.${each}`} value={`${way}.${each}`}>
              {t(`rule.${way}.${each}`)}
            </option>
          )),
        )}
      </select>
      {listed ? (
        <ChooseMany
          id={`field-value-${at}`}
          legend={said}
          choices={choices[field] ?? []}
          chosen={chosen}
          onChange={(values) => onChange({ chosen: values })}
        />
      ) : (
        <input
          id={`field-value-${at}`}
          aria-label={`${said} ${t('rule.values')}`}
          placeholder={t('rule.valuesHint')}
          value={text}
          maxLength={2_000}
          onChange={({ target }) => onChange({ text: target.value })}
        />
      )}
      <button type="button" className="link" onClick={onRemove} aria-label={`${t('rule.removeCondition')} ${said}`}>
        {t('rule.removeCondition')}
      </button>
    </div>
  );
}
