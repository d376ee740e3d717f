import {
  keptSecret,
  Refusal,
  RegistryCommand,
  RegistryEvent,
  shownSettings,
  withSecrets,
  type Channel,
} from '@tongsheng/contracts';
import { SecretBox } from '@tongsheng/runtime';
import { editor, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
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

describe('when a key is changed', () => {
  const [older, newer] = [
    { id: 'k1', key: Buffer.alloc(32, 1) },
    { id: 'k2', key: Buffer.alloc(32, 2) },
  ];
  const rotated = new SecretBox([newer!, older!]);
  const later = '2026-12-01T04:00:00.000Z';
  const registered = (secret: string, previousSecret: string): RegistryEvent =>
    RegistryEvent.parse({
      type: 'channel.registered',
      channel: {
        channelId: 'hook',
        name: '融媒体',
        site: 'province',
        kind: 'webhook',
        settings: { url: 'https://media.example/hooks', secret, previousSecret },
      },
      reason: '检修',
    });
  const plain = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const reseal = (secrets: { path: string; was: string; now: string }[]): RegistryCommand =>
    RegistryCommand.parse({
      type: 'channel.reseal',
      id: 'r',
      at: later,
      actor: { kind: 'service', id: 'ctl' },
      registrationId: 'hook',
      secrets,
    });
  const decide = (command: RegistryCommand, ...past: RegistryEvent[]) =>
    aggregate.decide(command, past.reduce(aggregate.evolve, aggregate.initial));

  it('each secret stands under the new one, as old as it was, and nothing else is different', () => {
    const sealing = new Sealing(rotated);
    const before = registered(box.seal(plain, 'hook', noon), plain);
    expect(sealing.standing(before).map(({ path, state }) => [path, state])).toEqual([
      ['secret', 'older'],
      ['previousSecret', 'clear'],
    ]);
    const [after] = decide(reseal(sealing.renewed(before, later)), before);
    expect(after).toMatchObject({ resealed: true });
    expect(after).not.toHaveProperty('reason');
    const { channel } = after as Extract<RegistryEvent, { type: 'channel.registered' }>;
    expect(shownSettings(channel)).toEqual({
      url: 'https://media.example/hooks',
      secret: { secret: true, setAt: noon },
      previousSecret: { secret: true, setAt: later },
    });
    const alone = new SecretBox([newer!]);
    withSecrets(channel, (value) => {
      expect(alone.open(value, 'hook')).toBe(plain);
      return value;
    });
    expect(sealing.standing(after!).map(({ state }) => state)).toEqual(['newest', 'newest']);
    expect(decide(reseal(sealing.renewed(after!, later)), after!)).toEqual([]);
  });
  it('what no key opens stays as it is, and does not keep the others', () => {
    const sealing = new Sealing(rotated);
    const lost = new SecretBox([{ id: 'k0', key: Buffer.alloc(32, 0) }]).seal(plain, 'hook', noon);
    const before = registered(lost, box.seal(plain, 'hook', noon));
    expect(sealing.standing(before)).toMatchObject([{ key: 'k0', state: 'shut' }, { state: 'older' }]);
    expect(sealing.renewed(before, later).map(({ path }) => path)).toEqual(['previousSecret']);
  });
  it('what was entered anew in the same moment is never overwritten', () => {
    const before = registered(box.seal(plain, 'hook', noon), box.seal(plain, 'hook', noon));
    const renewed = new Sealing(rotated).renewed(before, later);
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (first, second) => {
        const entered = (was: boolean, at: number) => (was ? rotated.seal('new', 'hook', later) : renewed[at]!.was);
        const now = registered(entered(first, 0), entered(second, 1));
        const after = decide(reseal(renewed), before, now);
        expect(after).toHaveLength(first && second ? 0 : 1);
        const text = JSON.stringify(after[0] ?? now);
        for (const [at, was] of [first, second].entries())
          expect(text).toContain(
            was
              ? Object.values((now as { channel: Channel } & RegistryEvent).channel.settings)[at + 1]
              : renewed[at]!.now,
          );
      }),
    );
  });
  it('nothing is sealed without a key, and nothing registered without a name', () => {
    expect(() => new Sealing(new SecretBox([])).renewed(registered(plain, plain), later)).toThrow(Refusal);
    expect(decide(reseal([]))).toEqual([]);
  });
  it('the secrets of sources and sites are found as well', () => {
    const source = RegistryEvent.parse({
      type: 'source.registered',
      sourceId: 'column',
      name: '栏目',
      level: 'national',
      kind: 'webhook',
      url: 'https://upstream.example/',
      secret: plain,
      also: [{ kind: 'webhook', url: 'https://upstream.example/more', secret: box.seal(plain, 'source/column', noon) }],
      column: '政策',
    });
    expect(new Sealing(rotated).standing(source).map(({ path, state }) => [path, state])).toEqual([
      ['secret', 'clear'],
      ['also.0.secret', 'older'],
    ]);
  });
});

describe('a secret that a source’s calls are checked with', () => {
  it('is sealed, and said again as it is sealed stays so', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const say = (of: string) => {
      const sealed = new Sealing(box).seal(
        RegistryCommand.parse({
          type: 'source.register',
          id: 's',
          at: noon,
          actor: editor('admin'),
          source: {
            sourceId: 'column',
            name: '栏目',
            level: 'national',
            kind: 'webhook',
            url: 'https://upstream.example/',
            secret: of,
            column: '政策',
          },
        }),
      );
      return sealed.type === 'source.register' ? sealed.source.secret! : '';
    };
    expect(box.open(say(secret), 'source/column')).toBe(secret);
    expect(say(say(secret))).not.toContain('whsec_');
    const once = say(secret);
    expect(say(once)).toBe(once);
  });
});

describe('a secret of a means of alarm', () => {
  const registered = registrations['means.register'];
  const robot = (settings: object): RegistryCommand =>
    RegistryCommand.parse({
      type: 'means.register',
      id: 'm',
      at: noon,
      actor: editor('admin'),
      means: { site: '*', kind: 'dingtalk', name: '值班群', settings },
    });
  const after = (...said: RegistryCommand[]) => {
    const past = said.reduce<RegistryEvent[]>((events, each) => {
      const state = events.reduce(registered.evolve, registered.initial);
      return [...events, ...registered.decide(new Sealing(box).seal(each), state)];
    }, []);
    const last = RegistryEvent.parse(past.at(-1));
    if (last.type !== 'means.registered' || last.means.kind !== 'dingtalk') throw new Error(last.type);
    return last.means.settings;
  };
  it('opens for this robot alone, stays when a form kept it, and is asked for again at another address', () => {
    const login = { token: 'the token of ours', secret: 'SEC of ours' };
    const kept = after(robot(login), robot({ token: keptSecret, secret: keptSecret }));
    expect(JSON.stringify(kept)).not.toContain('of ours');
    expect(box.open(kept.secret!, 'means/_--dingtalk')).toBe('SEC of ours');
    expect(() => box.open(kept.secret!, 'means/city--dingtalk')).toThrow();
    const elsewhere = robot({ server: 'https://thief.example', token: keptSecret });
    expect(() => after(robot(login), elsewhere)).toThrow(expect.objectContaining({ code: 'secret_missing' }));
  });
});
