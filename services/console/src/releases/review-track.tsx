import {
  plainReview,
  type ReleaseDetail,
  type ReleaseRow,
  type ReleaseSignature,
  type ReleaseTurn,
  type ReviewAct,
} from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { SeatNames, Standstill } from './seats.tsx';

/** The chain of a release as a track: who did what, which step is due, and who may take it. */
export function ReviewTrack({ row, turn }: Pick<ReleaseDetail, 'row' | 'turn'>): ReactElement {
  const t = useWords();
  const acts: readonly ReviewAct[] = row.acts.length > 0 ? row.acts : plainReview;
  const steps = ['draft', ...acts.map(({ step }) => step), 'publish'] as const;
  const here = steps.findIndex((step) => step === row.state);
  const at = here === -1 ? steps.length - 1 : here;
  const isOut = row.state === 'published' || row.state === 'withdrawn';
  return (
    <>
      {row.urgent && (
        <p className="track-urgent">
          <span className="tag tag-urgent">{t('signing.urgent')}</span> {row.urgent.reason}
        </p>
      )}
      <ol className="chain" data-testid="chain">
        {steps.map((step, index) => {
          const signature = row.signatures.find((each) => each.step === step);
          const state = index < at || isOut ? 'done' : index === at ? 'due' : 'later';
          return (
            <li key={step} className={`chain-step chain-${state}`} aria-current={state === 'due' ? 'step' : undefined}>
              <span className="chain-name">{t(`release.step.${step}`)}</span>
              {step === 'draft' && <span className="chain-who">{row.draftedByName}</span>}
              {signature && <Signed signature={signature} />}
              {state === 'due' && turn && !turn.isDebt && (
                <span className="chain-who" data-testid="seats">
                  <SeatNames seats={turn.seats} />
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {turn?.standstill && <Standstill standstill={turn.standstill} />}
    </>
  );
}

function Signed({ signature: { byName, onBehalfOf, at } }: { signature: ReleaseSignature }): ReactElement {
  const t = useWords();
  const name = onBehalfOf ? t('signing.forWhom', { name: byName, whom: onBehalfOf.name }) : byName;
  return <span className="chain-who">{t('release.by', { name, time: short(at) })}</span>;
}

/** What an urgent signature left undone: which steps, by whom, until when. */
export function DebtTrack({ row, turn }: { row: ReleaseRow; turn: ReleaseTurn | null }): ReactElement | null {
  const t = useWords();
  const { debt } = row;
  if (!debt) return null;
  const over = debt.end === null && debt.dueAt < new Date().toISOString();
  return (
    <section className={over ? 'banner banner-refused debt' : 'banner debt'} data-testid="debt">
      <strong>
        {debt.end
          ? t(`signing.debt.${debt.end.how}`, { name: debt.end.byName, time: short(debt.end.at) })
          : t(over ? 'signing.debt.over' : 'signing.debt.open', { time: short(debt.dueAt) })}
      </strong>
      {debt.end?.reason && <p>{debt.end.reason}</p>}
      <ol className="chain">
        {debt.acts.map(({ step }, index) => {
          const signature = debt.signatures.find((each) => each.step === step);
          const isDue = debt.end === null && index === debt.signatures.length;
          return (
            <li key={step} className={`chain-step chain-${signature ? 'done' : isDue ? 'due' : 'later'}`}>
              <span className="chain-name">{t(`release.step.${step}`)}</span>
              {signature && <Signed signature={signature} />}
              {isDue && turn?.isDebt && (
                <span className="chain-who">
                  <SeatNames seats={turn.seats} />
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
