import { useEffect, useRef } from 'react';

/** Calls back when nobody has touched the page for a while. */
export function useWhenQuiet(afterMs: number, then: () => unknown): void {
  const call = useRef(then);
  call.current = then;
  useEffect(() => {
    let touched = Date.now();
    const touch = () => (touched = Date.now());
    const timer = setInterval(() => Date.now() - touched > afterMs && call.current(), 5_000);
    for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel']) document.addEventListener(name, touch);
    return () => {
      clearInterval(timer);
      for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel']) document.removeEventListener(name, touch);
    };
  }, [afterMs]);
}
