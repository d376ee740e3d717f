import { describe, expect, it } from 'vitest';
import { LinkWatch } from './link-watch.ts';

const at = (minute: number) => `2026-11-27T01:${String(minute).padStart(2, '0')}:00.000Z`;

describe('a link that is watched', () => {
  const watched = () => {
    const clock = { minute: 0 };
    return { clock, watch: new LinkWatch(() => at(clock.minute)) };
  };

  it('is connected since the first answer, and cut since the first look that nobody answered', () => {
    const { clock, watch } = watched();
    expect(watch.state).toMatchObject({ connected: false, since: null, behind: null });
    watch.looked('documents', 3);
    clock.minute = 5;
    watch.looked('documents', 0);
    expect(watch.state).toMatchObject({ connected: true, since: at(0) });
    watch.looked('entries', null);
    clock.minute = 9;
    watch.looked('documents', null);
    expect(watch.state).toMatchObject({ connected: false, since: at(5) });
  });

  it('knows while it is cut how far it was behind when the neighbour last answered', () => {
    const { clock, watch } = watched();
    watch.looked('documents', 3);
    watch.looked('entries', 1);
    clock.minute = 2;
    watch.brought('documents');
    watch.looked('documents', null);
    expect(watch.state).toMatchObject({ behind: { documents: 2, entries: 1 }, lastBroughtAt: at(2) });
  });
});
