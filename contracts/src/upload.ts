import { z } from 'zod';

/** What a file is brought for: a picture of the text or a cover, a recording that is played, or something to take along. */
export const uploadPurpose = z.enum(['picture', 'recording', 'attachment']);
export type UploadPurpose = z.infer<typeof uploadPurpose>;

type Types = Readonly<Record<string, readonly [string, ...string[]]>>;

/** What browsers show, with the endings of its names, the usual one first. No SVG: it is a program that draws. */
const pictures: Types = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
};
/** What browsers play. */
const recordings: Types = {
  'audio/mpeg': ['mp3'],
  'audio/x-m4a': ['m4a'],
  'audio/mp4': ['m4a'],
  'video/mp4': ['mp4'],
  'video/webm': ['webm'],
};
const office = 'application/vnd.openxmlformats-officedocument';
/** What offices read. Documents with macros are none of them. */
const documents: Types = {
  'application/pdf': ['pdf'],
  [`${office}.wordprocessingml.document`]: ['docx'],
  [`${office}.spreadsheetml.sheet`]: ['xlsx'],
  [`${office}.presentationml.presentation`]: ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/x-cfb': ['doc', 'xls', 'ppt', 'wps', 'et', 'dps'],
  'application/zip': ['zip', 'ofd'],
  'text/plain': ['txt', 'csv'],
};

/** Archives that nothing here can look into. */
export const unmeasurable: ReadonlySet<string> = new Set([
  'application/x-rar-compressed',
  'application/x-7z-compressed',
  'application/gzip',
  'application/x-tar',
]);

/** What may be brought: so many bytes, of these media types. What a file is, its first bytes say, and not its name. */
export const uploads: Record<UploadPurpose, { maxBytes: number; types: Types }> = {
  picture: { maxBytes: 20 * 2 ** 20, types: pictures },
  recording: { maxBytes: 100 * 2 ** 20, types: recordings },
  attachment: { maxBytes: 50 * 2 ** 20, types: { ...documents, ...pictures } },
};

/** What a browser shows or plays by itself without running anything of it; the rest is only ever saved. */
export const shownTypes: ReadonlySet<string> = new Set([
  ...Object.keys(pictures),
  ...Object.keys(recordings),
  'image/avif',
  'image/bmp',
]);
