import { describe, expect, it } from 'vitest';
import { keptSecret } from './channel.ts';
import { publicationShown, sitePublication, withPublicationSecrets, type SitePublication } from './site-publication.ts';

const wordpress: SitePublication = {
  kind: 'wordpress',
  settings: { url: 'https://city.example', username: 'u', password: 'open sesame', categories: [], onRemove: 'trash' },
};
const sealed = `sealed.k1.20261123T040000Z.${'a'.repeat(16)}.${'b'.repeat(30)}`;

describe('who publishes a site', () => {
  it('is shown without what would let others in, but with when that was set', () => {
    expect(JSON.stringify(publicationShown(wordpress))).not.toContain('sesame');
    const shown = publicationShown(withPublicationSecrets(wordpress, () => sealed));
    expect(shown).toMatchObject({
      kind: 'wordpress',
      fields: { username: 'u', password: { secret: true, setAt: '2026-11-23T04:00:00.000Z' } },
    });
    expect(publicationShown({ kind: 'portal' })).toEqual({ kind: 'portal', fields: {} });
  });
  it('can be registered with a secret that is sealed, or kept', () => {
    for (const password of [sealed, keptSecret, 'abcd EFGH 1234'])
      expect(sitePublication.safeParse({ ...wordpress, settings: { ...wordpress.settings, password } }).success).toBe(
        true,
      );
    expect(
      sitePublication.safeParse({ ...wordpress, settings: { ...wordpress.settings, password: 'short' } }).success,
    ).toBe(false);
  });
  it.each(['ftp://city.example', 'city.example', 'javascript:alert(1)'])('is not at %s', (url) => {
    expect(sitePublication.safeParse({ ...wordpress, settings: { ...wordpress.settings, url } }).success).toBe(false);
  });
});
