import { z } from 'zod';
import { describeChannel, lines, secret } from '../channel.ts';

/** What is put there: IPTC ninjs 3.1, or NewsML-G2. */
export const newsFormat = z.enum(['ninjs', 'newsml']);
const pem = lines(z.string().min(1).max(20_000));

/** A folder at a partner's SFTP server: `sftp://host:port/folder`. */
export const sftpSettings = z.strictObject({
  address: z.url({ protocol: /^sftp$/ }),
  /** The server's key as `ssh-keygen -l` writes it; another server is not spoken to. */
  hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
  user: z.string().min(1).max(320),
  password: secret(z.string().min(1).max(1_000)).optional(),
  /** As `ssh-keygen` writes it, without a passphrase. */
  privateKey: secret(pem).optional(),
  format: newsFormat.default('ninjs'),
});

/** A folder at a partner's FTP server, with TLS on both connections: `ftps://host:port/folder`, on port 990 from its first byte. */
export const ftpsSettings = z.strictObject({
  address: z.url({ protocol: /^ftps$/ }),
  user: z.string().min(1).max(320),
  password: secret(z.string().min(1).max(1_000)),
  /** Of the partner's own authority, or its very certificate, where no public one has signed it; PEM. */
  authority: pem.optional(),
  format: newsFormat.default('ninjs'),
});

/** Files go one after the other, and each is read back. */
const limits = { timeoutMs: 120_000, parallel: 2 };
export const sftp = describeChannel({ kind: 'sftp', settings: sftpSettings, limits });
export const ftps = describeChannel({ kind: 'ftps', settings: ftpsSettings, limits });
