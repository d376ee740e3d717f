import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { sites as allSites } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { useWords } from '../words/index.ts';
import { conditionNames, conditions, type Asked, type Condition, type QueueSearch } from './asked.ts';
import { useActive, useChoices, useConditionWords } from './condition-words.ts';

type Draft = { [N in Condition]?: string | undefined };

/** The address without what a filter sets, and without the task that was on the screen. */
function without(search: QueueSearch, names: readonly Condition[]): QueueSearch {
  const { task: _task, ...rest } = search;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !names.includes(name as Condition)));
}

/** Finding in the queue: words at once, the other conditions behind a button, and all that is set in sight. */
export function QueueFilterBar({ asked, search }: { asked: Asked; search: QueueSearch }): ReactElement {
  const t = useWords();
  const [open, setOpen] = useState(false);
  const { view, filter } = asked;
  const active = useActive(view, filter);
  const field = useRef<HTMLInputElement>(null);
  const navigate = useNavigate({ from: '/reposts' });
  useShortcuts([{ keys: ['/'], says: 'queue.searchKey', group: 'keys.list', run: () => field.current?.select() }]);
  // What was typed but not asked for ends with the filter that it was typed into.
  const [draft, setDraft] = useState<Draft>(filter);
  useEffect(() => setDraft(filter), [filter]);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.entries(draft).filter(([, value]) => value?.trim());
    void navigate({ search: { ...without(search, conditionNames), ...Object.fromEntries(given) } });
    field.current?.blur();
  };
  return (
    <form className="queue-filter" role="search" onSubmit={ask} data-testid="queue-filter">
      <div className="queue-find">
        <input
          ref={field}
          type="search"
          className="queue-words"
          aria-label={t('queue.search')}
          placeholder={t('queue.search')}
          maxLength={200}
          value={draft.q ?? ''}
          onChange={({ target: { value: q } }) => setDraft({ ...draft, q })}
          onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
        />
        <kbd>/</kbd>
        {!open && (
          <button type="submit" className="button button-small">
            {t('queue.find')}
          </button>
        )}
        <button
          type="button"
          className="button button-small"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          data-testid="queue-filter-open"
        >
          {t('queue.filter')} {open ? '▴' : '▾'}
        </button>
        {active.length > 0 && (
          <ul className="queue-chips" aria-label={t('queue.active')}>
            {active.map(({ name, says }) => (
              <li key={name}>
                <Link
                  from="/reposts"
                  to="/reposts"
                  search={without(search, [name])}
                  className="chip chip-here"
                  aria-label={t('queue.drop', { name: says })}
                  data-testid={`chip-${name}`}
                >
                  {says} <span aria-hidden>✕</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
        {active.length > 0 && (
          <Link from="/reposts" to="/reposts" search={without(search, conditionNames)} data-testid="queue-reset">
            {t('queue.reset')}
          </Link>
        )}
      </div>
      {open && (
        <fieldset className="queue-conditions">
          <legend className="unseen">{t('queue.filters')}</legend>
          {conditionNames
            .filter((name) => name !== 'q')
            .map((name) => (
              <ConditionField
                key={name}
                name={name}
                asked={asked}
                value={draft[name] ?? ''}
                onChange={(value) => setDraft({ ...draft, [name]: value })}
              />
            ))}
          <span className="queue-ask">
            <button type="submit" className="button button-small button-primary">
              {t('queue.find')}
            </button>
            <button
              type="button"
              className="button button-small"
              onClick={() => void navigate({ search: without(search, conditionNames) })}
            >
              {t('queue.reset')}
            </button>
          </span>
        </fieldset>
      )}
    </form>
  );
}

function ConditionField(props: {
  name: Condition;
  asked: Asked;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  const { name, asked, value, onChange } = props;
  const t = useWords();
  const inWords = useConditionWords(asked.view);
  const choices = useChoices(asked.view);
  const { data: sites } = useQuery(allSites());
  const values: readonly string[] | null = conditions[name];
  const options = values
    ? values.map((each) => ({ value: each, says: inWords(name, each) }))
    : name === 'site'
      ? (sites?.rows ?? []).map(({ siteId, name: says }) => ({ value: siteId, says }))
      : (choices?.[name === 'source' ? 'sources' : 'columns'] ?? []).map((each) => ({
          value: each.value,
          says: `${each.name}（${each.tasks}）`,
        }));
  // What an address names stays chosen, also when no task has it now.
  const shown = value === '' || options.some((each) => each.value === value);
  return (
    <label className="queue-condition">
      <span>{t(`queue.by.${name}`)}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)} data-testid={`by-${name}`}>
        <option value="">{t('queue.any')}</option>
        {!shown && <option value={value}>{inWords(name, value)}</option>}
        {options.map((each) => (
          <option key={each.value} value={each.value}>
            {each.says}
          </option>
        ))}
      </select>
    </label>
  );
}
