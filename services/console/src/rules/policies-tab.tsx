import { Link, useNavigate } from '@tanstack/react-router';
import type { Policy, RulebookView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { useLimit } from '../parts/limit-words.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { History } from './history.tsx';
import { useRegister } from './register.ts';
import { useSourceName } from './value-words.ts';

/** The obligation policies: who must repost whose publications, within which limit, by which clause. */
export function PoliciesTab({ book, mayEdit }: { book: RulebookView; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const limit = useLimit();
  const { busy, register } = useRegister();
  const [turning, setTurning] = useState<Policy | null>(null);
  const [history, setHistory] = useState<Policy | null>(null);
  const policies = [...book.policies].sort((a, b) => (a.policyId < b.policyId ? -1 : 1));
  const edit = (policyId: string) => void navigate({ to: '/rules', search: { tab: 'policies', edit: policyId } });
  const chosen = useRowKeys(policies.length, (at) => {
    const policy = policies[at];
    if (policy && mayEdit) edit(policy.policyId);
    else if (policy) setHistory(policy);
  });
  useShortcuts(mayEdit ? [{ keys: ['c'], says: 'policies.add', group: 'keys.list', run: () => edit('new') }] : []);
  const turn = async (policy: Policy) => {
    const enabled = !policy.enabled;
    const said = t(enabled ? 'rules.turnedOn' : 'rules.turnedOff', { name: policy.name });
    await register([{ type: 'policy.register', policy: { ...policy, enabled } }], said);
    // Meanwhile the next one may have been asked for.
    setTurning((now) => (now === policy ? null : now));
  };
  return (
    <>
      <div className="page rules-scroll">
        {mayEdit && (
          <div className="page-bar">
            <span className="top-space" />
            <Link
              to="/rules"
              search={{ tab: 'policies', edit: 'new' }}
              className="button button-primary"
              data-testid="add-policy"
            >
              {t('policies.add')} <kbd>C</kbd>
            </Link>
          </div>
        )}
        {policies.length === 0 && <Empty title={t('policies.empty')}>{t('policies.emptyHint')}</Empty>}
        {policies.length > 0 && (
          <table className="table" data-testid="policies">
            <thead>
              <tr>
                <th>{t('rules.state')}</th>
                <th>{t('rules.name')}</th>
                <th>{t('policies.publisher')}</th>
                <th>{t('policies.narrowed')}</th>
                <th>{t('policies.target')}</th>
                <th>{t('rules.limit')}</th>
                <th>
                  <span className="unseen">{t('rules.edit')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {policies.map((policy, at) => (
                <tr key={policy.policyId} aria-selected={at === chosen} data-testid="policy">
                  <td className="cell-tag">
                    <OnTag on={policy.enabled} />
                  </td>
                  <td className="cell-wide">
                    {mayEdit ? (
                      <Link to="/rules" search={{ tab: 'policies', edit: policy.policyId }}>
                        {policy.name}
                      </Link>
                    ) : (
                      policy.name
                    )}
                    <small className="basis">{policy.basis}</small>
                  </td>
                  <td>{t(`policies.relation.${policy.publisher}`)}</td>
                  <td className="cell-wide">
                    <Narrowed policy={policy} />
                  </td>
                  <td>{t(`policies.target.${policy.target}`)}</td>
                  <td>
                    <strong>{limit(policy.limit)}</strong>
                  </td>
                  <td className="cell-actions">
                    <button type="button" className="link" onClick={() => setHistory(policy)} data-testid="history">
                      {t('rules.history')}
                    </button>
                    {mayEdit && (
                      <button
                        type="button"
                        className="button button-small"
                        onClick={() => setTurning(policy)}
                        data-testid="turn"
                      >
                        {t(policy.enabled ? 'rules.turnOff' : 'rules.turnOn')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {turning && (
        <ConfirmBar
          text={t(turning.enabled ? 'policies.offConfirm' : 'policies.onConfirm', { name: turning.name })}
          busy={busy}
          onConfirm={() => void turn(turning)}
          onCancel={() => setTurning(null)}
        />
      )}
      {history && <History kind="policy" id={history.policyId} name={history.name} onClose={() => setHistory(null)} />}
    </>
  );
}

export function OnTag({ on }: { on: boolean }): ReactElement {
  const t = useWords();
  return <span className={on ? 'tag tag-good' : 'tag'}>{t(on ? 'rules.on' : 'rules.off')}</span>;
}

/** To what a policy is narrowed, in words; all where nothing is said. */
function Narrowed({ policy: { sources, columns, kinds, levels, sites } }: { policy: Policy }): ReactElement {
  const t = useWords();
  const sourceName = useSourceName();
  const siteName = useSiteName();
  const said = [
    [t('rules.sources'), sources.map(sourceName)],
    [t('rules.columns'), columns],
    [t('rules.kinds'), kinds.map((kind) => t(`rules.kind.${kind}`))],
    [t('rules.levels'), levels.map((level) => t(`rules.level.${level}`))],
    [t('rules.sites'), sites.map(siteName)],
  ] as const;
  const narrow = said.filter(([, values]) => values.length > 0);
  if (narrow.length === 0) return <span className="hint">{t('rules.all')}</span>;
  return (
    <>
      {narrow.map(([what, values]) => (
        <span key={what} className="narrowed">
          <small>{what}</small> {values.join('、')}
        </span>
      ))}
    </>
  );
}
