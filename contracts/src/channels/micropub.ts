import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

const web = z.url({ protocol: /^https?$/ });

/** A site by the Micropub Recommendation of the W3C. */
export const micropubSettings = z.strictObject({
  endpoint: web,
  token: secret(z.string().min(8).max(2_000)),
  /** Where files go; absent, the endpoint names it, or there are none. */
  mediaEndpoint: web.optional(),
  /** Where a page comes to stand, `{slug}` in place of its name: lets us see whether it is there. */
  pageUrl: z
    .string()
    .max(500)
    .regex(/^https?:\/\/[^/]+\/.*\{slug\}/)
    .optional(),
});

/**
 * As a channel, a page may wait there as a draft. Endpoints that don't know `post-status` would show at once what should
 * wait, and don't say whether they do: so a person has to.
 */
const micropubChannelSettings = micropubSettings.extend({ drafts: z.enum(['no', 'yes']).default('no') });

export const micropub = describeChannel({
  kind: 'micropub',
  settings: micropubChannelSettings,
  limits: { timeoutMs: 25_000 },
});
