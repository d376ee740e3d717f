import { useQuery, useQueryClient } from '@tanstack/react-query';
import { means, occasionInstead, type Ladder, type Means, type Occasion, type Whom } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { alarmMeans, dutyPeople, ladders } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { sites } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { DutyTabs } from './tabs.tsx';

const occasions: readonly Occasion[] = [
  'share_50',
  'share_75',
  'share_90',
  'share_100',
  'source',
  'delivery_lost',
  'credential',
  'page',
  'linked',
  'incident',
  'handover',
];
const allMeans = means.options;
/** What always stands there; a robot's group only where one is registered, or was when the step was written. */
const usualMeans: ReadonlySet<Means> = new Set(['console', 'email', 'webhook', 'sms']);
const roles = ['duty', 'substitute', 'editors', 'managers'] as const;

type Step = Ladder['steps'][number];

/** Who is told of what, in which order: the ladder for all sites, or a site's own. */
export function LadderPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const known = useQuery(ladders());
  const { data: siteList } = useQuery(sites());
  const [chosen, setChosen] = useState<string | null>(null);
  const site = chosen ?? (me.sites.includes('*') ? '*' : (siteList?.rows[0]?.siteId ?? '*'));
  const rows = known.data?.rows ?? [];
  const own = rows.find((each) => each.site === site);
  const shared = rows.find((each) => each.site === '*');
  return (
    <div className="page" data-testid="ladder-page">
      <div className="page-bar">
        <DutyTabs here="/duty/ladder" />
        <span className="top-space" />
        <label className="roster-site">
          {t('roster.site')}{' '}
          <select value={site} onChange={({ target }) => setChosen(target.value)}>
            <option value="*">{t('roster.allSites')}</option>
            {siteList?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="hint">
        {t('ladder.hint')} {site !== '*' && t(own ? 'ladder.own' : 'ladder.shared')}
      </p>
      <Pending of={known} />
      {known.data && (
        <LadderEditor
          key={`${site} ${JSON.stringify(own ?? shared)}`}
          site={site}
          steps={(own ?? shared)?.steps ?? []}
          mayEdit={hasRole(me, 'manager', 'admin')}
        />
      )}
    </div>
  );
}

const minutesOf = (within: string): number => {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(within);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (found ?? []).slice(1).map((each) => Number(each ?? 0));
  return days * 1_440 + hours * 60 + minutes + Math.ceil(seconds / 60);
};

