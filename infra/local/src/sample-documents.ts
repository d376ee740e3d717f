import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

export const Document = z.object({
  id: z.string(),
  level: z.enum(['national', 'national-portal', 'province-portal', 'city-portal']),
  column: z.string(),
  title: z.string(),
  docNumber: z.string().nullable(),
  publishedAt: z.string(),
  history: z.array(z.string()),
  body: z.string(),
});
export type Document = z.infer<typeof Document>;

const file = new URL('../samples/documents.jsonl.gz', import.meta.url);

/** The real documents that the sample sites serve. */
export function readDocuments(): Document[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => Document.parse(JSON.parse(line)));
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The text as HTML: its own dates first, then its paragraphs, nothing added. */
export function bodyOf({ history, body, docNumber }: Document): string {
  const notes = [...(docNumber ? [`文号：${docNumber}`] : []), ...history];
  const paragraphs = [...notes.map((note) => `（${note}）`), ...body.split('\n')].filter((line) => line.trim() !== '');
  return paragraphs.map((line) => `<p>${escape(line)}</p>`).join('\n');
}
