import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { rulebook } from '../api/views.ts';
import { Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { ChainForm } from './chain-form.tsx';
import { ChainsTab } from './chains-tab.tsx';
import { MatrixTab } from './matrix-tab.tsx';
import { PoliciesTab } from './policies-tab.tsx';
import { PolicyForm } from './policy-form.tsx';
import { RuleForm } from './rule-form.tsx';
import { RulesTab } from './rules-tab.tsx';

const tabs = ['policies', 'matrix', 'rules', 'chains'] as const;

/** What judges items: who owes what by which clause, what follows from it, what becomes of an item, and who signs it. */
export function RulesPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const { tab = 'policies', edit } = useSearch({ from: '/rules' });
  const answer = useQuery(rulebook());
  const { data: book } = answer;
  const mayEdit = hasRole(me, 'admin');
  if (book && edit && mayEdit && tab !== 'matrix') {
    if (tab === 'chains') return <ChainForm key={edit} book={book} chainId={edit} />;
    return tab === 'policies' ? (
      <PolicyForm key={edit} book={book} policyId={edit} />
    ) : (
      <RuleForm key={edit} book={book} ruleId={edit} />
    );
  }
  return (
    <div className="rules">
      <div className="queue-bar no-print">
        <nav className="tabs" aria-label={t('nav.rules')}>
          {tabs.map((each) => (
            <Link
              key={each}
              to="/rules"
              search={each === 'policies' ? {} : { tab: each }}
              className={each === tab ? 'tab tab-here' : 'tab'}
              aria-current={each === tab ? 'page' : undefined}
            >
              {t(`rules.tab.${each}`)}
            </Link>
          ))}
        </nav>
        <span className="top-space" />
        {!mayEdit && <span className="hint">{t('rules.readOnly')}</span>}
      </div>
      <Pending of={answer} />
      {book && tab === 'policies' && <PoliciesTab book={book} mayEdit={mayEdit} />}
      {book && tab === 'matrix' && <MatrixTab book={book} mayEdit={mayEdit} />}
      {book && tab === 'chains' && <ChainsTab book={book} mayEdit={mayEdit} />}
      {book && tab === 'rules' && <RulesTab book={book} mayEdit={mayEdit} />}
    </div>
  );
}
