import type { ReactElement } from 'react';
import { create } from 'zustand';

type Notice = { id: number; tone: 'done' | 'failed' | 'told'; text: string; hint?: string };

const staysMs = { done: 5_000, told: 6_000, failed: 12_000 };
let last = 0;

const useNotices = create<{ notices: Notice[] }>(() => ({ notices: [] }));

const dismiss = (id: number) =>
  useNotices.setState(({ notices }) => ({ notices: notices.filter((each) => each.id !== id) }));

/** Tells the person what became of something, on the screen and to a screen reader. */
export function announce(tone: Notice['tone'], text: string, hint?: string): void {
  const id = ++last;
  useNotices.setState(({ notices }) => ({
    notices: [...notices.slice(-2), { id, tone, text, ...(hint && { hint }) }],
  }));
  setTimeout(() => dismiss(id), staysMs[tone]);
}

export function Announcer(): ReactElement {
  const notices = useNotices((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite" data-testid="notices">
      {notices.map(({ id, tone, text, hint }) => (
        <button key={id} type="button" className={`notice notice-${tone}`} onClick={() => dismiss(id)}>
          <span>{text}</span>
          {hint && <small>{hint}</small>}
        </button>
      ))}
    </div>
  );
}
