import type { Seat, Standstill as Still } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

/** As many names as one reads; the rest is a number. */
const shown = 3;

/** Who can take a step now, and for whom. */
export function SeatNames({ seats }: { seats: readonly Seat[] }): ReactElement {
  const t = useWords();
  if (seats.length === 0) return <em className="seats-none">{t('signing.nobody')}</em>;
  const named = seats
    .slice(0, shown)
    .map((seat) => (seat.for ? t('signing.forWhom', { name: seat.name, whom: seat.for.name }) : seat.name));
  const more = seats.length - named.length;
  return (
    <>
      {named.join('、')}
      {more > 0 && ` ${t('signing.more', { n: more })}`}
    </>
  );
}

/** A step that nobody can take, why, and what to do. */
export function Standstill({ standstill: { step, why } }: { standstill: Still }): ReactElement {
  const t = useWords();
  return (
    <p className="banner banner-refused" role="status" data-testid="standstill">
      <strong>{t('signing.stuck', { step: t(`release.step.${step}`) })}</strong> {t(`signing.stuck.${why}`)}
    </p>
  );
}
