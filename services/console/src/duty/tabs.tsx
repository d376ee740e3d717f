import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

const tabs = [
  { to: '/duty', word: 'duty.tab.board' },
  { to: '/duty/roster', word: 'duty.tab.roster' },
  { to: '/duty/ladder', word: 'duty.tab.ladder' },
  { to: '/duty/means', word: 'duty.tab.means' },
  { to: '/duty/book', word: 'duty.tab.book' },
  { to: '/duty/figures', word: 'duty.tab.figures' },
] as const;

export function DutyTabs({ here }: { here: (typeof tabs)[number]['to'] }): ReactElement {
  const t = useWords();
  return (
    <div className="tabs" role="group">
      {tabs.map(({ to, word }) => (
        <Link
          key={to}
          to={to}
          className={to === here ? 'tab tab-here' : 'tab'}
          aria-current={to === here ? 'page' : undefined}
        >
          {t(word)}
        </Link>
      ))}
    </div>
  );
}
