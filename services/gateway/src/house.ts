import {
  deputyOf,
  seatsOf,
  standstillOf,
  type House,
  type ReleaseRow,
  type ReleaseTurn,
  type ReviewAct,
} from '@tongsheng/contracts';
import type { Models } from './models.ts';
import { signersOf } from './views/releases.ts';
import type { Caller } from './sessions.ts';

/** Who works at a site, and who of them is away, at an instant. */
export const houseOf = ({ people, leaves }: Models, site: string, at: string): House => ({
  site,
  people: people.all(),
  leaves: leaves.all(),
  at,
});

/** As whom somebody speaks at a site: nobody says it of themselves. */
export const authorityOf = ({ personId, roles }: Caller, house: House) => ({
  roles,
  deputyOf: deputyOf(personId, house),
});

/** Everybody who must not take another step of a release: its writers, those who signed, and those they signed for. */
export const involvedIn = ({ drafters, signatures, debt }: ReleaseRow): string[] => [
  ...drafters,
  ...(debt?.signers ?? []),
  ...signersOf([...signatures, ...(debt?.signatures ?? [])]),
];

/** What is still to be signed of a release, the due step first; empty when nothing waits for a signature. */
function actsLeft({ state, acts, debt }: ReleaseRow): readonly ReviewAct[] {
  const at = acts.findIndex(({ step }) => step === state);
  if (at !== -1) return acts.slice(at);
  // While a correction is written, what went out waits for it.
  return debt && debt.end === null && isOut(state) ? debt.acts.slice(debt.signatures.length) : [];
}

const isOut = (state: ReleaseRow['state']) => state === 'signed' || state === 'published';

/** The step that is due, who can take it now, and what stands in the way of the rest. */
export function turnOf(row: ReleaseRow, house: House): ReleaseTurn | null {
  const left = actsLeft(row);
  const [due] = left;
  if (!due) return null;
  const without = involvedIn(row);
  return {
    step: due.step,
    isDebt: isOut(row.state),
    dueAt: row.debt?.dueAt ?? null,
    seats: seatsOf(due, house, without),
    standstill: standstillOf(left, house, without),
  };
}
