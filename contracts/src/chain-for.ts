import type { Chain, RunningChain } from './chain.ts';
import type { ItemKind } from './item.ts';

/** Where nothing else is registered: one editor reads it, and signs that it holds no secret. */
export const plainChain: RunningChain = {
  chainId: 'plain',
  name: '一人审核',
  acts: [{ steps: ['first', 'confidentiality'], roles: ['editor'] }],
};

/** The chain that is for a task: the one that names its site, else its kind, most closely; of equals the longer one. */
export function chainFor(chains: readonly Chain[], { site, kind }: { site: string; kind: ItemKind }): RunningChain {
  const closeness = ({ sites, kinds, acts: { length } }: Chain) =>
    (sites.length > 0 ? 20 : 0) + (kinds.length > 0 ? 10 : 0) + length;
  const [closest] = chains
    .filter(({ enabled, sites, kinds }) => enabled && concerns(sites, site) && concerns(kinds, kind))
    .sort((a, b) => closeness(b) - closeness(a) || (a.chainId < b.chainId ? -1 : 1));
  if (!closest) return plainChain;
  const { chainId, name, acts: list } = closest;
  return { chainId, name, acts: list };
}

const concerns = (named: readonly string[], one: string) => named.length === 0 || named.includes(one);