function LadderEditor(props: { site: string; steps: readonly Step[]; mayEdit: boolean }): ReactElement {
  const { site, mayEdit } = props;
  const t = useWords();
  const client = useQueryClient();
  const siteName = useSiteName();
  const { data: people } = useQuery(dutyPeople());
  const { data: registered } = useQuery(alarmMeans());
  const serves = (by: Means) =>
    registered?.rows.some((row) => row.kind === by && !row.disabled && (row.site === '*' || row.site === site)) ??
    false;
  const meansFor = (step: Step) => allMeans.filter((by) => usualMeans.has(by) || serves(by) || step.by.includes(by));
  const [steps, setSteps] = useState<readonly Step[]>(props.steps);
  const [busy, setBusy] = useState(false);
  const change = (step: Step, more: Partial<Step>) =>
    setSteps(steps.map((each) => (each === step ? { ...each, ...more } : each)));
  const remove = (step: Step) => setSteps(steps.filter((each) => each !== step));
  const add = (on: Occasion) => setSteps([...steps, { on, whom: 'duty', by: ['console'], within: 'PT15M' }]);
  const moveUp = (step: Step) => {
    const before = steps.filter(({ on }) => on === step.on);
    const other = before[before.indexOf(step) - 1];
    if (other) setSteps(steps.map((each) => (each === step ? other : each === other ? step : each)));
  };
  const whomOf = (value: string): Whom => {
    const role = roles.find((each) => each === value);
    const person = people?.rows.find(({ personId }) => personId === value);
    return role ?? { personId: value, ...(person && { name: person.name }) };
  };
  const complete = steps.every(({ by, within }) => by.length > 0 && minutesOf(within) > 0);
  const save = async () => {
    if (busy || !complete) return;
    setBusy(true);
    const name = t('ladder.name', { site: site === '*' ? t('roster.allSites') : siteName(site) });
    try {
      await decide({ type: 'ladder.register', ladder: { site, name, steps } });
      announce('done', t('ladder.saved'));
      for (const queryKey of [['ladders'], ['duty-now']]) void client.invalidateQueries({ queryKey });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  return (
    <fieldset className="ladder" disabled={!mayEdit} onKeyDown={onKeyDown}>
      <legend className="hint">{!mayEdit && t('ladder.readOnly')}</legend>
      {occasions.map((on) => {
        const mine = steps.filter((step) => step.on === on);
        const instead = occasionInstead[on];
        return (
          <section key={on} className="ladder-occasion" aria-labelledby={`on-${on}`} data-testid={`ladder-${on}`}>
            <h2 className="duty-heading" id={`on-${on}`}>
              {t(`ladder.on.${on}`)}{' '}
              {mine.length === 0 && (
                <small>{instead ? t('ladder.asFor', { on: t(`ladder.on.${instead}`) }) : t('ladder.none')}</small>
              )}
            </h2>
            <ol>
              {mine.map((step, i) => (
                <li key={`${on}-${i}`} className="ladder-step">
                  <strong>{t('ladder.level', { n: i + 1 })}</strong>
                  <select
                    aria-label={t('ladder.whom')}
                    value={typeof step.whom === 'string' ? step.whom : step.whom.personId}
                    onChange={({ target }) => change(step, { whom: whomOf(target.value) })}
                  >
                    {roles.map((role) => (
                      <option key={role} value={role}>
                        {t(`whom.${role}`)}
                      </option>
                    ))}
                    {people?.rows.map(({ personId, name }) => (
                      <option key={personId} value={personId}>
                        {name}
                      </option>
                    ))}
                  </select>
                  <span role="group" aria-label={t('ladder.by')} className="ladder-means">
                    {meansFor(step).map((by) => (
                      <label key={by} className="check">
                        <input
                          type="checkbox"
                          checked={step.by.includes(by)}
                          onChange={({ target }) =>
                            change(step, {
                              by: allMeans.filter((each) => (each === by ? target.checked : step.by.includes(each))),
                            })
                          }
                        />{' '}
                        {t(`alarm.by.${by}`)}
                      </label>
                    ))}
                  </span>
                  <label className="ladder-within">
                    {t('ladder.within')}{' '}
                    <input
                      type="number"
                      min={1}
                      max={1440}
                      value={minutesOf(step.within) || ''}
                      onChange={({ target }) => change(step, { within: `PT${Math.floor(Number(target.value) || 0)}M` })}
                    />
                  </label>
                  {mayEdit && (
                    <>
                      <button
                        type="button"
                        className="button button-small"
                        disabled={i === 0}
                        onClick={() => moveUp(step)}
                      >
                        {t('ladder.up')}
                      </button>
                      <button type="button" className="button button-small" onClick={() => remove(step)}>
                        {t('ladder.remove')}
                      </button>
                    </>
                  )}
                </li>
              ))}
            </ol>
            {mayEdit && (
              <button type="button" className="button button-small" onClick={() => add(on)}>
                {t('ladder.add')}
              </button>
            )}
          </section>
        );
      })}
      {mayEdit && (
        <button
          type="button"
          className="button button-primary"
          disabled={busy || !complete}
          onClick={() => void save()}
          data-testid="save-ladder"
        >
          {t('ladder.save')} <kbd>Ctrl Enter</kbd>
        </button>
      )}
    </fieldset>
  );
}
