import { describe, expect, it } from 'vitest';
import { draft as draftShape } from './release.ts';
import {
  attachmentsOf,
  missingPicture,
  missingPicturesOf,
  picturesOf,
  recordingsOf,
  unnamedPicturesIn,
  withTexts,
} from './release-files.ts';

const file = (letter: string, mediaType = 'image/png') => ({
  hash: letter.repeat(64),
  name: letter,
  bytes: 1,
  mediaType,
});
const img = (letter: string, alt = '图') => `<img src="files/${letter.repeat(64)}" alt="${alt}" />`;
const draft = (more: object) =>
  draftShape.parse({
    kind: 'press',
    title: '通稿',
    summary: '',
    html: '<p>文</p>',
    rumor: null,
    channels: [],
    ...more,
  });

describe('the files of a draft', () => {
  it('are pictures where a text shows them, recordings where they can be played, and else attachments', () => {
    const written = draft({
      html: `<p>文</p>${img('a')}`,
      variants: { wechat: { html: `<p>短</p>${img('b')}` } },
      files: [file('a'), file('b'), file('c'), file('d', 'audio/mpeg'), file('e', 'application/pdf')],
    });
    expect(attachmentsOf(written).map(({ name }) => name)).toEqual(['c', 'e']);
    expect(recordingsOf(written).map(({ name }) => name)).toEqual(['d']);
    expect(missingPicturesOf(written)).toEqual([]);
  });
  it('lack what a text names and nobody has brought', () => {
    const written = draft({ html: img('a') + img('0'), variants: { x: { html: img('b') } }, files: [file('a')] });
    expect(missingPicturesOf(written)).toEqual([missingPicture, 'b'.repeat(64)]);
  });
  it('are found under any address, each once', () => {
    const hash = 'a'.repeat(64);
    expect(picturesOf(`${img('a')}<img alt="" src="https://x.example/p/1/files/${hash}">${img('b')}`)).toEqual([
      hash,
      'b'.repeat(64),
    ]);
  });
  it('say what they show, or are counted', () => {
    expect(unnamedPicturesIn(img('a') + img('b', '') + img('c', '  ') + `<img src="files/${'d'.repeat(64)}">`)).toBe(3);
  });
});

it('every text of a draft is changed, the channels’ own too, and nothing is made where there was none', () => {
  const written = draft({ variants: { a: { html: '<p>a</p>' }, b: { title: 'b' } } });
  const changed = withTexts(written, (html) => html.toUpperCase());
  expect(changed.html).toBe('<P>文</P>');
  expect(changed.variants).toEqual({ a: { html: '<P>A</P>' }, b: { title: 'b' } });
});
