import type { ReactElement } from 'react';
import { activeShortcuts, useKeySettings, type Shortcut } from '../keys.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useWords } from '../words/index.ts';

const shown: Record<string, string> = { enter: 'Enter', escape: 'Esc', arrowdown: '↓', arrowup: '↑' };
const keyName = (keys: string) =>
  keys
    .split(' ')
    .map((key) => shown[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(' ');

/** Every key that works on the page behind it. */
export function Help({ onClose }: { onClose: () => void }): ReactElement {
  const t = useWords();
  const { on, turn } = useKeySettings();
  const groups: Shortcut['group'][] = ['keys.decision', 'keys.list', 'keys.anywhere'];
  const all = activeShortcuts();
  return (
    <Dialog title={t('keys.title')} onClose={onClose} wide>
      <div className="keys">
        {groups.map((group) => {
          const keys = all.filter((shortcut) => shortcut.group === group);
          return keys.length === 0 ? null : (
            <section key={group}>
              <h3>{t(group)}</h3>
              <dl>
                {keys.map(({ keys: [first, ...others], says }) => (
                  <div key={says}>
                    <dt>
                      {[first, ...others].map((each) => (
                        <kbd key={each}>{keyName(each ?? '')}</kbd>
                      ))}
                    </dt>
                    <dd>{t(says)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <div className="dialog-actions">
        <label className="check">
          <input type="checkbox" checked={on} onChange={({ target }) => turn(target.checked)} /> {t('keys.single')}
        </label>
        <button type="button" className="button" onClick={onClose}>
          {t('app.close')} <kbd>Esc</kbd>
        </button>
      </div>
    </Dialog>
  );
}
