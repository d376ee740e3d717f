import { renderOriginal, renderSent, styleSource } from '@tongsheng/pages';
import { expect, it } from 'vitest';
import { cookieNameOf } from './door.ts';
import { securityHeaders } from './security-headers.ts';
import { gatewayConfig } from './settings.ts';

const directives = new Map(
  securityHeaders(false)
    ['content-security-policy']!.split('; ')
    .map((each) => {
      const [name = '', ...values] = each.split(' ');
      return [name, values] as const;
    }),
);

it('no script runs but our own files, and none by evaluation or within a page', () => {
  expect(directives.get('script-src')).toEqual(["'self'"]);
  for (const name of ['object-src', 'base-uri', 'frame-ancestors']) expect(directives.get(name)).toEqual(["'none'"]);
  expect([...directives.values()].flat()).not.toContain("'unsafe-eval'");
});

it('no style is at work but our files and the stylesheets of our frames', () => {
  const [self, ...hashes] = directives.get('style-src')!;
  expect(self).toBe("'self'");
  for (const hash of hashes) expect(hash).toMatch(/^'sha256-/);
  const frames = [
    renderOriginal({ title: '题', sourceName: '总局', published: '', html: '<p>文</p>' }),
    renderSent('<p>文</p>'),
  ];
  expect(frames.map(styleSource).toSorted()).toEqual(hashes.toSorted());
  expect([...directives.values()].flat()).not.toContain("'unsafe-inline'");
});

it('behind TLS the cookie is of this host alone, and browsers keep to TLS for a year', () => {
  const values = (secure: string) =>
    gatewayConfig.parse({
      NATS_URL: 'nats://127.0.0.1',
      REDIS_URL: 'redis://127.0.0.1',
      ...(secure && { SECURE_COOKIES: secure }),
    });
  expect(cookieNameOf(values('true'))).toBe('__Host-ts_session');
  expect(cookieNameOf(values(''))).toBe('ts_session');
  expect(securityHeaders(true)['strict-transport-security']).toMatch(/max-age=31536000; includeSubDomains/);
  expect(securityHeaders(false)['strict-transport-security']).toBeUndefined();
});
