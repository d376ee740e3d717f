import { keptSecret, Refusal, RegistryCommand, RegistryEvent, shownSettings, type Channel } from '@tongsheng/contracts';
import { SecretBox } from '@tongsheng/runtime';
import { editor, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { registrations } from './registration.ts';
import { Sealing } from './sealing.ts';

const box = new SecretBox([{ id: 'k1', key: Buffer.alloc(32, 1) }]);
const aggregate = registrations['channel.register'];

const command = (settings: Record<string, unknown>, id = 'c'): RegistryCommand =>
  RegistryCommand.parse({
    type: 'channel.register',
    id,
    at: noon,
    actor: editor('admin'),
    channel: { channelId: 'press', name: '编辑部', site: 'province', kind: 'email', settings },
  });
const settings = { smtp: 'smtp://mail.example:587', user: 'press', from: 'press@a.example', to: ['desk@b.example'] };

/** What the registry makes of commands, one after the other, through the seal. */
function register(...said: RegistryCommand[]): Channel {
  const past = said.reduce<RegistryEvent[]>((events, each) => {
    const state = events.reduce(aggregate.evolve, aggregate.initial);
    return [...events, ...aggregate.decide(new Sealing(box).seal(each), state)];
  }, []);
  const last = RegistryEvent.parse(past.at(-1));
  if (last.type !== 'channel.registered') throw new Error(last.type);
  return last.channel;
}
const passwordOf = ({ settings: { password } }: { settings: { password?: string } }) => password ?? '';
const kept = command({ ...settings, to: ['night@b.example'], password: keptSecret });

describe('a secret of a channel', () => {
  it('is never written down, and opens with the key', () => {
    const channel = register(command({ ...settings, password: 'open sesame' }));
    expect(JSON.stringify(channel)).not.toContain('sesame');
    expect(box.open(passwordOf(channel as { settings: { password?: string } }), 'press')).toBe('open sesame');
    expect(shownSettings(channel)).toMatchObject({ password: { secret: true, setAt: noon } });
  });
  it('stays as it was when a form could not show it', () => {
    const first = command({ ...settings, password: 'open sesame' });
    const channel = register(first, kept);
    expect(channel.settings).toMatchObject({ to: ['night@b.example'] });
    expect(box.open(passwordOf(channel as { settings: { password?: string } }), 'press')).toBe('open sesame');
  });
  it('is asked for again when it would be sent to another address', () => {
    const first = command({ ...settings, password: 'open sesame' });
    const elsewhere = command({ ...settings, smtp: 'smtp://thief.example:587', password: keptSecret });
    expect(() => register(first, elsewhere)).toThrow(expect.objectContaining({ code: 'secret_missing' }));
  });
  it('can’t be kept where there was none', () => {
    expect(() => register(kept)).toThrow(expect.objectContaining({ code: 'secret_missing' }));
  });
  it('is refused when it could not be sealed; a channel without one is not', () => {
    const open = new Sealing(new SecretBox([]));
    expect(() => open.seal(command({ ...settings, password: 'open sesame' }))).toThrow(Refusal);
    expect(open.seal(command(settings))).toEqual(command(settings));
  });
});

describe('a secret of who publishes a site', () => {
  const site = (publication: object): RegistryCommand =>
    RegistryCommand.parse({
      type: 'site.register',
      id: 's',
      at: noon,
      actor: editor('admin'),
      site: { siteId: 'press', name: '某市税务局', level: 'city', baseUrl: 'https://city.example', publication },
    });
  const wordpress = { url: 'https://city.example', username: 'tongsheng', password: 'open sesame' };
  const registered = registrations['site.register'];
  function publicationAfter(...said: RegistryCommand[]): unknown {
    const past = said.reduce<RegistryEvent[]>((events, each) => {
      const state = events.reduce(registered.evolve, registered.initial);
      return [...events, ...registered.decide(new Sealing(box).seal(each), state)];
    }, []);
    const last = RegistryEvent.parse(past.at(-1));
    return last.type === 'site.registered' ? last.publication : null;
  }
  const passwordIn = (publication: unknown) => (publication as { settings: { password: string } }).settings.password;
  const first = site({ kind: 'wordpress', settings: wordpress });
  const keeping = (more: object) =>
    site({ kind: 'wordpress', settings: { ...wordpress, password: keptSecret, ...more } });

  it('is sealed for that site alone, not for a channel of the same name', () => {
    const sealed = passwordIn(publicationAfter(first));
    expect(box.open(sealed, 'site/press')).toBe('open sesame');
    expect(() => box.open(sealed, 'press')).toThrow();
  });
  it('stays as it was when a form could not show it, unless it would go to another address or kind', () => {
    const kept = passwordIn(publicationAfter(first, keeping({ categories: ['政策'] })));
    expect(box.open(kept, 'site/press')).toBe('open sesame');
    const missing = expect.objectContaining({ code: 'secret_missing' }) as Error;
    expect(() => publicationAfter(first, keeping({ url: 'https://thief.example' }))).toThrow(missing);
    const otherKind = site({ kind: 'micropub', settings: { endpoint: 'https://city.example', token: keptSecret } });
    expect(() => publicationAfter(first, otherKind)).toThrow(missing);
    expect(() => publicationAfter(keeping({}))).toThrow(missing);
  });
  it('is none of our own portal’s', () => {
    expect(publicationAfter(first, site({ kind: 'portal' }))).toEqual({ kind: 'portal' });
  });
});

describe('a secret of how a person is reached', () => {
  const contact = (webhook: { url: string; secret: string } | null): RegistryCommand =>
    RegistryCommand.parse({
      type: 'contact.register',
      id: 'p',
      at: noon,
      actor: editor('feng'),
      contact: { personId: 'feng', email: 'feng@tax.example', webhook },
    });
  const registered = registrations['contact.register'];
  const url = 'https://im.example/hook';
  const secret = 'whsec_c2VjcmV0LW9mLXR3ZW50eS1mb3Vy';
  const old = RegistryEvent.parse({ type: 'contact.registered', personId: 'feng', webhook: { url, secret } });
  function webhookAfter(past: RegistryEvent[], ...said: RegistryCommand[]) {
    const events = said.reduce<RegistryEvent[]>((before, each) => {
      const state = before.reduce(registered.evolve, registered.initial);
      return [...before, ...registered.decide(new Sealing(box).seal(each), state)];
    }, past);
    const last = RegistryEvent.parse(events.at(-1));
    return last.type === 'contact.registered' ? last.webhook : null;
  }

  it('is never written down, opens for that person alone, and stays when a form could not show it', () => {
    const kept = webhookAfter([], contact({ url, secret }), contact({ url: `${url}/night`, secret: keptSecret }));
    expect(kept).toMatchObject({ url: `${url}/night` });
    expect(kept!.secret).not.toContain('whsec_');
    expect(box.open(kept!.secret, 'contact/feng')).toBe(secret);
    expect(() => box.open(kept!.secret, 'contact/chu')).toThrow();
  });
  it('of before it was sealed is still kept, and asked for again when it would be sent to another address', () => {
    expect(webhookAfter([old], contact({ url, secret: keptSecret }))).toEqual({ url, secret });
    const elsewhere = contact({ url: 'https://thief.example/hook', secret: keptSecret });
    expect(() => webhookAfter([old], elsewhere)).toThrow(expect.objectContaining({ code: 'secret_missing' }));
    expect(webhookAfter([old], contact(null))).toBeNull();
  });
});
