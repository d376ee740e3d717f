import { Link, useNavigate } from '@tanstack/react-router';
import type { Rule, RulebookView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import type { Intent } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { conditionsInWords, conditionsOf } from './condition-words.ts';
import { History } from './history.tsx';
import { OnTag } from './policies-tab.tsx';
import { useRegister } from './register.ts';
import { inOrder, moved, neighbourOf } from './rule-order.ts';
import { useValueWords } from './value-words.ts';

type Asked = { text: string; said: string; rules: Rule[] };

/** The rules as they are asked, from top to bottom; the first that holds decides. */
export function RulesTab({ book, mayEdit }: { book: RulebookView; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const value = useValueWords();
  const siteName = useSiteName();
  const { busy, register } = useRegister();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [history, setHistory] = useState<Rule | null>(null);
  const rules = inOrder(book.rules);
  const edit = (ruleId: string) => void navigate({ to: '/rules', search: { tab: 'rules', edit: ruleId } });
  const at = useRowKeys(rules.length, (index) => {
    const rule = rules[index];
    if (rule && mayEdit) edit(rule.ruleId);
    else if (rule) setHistory(rule);
  });
  const move = (rule: Rule | undefined, step: -1 | 1) => {
    const other = rule && neighbourOf(rules, rule.ruleId, step);
    if (!rule || !other) return;
    const text = t(step < 0 ? 'rule.moveUpConfirm' : 'rule.moveDownConfirm', { name: rule.name, other: other.name });
    setAsked({ text, said: t('rule.moved'), rules: moved(rules, rule.ruleId, step) });
  };
  const turn = (rule: Rule) =>
    setAsked({
      text: t(rule.enabled ? 'rule.offConfirm' : 'rule.onConfirm', { name: rule.name }),
      said: t(rule.enabled ? 'rules.turnedOff' : 'rules.turnedOn', { name: rule.name }),
      rules: [{ ...rule, enabled: !rule.enabled }],
    });
  const confirm = async (what: Asked) => {
    await register(
      what.rules.map((rule): Intent => ({ type: 'rule.register', rule })),
      what.said,
    );
    // Meanwhile the next one may have been asked for.
    setAsked((now) => (now === what ? null : now));
  };
  useShortcuts(
    mayEdit
      ? [
          { keys: ['c'], says: 'rule.add', group: 'keys.list', run: () => edit('new') },
          { keys: ['['], says: 'rule.up', group: 'keys.list', run: () => move(rules[at], -1) },
          { keys: [']'], says: 'rule.down', group: 'keys.list', run: () => move(rules[at], 1) },
        ]
      : [],
  );
  return (
    <>
      <div className="page rules-scroll">
        <div className="page-bar">
          <span className="hint">
            {t('rule.firstWins')} <Link to="/reposts/unrouted">{t('nav.unrouted')}</Link>
          </span>
          <span className="top-space" />
          {mayEdit && (
            <Link
              to="/rules"
              search={{ tab: 'rules', edit: 'new' }}
              className="button button-primary"
              data-testid="add-rule"
            >
              {t('rule.add')} <kbd>C</kbd>
            </Link>
          )}
        </div>
        {rules.length === 0 && <Empty title={t('rule.empty')}>{t('rule.emptyHint')}</Empty>}
        {rules.length > 0 && (
          <table className="table" data-testid="rules">
            <thead>
              <tr>
                <th className="cell-number">{t('rule.order')}</th>
                <th>{t('rules.state')}</th>
                <th>{t('rules.name')}</th>
                <th>{t('rule.effect')}</th>
                <th>{t('rules.sites')}</th>
                <th>{t('rules.column')}</th>
                <th>{t('rules.priority')}</th>
                <th>
                  <span className="unseen">{t('rules.edit')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rules.map((rule, index) => (
                <tr key={rule.ruleId} aria-selected={index === at} data-off={!rule.enabled} data-testid="rule">
                  <td className="cell-number">{index + 1}</td>
                  <td className="cell-tag">
                    <OnTag on={rule.enabled} />
                  </td>
                  <td className="cell-wide">
                    {mayEdit ? (
                      <Link to="/rules" search={{ tab: 'rules', edit: rule.ruleId }}>
                        {rule.name}
                      </Link>
                    ) : (
                      rule.name
                    )}
                    <small className="basis">{conditionsInWords(conditionsOf(rule), t, value)}</small>
                  </td>
                  <td>
                    <span className={`tag tag-effect-${rule.effect}`}>{t(`rule.effect.${rule.effect}`)}</span>
                  </td>
                  <td className="cell-wide">
                    {rule.effect !== 'mandatory'
                      ? t('rules.none')
                      : rule.sites.length === 0
                        ? t('rule.sitesByPolicy')
                        : t('rule.sitesNamed', { sites: rule.sites.map(siteName).join('、') })}
                  </td>
                  <td>{rule.column}</td>
                  <td>{t(`rules.priority.${rule.priority}`)}</td>
                  <td className="cell-actions">
                    <button type="button" className="link" onClick={() => setHistory(rule)} data-testid="history">
                      {t('rules.history')}
                    </button>
                    {mayEdit && (
                      <>
                        <button
                          type="button"
                          className="button button-small"
                          aria-label={`${t('rule.up')} ${rule.name}`}
                          title={`${t('rule.up')}  [`}
                          disabled={index === 0}
                          onClick={() => move(rule, -1)}
                          data-testid="move-up"
                        >
                          ↑
                        </button>
                        <button
                          type="button"
                          className="button button-small"
                          aria-label={`${t('rule.down')} ${rule.name}`}
                          title={`${t('rule.down')}  ]`}
                          disabled={index === rules.length - 1}
                          onClick={() => move(rule, 1)}
                        >
                          ↓
                        </button>
                        <button
                          type="button"
                          className="button button-small"
                          onClick={() => turn(rule)}
                          data-testid="turn"
                        >
                          {t(rule.enabled ? 'rules.turnOff' : 'rules.turnOn')}
                        </button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {asked && (
        <ConfirmBar
          text={asked.text}
          busy={busy}
          onConfirm={() => void confirm(asked)}
          onCancel={() => setAsked(null)}
        />
      )}
      {history && <History kind="rule" id={history.ruleId} name={history.name} onClose={() => setHistory(null)} />}
    </>
  );
}
