import { useEffect, useRef, type ReactElement } from 'react';
import { clockState, serverNow, span } from '../time.ts';
import { say, useLanguage, useWords, type Word } from '../words/index.ts';

type Face = { startsAt: number; dueAt: number };
const faces = new Map<HTMLElement, Face>();

/** Writes what is left straight into the page: a second must not cost a render. */
function paint(element: HTMLElement, { startsAt, dueAt }: Face): void {
  const now = serverNow();
  const state = clockState(startsAt, dueAt, now);
  const { language } = useLanguage.getState();
  const text = `${say(language, state === 'overdue' ? 'clock.over' : 'clock.left')}${inWords(dueAt - now)}`;
  const [digits, word] = element.children as unknown as [HTMLElement, HTMLElement];
  if (digits.textContent !== text) digits.textContent = text;
  if (element.dataset['clock'] === state) return;
  element.dataset['clock'] = state;
  word.textContent = say(language, `clock.${state}` as Word);
}

/** Hours, minutes and seconds; of what lies many days off, its days. */
function inWords(ms: number): string {
  const [days, rest] = [Math.floor(Math.abs(ms) / dayMs), Math.abs(ms) % dayMs];
  if (days < manyDays) return span(ms);
  return say(useLanguage.getState().language, 'clock.days', { days, time: span(rest).slice(0, 5) });
}

const dayMs = 86_400_000;
const manyDays = 4;

function tick(): void {
  for (const [element, face] of faces) paint(element, face);
  setTimeout(tick, 1_000 - (serverNow() % 1_000));
}
tick();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) for (const [element, face] of faces) paint(element, face);
});

/** Time left until `dueAt`, with its state in a word and a colour. */
export function Countdown({ startsAt, dueAt }: { startsAt: string; dueAt: string }): ReactElement {
  const element = useRef<HTMLSpanElement>(null);
  const t = useWords();
  const face = { startsAt: Date.parse(startsAt), dueAt: Date.parse(dueAt) };
  const state = clockState(face.startsAt, face.dueAt, serverNow());
  useEffect(() => {
    const { current } = element;
    if (!current) return;
    faces.set(current, face);
    paint(current, face);
    return () => void faces.delete(current);
  });
  return (
    <span ref={element} className="countdown" role="timer" data-clock={state} data-testid="countdown">
      <span className="countdown-digits" />
      <span className="countdown-word">{t(`clock.${state}`)}</span>
    </span>
  );
}
