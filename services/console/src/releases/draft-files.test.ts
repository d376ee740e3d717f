import { draft as draftShape, type DraftInProgress } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { toSave, withFiles } from './draft-files.ts';

const file = (letter: string) => ({ hash: letter.repeat(64), name: letter, bytes: 1, mediaType: 'image/png' });
const img = (letter: string) => `<img src="files/${letter.repeat(64)}" alt="图">`;
const draft = (more: Partial<DraftInProgress>): DraftInProgress => ({
  ...draftShape.parse({ kind: 'press', title: '标题', summary: '', html: '', rumor: null, channels: [] }),
  ...more,
});

it('a draft has the pictures that its texts show, its attachments, and nothing that was taken out again', () => {
  const known = new Map([file('a'), file('b'), file('c')].map((each) => [each.hash, each]));
  const forText = new Set(['a', 'b'].map((letter) => letter.repeat(64)));
  const tidy = (more: Partial<DraftInProgress>) => withFiles(draft(more), known, forText).files.map(({ name }) => name);
  expect(tidy({ html: img('a'), files: [] })).toEqual(['a']);
  expect(tidy({ html: '', files: [file('a'), file('c')] })).toEqual(['c']);
  expect(tidy({ html: '', files: [file('a')], variants: { x: { html: img('a') + img('b') } } })).toEqual(['a', 'b']);
  expect(tidy({ html: img('0'), files: [] })).toEqual([]);
  const same = draft({ html: img('a'), files: [file('a')] });
  expect(withFiles(same, known, forText)).toBe(same);
});

it('what is empty is not saved', () => {
  const saved = toSave(
    draft({ documentNumber: ' ', variants: { a: { title: ' ' }, b: { title: '', summary: '' }, c: { title: '短' } } }),
  );
  expect(saved.documentNumber).toBeNull();
  expect(saved.variants).toEqual({ b: { summary: '' }, c: { title: '短' } });
});
