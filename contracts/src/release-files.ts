import type { Draft, ReleaseFile } from './release.ts';
import { uploads } from './upload.ts';

/** Stands in a text for a picture that a paste could not bring along. */
export const missingPicture = '0'.repeat(64);

const picture = /<img\b[^>]*?\ssrc="(?:[^"]*\/)?files\/([0-9a-f]{64})"/g;

/** The hashes of the pictures that stand in a text, in their order, each once. */
export const picturesOf = (html: string): string[] => [
  ...new Set([...html.matchAll(picture)].map(([, hash]) => hash!)),
];

type Texts = Pick<Draft, 'html' | 'variants'>;

/** Every text of a draft: the common one, and those of channels that have their own. */
export const textsOf = ({ html, variants }: Texts): string[] => [
  html,
  ...Object.values(variants).flatMap((own) => (own.html === undefined ? [] : [own.html])),
];

/** A draft with each of its texts changed. */
export function withTexts<T extends Texts>(draft: T, change: (html: string) => string): T {
  const variants = Object.entries(draft.variants).map(([channelId, own]) => [
    channelId,
    own.html === undefined ? own : { ...own, html: change(own.html) },
  ]);
  return { ...draft, html: change(draft.html), variants: Object.fromEntries(variants) as T['variants'] };
}

const isRecording = ({ mediaType }: ReleaseFile) => mediaType in uploads.recording.types;

/** What a page plays above its text, which is then the recording's transcript 文字稿. */
export const recordingsOf = ({ files }: Pick<Draft, 'files'>): ReleaseFile[] => files.filter(isRecording);

/** What readers take along: every file that no text shows and nothing plays. */
export function attachmentsOf(draft: Texts & Pick<Draft, 'files'>): ReleaseFile[] {
  const shown = new Set(textsOf(draft).flatMap(picturesOf));
  return draft.files.filter((file) => !shown.has(file.hash) && !isRecording(file));
}

/** Pictures that a text names and the draft doesn't have. */
export function missingPicturesOf(draft: Texts & Pick<Draft, 'files'>): string[] {
  const has = new Set(draft.files.map(({ hash }) => hash));
  return [...new Set(textsOf(draft).flatMap(picturesOf))].filter((hash) => !has.has(hash));
}

const anyImage = /<img\b[^>]*>/g;

/** How many pictures of a text say nothing to those who can't see them. */
export const unnamedPicturesIn = (html: string): number =>
  (html.match(anyImage) ?? []).filter((tag) => !/\salt="[^"]*\S[^"]*"/.test(tag)).length;
