import type { Binding, RoutingEvent, RoutingRecord } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { useLimit } from '../parts/limit-words.ts';
import { useValueWords } from '../rules/value-words.ts';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';

type Decided = Extract<RoutingEvent, { type: 'routing.decided' }>;
type Assigned = Extract<RoutingEvent, { type: 'routing.assigned' }>;

/** Why an item is owed by whom, or by nobody: every decision, with the rule and the words that led to it. */
export function DecisionRecord({ routing }: { routing: RoutingRecord }): ReactElement {
  const t = useWords();
  const decided = routing.filter((event): event is Decided => event.type === 'routing.decided');
  const assigned = routing.filter((event): event is Assigned => event.type === 'routing.assigned');
  const overdue = routing.findLast((event) => event.type === 'routing.overdue');
  const last = decided.at(-1);
  const person = assigned.at(-1);
  if (!last) return <p className="hint">{t('decision.none')}</p>;
  return (
    <div className="decision" data-testid="decision" data-effect={person?.effect ?? last.effect}>
      {[...assigned].reverse().map((each) => (
        <Person key={each.assignedAt} assigned={each} />
      ))}
      {!person && overdue && <p className="banner">{t('decision.overdue', { time: minute(overdue.fellDueAt) })}</p>}
      <Rules decided={last} />
      {decided.length > 1 && (
        <details className="more">
          <summary>{t('decision.earlier', { n: decided.length - 1 })}</summary>
          {decided
            .slice(0, -1)
            .reverse()
            .map((each) => (
              <Rules key={each.decidedAt} decided={each} />
            ))}
        </details>
      )}
    </div>
  );
}

/** What a person decided, and why. */
function Person({ assigned }: { assigned: Assigned }): ReactElement {
  const t = useWords();
  const { byName: name, assignedAt, effect, reason, bindings } = assigned;
  return (
    <div className="decision-person">
      <p>
        <span className={`tag tag-effect-${effect}`}>{t(`rule.effect.${effect}`)}</span>{' '}
        {t('decision.byPerson', { name, time: precise(assignedAt), effect: t(`rule.effect.${effect}`) })}
      </p>
      <p className="hint">{t('decision.reason', { reason })}</p>
      <Bound bindings={bindings} />
    </div>
  );
}

/** What the rules said: which one decided and by which words, and which were asked before. */
function Rules({ decided }: { decided: Decided }): ReactElement {
  const t = useWords();
  const value = useValueWords();
  const { effect, rule, matched, tried, bindings, decidedAt, basis, startsAt } = decided;
  const unbound = effect === 'unrouted' && rule;
  return (
    <div className="decision-rules">
      <p>
        <span className={`tag tag-effect-${effect}`}>{t(`rule.effect.${effect}`)}</span>{' '}
        {unbound
          ? t('decision.nobodyBound', { rule: rule.name })
          : rule
            ? t('decision.byRule', { rule: rule.name })
            : t('decision.byNobody')}{' '}
        <span className="hint">{t('decision.at', { time: precise(decidedAt) })}</span>
      </p>
      {matched.length > 0 && (
        <ul className="decision-list">
          {matched.map(({ field, value: met, found }) => (
            <li key={`${field} ${met}`}>
              {t(found ? 'decision.matchedWord' : 'decision.matchedNot', {
                field: t(`rule.field.${field}`),
                value: value(field, met),
              })}
              {found && found !== met && <q className="quoted">{found}</q>}
            </li>
          ))}
        </ul>
      )}
      {effect === 'mandatory' && <p className="hint">{t(`decision.basis.${basis}`, { time: minute(startsAt) })}</p>}
      <Bound bindings={bindings} />
      {tried.length > 0 && (
        <details className="more" open={effect === 'unrouted'}>
          <summary>{t('decision.tried', { n: tried.length })}</summary>
          <ol className="decision-list" data-testid="tried">
            {tried.map(({ ruleId, name, failed }) => (
              <li key={ruleId}>
                {name} <span className="hint">{t('decision.failed', { field: t(`rule.field.${failed}`) })}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

/** Which sites owe it, by which clause, and within which limit. */
function Bound({ bindings }: { bindings: Binding[] }): ReactElement | null {
  const t = useWords();
  const limit = useLimit();
  const siteName = useSiteName();
  if (bindings.length === 0) return null;
  return (
    <ul className="decision-bound" aria-label={t('decision.bound')}>
      {bindings.map(({ policy, because, target, limit: within, sites }, i) => (
        <li key={`${policy?.policyId ?? 'person'} ${String(i)}`}>
          <p>
            <strong>{limit(within)}</strong> {sites.map(siteName).join('、')}
            {target !== 'site' && <span className="tag">{t(`policies.target.${target}`)}</span>}
          </p>
          <p className="hint">
            {because}
            {policy && `；${policy.name}（${policy.basis}）`}
          </p>
        </li>
      ))}
    </ul>
  );
}
