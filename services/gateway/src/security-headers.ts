import { renderOriginal, renderSent, styleSource } from '@tongsheng/pages';

/** What frames of ours show inherits our policy: their two stylesheets are known to the byte. */
const frames = [renderOriginal({ title: '', sourceName: '', published: '', html: '' }), renderSent('')];

/** No script and no style but our own, none within a page, and no frame around us. */
const contentSecurity = [
  "default-src 'self'",
  "script-src 'self'",
  `style-src 'self' ${frames.map(styleSource).join(' ')}`,
  "img-src 'self' data: http: https:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What every answer of the console's server says, whatever it answers with. `secure`: it is reached by TLS alone. */
export const securityHeaders = (secure: boolean): Record<string, string> => ({
  'content-security-policy': contentSecurity,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=()',
  ...(secure && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
});
