import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** A list of newsrooms. `smtp` is `smtp://host:port` or `smtps://…`. */
export const emailSettings = z.strictObject({
  smtp: z.url(),
  user: z.string().min(1).max(320).optional(),
  password: secret(z.string().min(1).max(1_000)).optional(),
  from: z.email(),
  to: z.array(z.email()).min(1).max(100),
  /** What the mail server shows when it hands us the bounces that came to `from`; without it none are taken. */
  bounceToken: secret(z.string().min(16).max(200)).optional(),
});

/** RFC 5321 4.5.3.2 asks for patience after the final dot. */
export const email = describeChannel({ kind: 'email', settings: emailSettings, limits: { timeoutMs: 300_000 } });
