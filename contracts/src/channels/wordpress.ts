import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';
import { line } from '../words.ts';

/** A WordPress, through its REST API. */
export const wordpressSettings = z.strictObject({
  /** The site's address; its API is at `<url>/wp-json/`. */
  url: z.url({ protocol: /^https?$/ }),
  username: line,
  /** An application password of that user: one for us alone, which can be revoked by itself. */
  password: secret(z.string().min(8).max(200)),
  /** Names of the categories that pages stand in; made where they are missing. */
  categories: z.array(line).max(10).default([]),
  /** What taking a page back leaves in WordPress; the public has neither. */
  onRemove: z.enum(['trash', 'delete', 'private']).default('trash'),
});

/** An attempt is a dozen calls where there are pictures, and each upload makes WordPress draw its sizes. */
export const wordpress = describeChannel({
  kind: 'wordpress',
  settings: wordpressSettings,
  limits: { timeoutMs: 25_000 },
});
