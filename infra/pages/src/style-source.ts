import { createHash } from 'node:crypto';

/** The source of a content security policy that admits the one style element of a page, and no other: CSP 3, `sha256-…`. */
export function styleSource(page: string): string {
  const from = page.indexOf('<style>') + '<style>'.length;
  // To the byte, as browsers hash it.
  const text = page.slice(from, page.indexOf('</style>', from));
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
