import { chainFor, type Act, type Chain, type Me, type RepostRow, type RunningChain } from '@tongsheng/contracts';

/** How far a task is in its chain, and whether the next act is this person's. */
export type Turn = {
  chain: RunningChain;
  /** The act that waits; null once it was decided. */
  act: Act | null;
  /** After it the task is approved. */
  isLast: boolean;
  isMine: boolean;
  /** This person has signed an earlier act: the next one is another's. */
  hasSigned: boolean;
};

type Signed = Pick<RepostRow, 'site' | 'kind' | 'state' | 'chain' | 'reviews'>;

/** A task runs through the chain of its first act; until then the rule book says which one it will be. */
export function turnOf(row: Signed, chains: readonly Chain[], me: Pick<Me, 'personId' | 'roles'>): Turn {
  const chain = row.chain ?? chainFor(chains, row);
  const nth = row.reviews.length;
  const act = row.state === 'queued' ? (chain.acts[nth] ?? null) : null;
  const hasSigned = act !== null && row.reviews.some(({ by }) => by === me.personId);
  const may = act?.roles.some((role) => me.roles.includes(role)) ?? false;
  return { chain, act, isLast: nth === chain.acts.length - 1, isMine: may && !hasSigned, hasSigned };
}

/** A later act is done, or returned, by those whose turn it is; who signed may think better of it. */
export const mayReturn = (row: Signed, { isMine, hasSigned }: Turn): boolean =>
  row.reviews.length > 0 && (isMine || hasSigned);

/** What would go out: our own text of the item where there is one, else the source's. */
export function toSign({ edit }: Pick<RepostRow, 'edit'>, shown: { itemId: string; contentHash: string }) {
  const ours = edit?.itemId === shown.itemId ? edit : null;
  return {
    hash: ours?.contentHash ?? shown.contentHash,
    edit: ours,
    /** The source changed it since: made anew, or dropped. */
    isOld: ours !== null && ours.basedOn !== shown.contentHash,
  };
}
