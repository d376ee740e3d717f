import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { styleSource } from './style-source.ts';

it('the source of a page’s style is the hash of what stands between its tags, and of nothing that stands after', () => {
  const text = '\n  p { color: red }\n  ';
  const hash = createHash('sha256').update(text).digest('base64');
  const page = `<html><head><style>${text}</style></head><body><style>p { color: blue }</style></body></html>`;
  expect(styleSource(page)).toBe(`'sha256-${hash}'`);
});
