import { Link, useNavigate } from '@tanstack/react-router';
import { plainChain, type Chain, type RulebookView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { ConfirmBar } from '../parts/confirm-bar.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { useWords } from '../words/index.ts';
import { ChainInWords } from './chain-words.tsx';
import { History } from './history.tsx';
import { OnTag } from './policies-tab.tsx';
import { useRegister } from './register.ts';

/** Who must sign what before something is reposted; and what holds where nothing is said. */
export function ChainsTab({ book, mayEdit }: { book: RulebookView; mayEdit: boolean }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const { busy, register } = useRegister();
  const [turning, setTurning] = useState<Chain | null>(null);
  const [history, setHistory] = useState<Chain | null>(null);
  const chains = [...book.chains].sort((a, b) => (a.chainId < b.chainId ? -1 : 1));
  const edit = (chainId: string) => void navigate({ to: '/rules', search: { tab: 'chains', edit: chainId } });
  const chosen = useRowKeys(chains.length, (at) => {
    const chain = chains[at];
    if (chain && mayEdit) edit(chain.chainId);
    else if (chain) setHistory(chain);
  });
  useShortcuts(mayEdit ? [{ keys: ['c'], says: 'chains.add', group: 'keys.list', run: () => edit('new') }] : []);
  const turn = async (chain: Chain) => {
    const enabled = !chain.enabled;
    const said = t(enabled ? 'rules.turnedOn' : 'rules.turnedOff', { name: chain.name });
    await register([{ type: 'chain.register', chain: { ...chain, enabled } }], said);
    // Meanwhile the next one may have been asked for.
    setTurning((now) => (now === chain ? null : now));
  };
  return (
    <>
      <div className="page rules-scroll">
        <div className="page-bar">
          <span className="hint">{t('chains.hint')}</span>
          <span className="top-space" />
          {mayEdit && (
            <Link
              to="/rules"
              search={{ tab: 'chains', edit: 'new' }}
              className="button button-primary"
              data-testid="add-chain"
            >
              {t('chains.add')} <kbd>C</kbd>
            </Link>
          )}
        </div>
        <table className="table" data-testid="chains">
          <thead>
            <tr>
              <th>{t('rules.state')}</th>
              <th>{t('rules.name')}</th>
              <th>{t('policies.narrowed')}</th>
              <th>{t('chains.acts')}</th>
              <th>
                <span className="unseen">{t('rules.edit')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {chains.map((chain, at) => (
              <tr key={chain.chainId} aria-selected={at === chosen} data-testid="chain-row">
                <td className="cell-tag">
                  <OnTag on={chain.enabled} />
                </td>
                <td className="cell-wide">
                  {mayEdit ? (
                    <Link to="/rules" search={{ tab: 'chains', edit: chain.chainId }}>
                      {chain.name}
                    </Link>
                  ) : (
                    chain.name
                  )}
                </td>
                <td className="cell-wide">
                  <Concerns chain={chain} />
                </td>
                <td className="cell-wide">
                  <ChainInWords acts={chain.acts} />
                </td>
                <td className="cell-actions">
                  <button type="button" className="link" onClick={() => setHistory(chain)} data-testid="history">
                    {t('rules.history')}
                  </button>
                  {mayEdit && (
                    <button
                      type="button"
                      className="button button-small"
                      onClick={() => setTurning(chain)}
                      data-testid="turn"
                    >
                      {t(chain.enabled ? 'rules.turnOff' : 'rules.turnOn')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
            <tr data-testid="plain-chain">
              <td className="cell-tag">
                <OnTag on />
              </td>
              <td className="cell-wide">
                {t('chains.plain')}
                <small className="basis">{t('chains.plainHint')}</small>
              </td>
              <td>
                <span className="hint">{t('chains.rest')}</span>
              </td>
              <td className="cell-wide">
                <ChainInWords acts={plainChain.acts} />
              </td>
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      {turning && (
        <ConfirmBar
          text={t(turning.enabled ? 'chains.offConfirm' : 'chains.onConfirm', { name: turning.name })}
          busy={busy}
          onConfirm={() => void turn(turning)}
          onCancel={() => setTurning(null)}
        />
      )}
      {history && <History kind="chain" id={history.chainId} name={history.name} onClose={() => setHistory(null)} />}
    </>
  );
}

function Concerns({ chain: { sites, kinds } }: { chain: Chain }): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  if (sites.length + kinds.length === 0) return <span className="hint">{t('rules.all')}</span>;
  return (
    <>
      {sites.length > 0 && (
        <span className="narrowed">
          <small>{t('rules.sites')}</small> {sites.map(siteName).join('、')}
        </span>
      )}
      {kinds.length > 0 && (
        <span className="narrowed">
          <small>{t('rules.kinds')}</small> {kinds.map((kind) => t(`rules.kind.${kind}`)).join('、')}
        </span>
      )}
    </>
  );
}
