import type { RepostRow } from '@tongsheng/contracts';
import { useSiteName } from '../api/site-names.ts';
import { useWords } from '../words/index.ts';
import { useChainWords } from './chain-words.ts';
import type { Regrouping } from './cluster-section.tsx';
import type { Turn } from './turn.ts';

/** What is asked once more before it is done. */
export type Ask = 'approve' | 'countersign' | 'drop' | 'retract' | Regrouping;

/** What Enter does, in words. */
export function useConfirmText(row: RepostRow, turn: Turn, version: string): (ask: Ask) => string {
  const t = useWords();
  const words = useChainWords();
  const site = useSiteName()(row.site);
  const { column } = row;

  /** What it signs, and what becomes of it. */
  const signing = () => {
    const { act } = turn;
    if (!act) return '';
    const secret = act.steps.includes('confidentiality');
    const said = { steps: words.steps(act), noSecret: t('review.noSecret'), version };
    if (turn.isLast) return t(secret ? 'review.willApprove' : 'review.willApproveOnly', { ...said, site, column });
    const after = turn.chain.acts[row.reviews.length + 1]!;
    const then = { roles: words.roles(after), next: words.steps(after) };
    return t(secret ? 'review.willSign' : 'review.willSignOnly', { ...said, ...then });
  };
  return (ask) => {
    if (ask === 'approve') return signing();
    if (ask === 'retract') return t('retract.confirm', { site, url: row.url ?? '' });
    if (ask === 'drop') return t('edit.dropConfirm');
    if (ask === 'countersign') return t(row.retract ? 'retract.keepConfirm' : 'task.countersignConfirm', { site });
    return ask.kind === 'split' ? t('cluster.splitConfirm', { title: ask.title }) : t('cluster.mergeConfirm');
  };
}
