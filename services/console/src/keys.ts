import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import type { Word } from './words/index.ts';

export type Shortcut = {
  /** As `KeyboardEvent.key` in lower case, or a chord such as `g q`. */
  keys: string[];
  says: Word;
  group: 'keys.anywhere' | 'keys.list' | 'keys.decision';
  run: () => void;
  /** A held key repeats it; never for decisions. */
  repeats?: boolean;
};

const kept = 'tongsheng.single-keys';

/** Single keys can be turned off (WCAG 2.1.4). */
export const useKeySettings = create<{ on: boolean; turn: (on: boolean) => void }>((set) => ({
  on: localStorage.getItem(kept) !== 'off',
  turn(on) {
    localStorage.setItem(kept, on ? 'on' : 'off');
    set({ on });
  },
}));

type Layer = { current: Shortcut[] };
const layers: Layer[] = [];
let chord = '';
let chordTimer: ReturnType<typeof setTimeout> | undefined;

const rank = { 'keys.decision': 0, 'keys.list': 1, 'keys.anywhere': 2 };

/** All shortcuts that work now, in the order in which they are asked: what is being decided comes first. */
export const activeShortcuts = (): Shortcut[] =>
  [...layers]
    .reverse()
    .flatMap(({ current }) => current)
    .sort((one, other) => rank[one.group] - rank[other.group]);

/** Binds keys for as long as the component is on the screen. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const layer = useRef(shortcuts);
  layer.current = shortcuts;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

// A box that is ticked takes no letters.
const editable =
  'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"]';
const pressable = 'a[href], button, summary, [role="button"], [role="tab"], [role="menuitem"], [role="option"]';

/** What a key press means here, or null: never while typing or composing, never with modifiers. */
function keyOf(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return null;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(editable)) return null;
  if ((event.key === 'Enter' || event.key === ' ') && target?.closest(pressable)) return null;
  // An input method left on hides letters behind `Process`.
  if (event.key === 'Process') return /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? null;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function onKey(event: KeyboardEvent): void {
  const key = keyOf(event);
  if (key === null) return;
  // A dialog takes its own keys.
  if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]') && key !== '?')
    return;
  const isSingle = key.length === 1;
  if (isSingle && !useKeySettings.getState().on) return;
  const chordless = chord === '';
  const pressed = chordless ? key : `${chord} ${key}`;
  clearTimeout(chordTimer);
  chord = '';
  const all = activeShortcuts();
  // With Shift a letter may mean something else; where it does not, it is the letter.
  const shifted = event.shiftKey && chordless ? all.find(({ keys }) => keys.includes(`Shift+${key}`)) : undefined;
  const found = shifted ?? all.find(({ keys }) => keys.includes(pressed));
  if (found) {
    if (event.repeat && !found.repeats) return;
    event.preventDefault();
    found.run();
    return;
  }
  if (all.some(({ keys }) => keys.some((each) => each.startsWith(`${pressed} `)))) {
    chord = pressed;
    chordTimer = setTimeout(() => (chord = ''), 1_200);
  }
}

document.addEventListener('keydown', onKey);

/** Something that may be decided of the one thing that a page is about, by a key. */
export type DecisionKey = { key: string; says: Word; may: boolean | undefined; run: () => void };

/** The keys of such a page: what may be decided now, and Escape back to where it is listed. */
export function useDecisionKeys(decisions: readonly DecisionKey[], back: () => void): void {
  useShortcuts([
    ...decisions
      .filter(({ may }) => may)
      .map(({ key, says, run }) => ({ keys: [key], says, group: 'keys.decision' as const, run })),
    { keys: ['Escape'], says: 'keys.escape', group: 'keys.anywhere', run: back },
  ]);
}
