import { useEffect, useRef, type ReactElement } from 'react';
import { serverNow } from '../time.ts';
import { say, useLanguage } from '../words/index.ts';

/** `04:59` until the next level is told; written straight into the page. */
export function StepCountdown({ until, then }: { until: string; then: string }): ReactElement {
  const digits = useRef<HTMLElement>(null);
  const words = useRef<HTMLSpanElement>(null);
  const language = useLanguage((state) => state.language);
  useEffect(() => {
    const paint = () => {
      const seconds = Math.ceil((Date.parse(until) - serverNow()) / 1_000);
      if (!digits.current || !words.current) return;
      digits.current.textContent = seconds > 0 ? minutesOf(seconds) : '';
      words.current.textContent = seconds > 0 ? then : say(language, 'alarm.nextNow');
    };
    paint();
    const timer = setInterval(paint, 500);
    return () => clearInterval(timer);
  }, [until, then, language]);
  return (
    <p className="alarm-next" role="timer" data-testid="next-step">
      <strong ref={digits} /> <span ref={words} />
    </p>
  );
}

/** Minutes may pass 99: a step may wait for hours. */
const minutesOf = (seconds: number) =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
