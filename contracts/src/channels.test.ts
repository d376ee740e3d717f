import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { brokenLines, changeSecrets, keptSecret, lengthOf, secret, secretSetAt } from './channel.ts';
import { channelKinds, limitsOf, shownSettings, withSecrets, type Channel } from './channels.ts';
import { RegistryCommand } from './registry.ts';

const mail: Channel = {
  channelId: 'press',
  name: '编辑部',
  site: 'province',
  paused: false,
  kind: 'email',
  settings: {
    smtp: 'smtp://mail.example:587',
    user: 'press',
    password: 'open sesame',
    from: 'press@province.example',
    to: ['desk@paper.example'],
  },
};
const sealed = `sealed.k1.20261123T040000Z.${'a'.repeat(16)}.${'b'.repeat(30)}`;

describe('a setting', () => {
  const register = (settings: object) =>
    RegistryCommand.safeParse({
      type: 'channel.register',
      id: 'c',
      at: '2026-11-23T04:00:00.000Z',
      actor: { kind: 'person', id: 'admin' },
      channel: { ...mail, settings: { ...mail.settings, ...settings } },
    });

  it.each([
    ['user', { user: 'press\r\nRCPT TO:<all@paper.example>' }],
    ['password', { password: 'open\nsesame' }],
    ['from', { from: 'press@province.example\r\nBcc: x@evil.example' }],
    ['to.0', { to: ['desk@paper.example\nBcc: x@evil.example'] }],
  ])('with a header hidden behind a line break is refused by its name: %s', (name, settings) => {
    const { error } = register(settings);
    expect(error?.issues.map(({ path }) => path.slice(2).join('.'))).toContain(name);
  });
  it('that is an address is read without them', () => {
    const { data } = register({ smtp: 'smtp://mail.example:587/\r\nBcc: x' });
    expect(JSON.stringify(data)).not.toMatch(/\\[rn]/);
  });
  it('of every kind is one line, but for what has lines of its own', () => {
    const withLines = Object.values(channelKinds).flatMap(({ kind, settings }) => {
      const fields = Object.keys((settings as z.ZodObject).shape);
      const broken = Object.fromEntries(fields.map((name) => [name, 'a\r\nb']));
      const found = brokenLines(settings, broken).map(([name]) => name);
      return fields.filter((name) => !found.includes(name)).map((name) => `${kind}.${name}`);
    });
    expect(withLines).toEqual(['sftp.privateKey', 'ftps.authority']);
  });
});

describe('a secret', () => {
  it('is found wherever it stands in the settings', () => {
    const settings = z.strictObject({
      auth: z.union([z.strictObject({ token: secret(z.string()) }), z.strictObject({ user: z.string() })]).optional(),
      keys: z.array(z.strictObject({ id: z.string(), key: secret(z.string()) })).default([]),
    });
    const seen: string[] = [];
    const changed = changeSecrets(settings, { auth: { token: 'a' }, keys: [{ id: '1', key: 'b' }] }, (value, path) => {
      seen.push(`${path}=${value}`);
      return value.toUpperCase();
    });
    expect(changed).toEqual({ auth: { token: 'A' }, keys: [{ id: '1', key: 'B' }] });
    expect(seen).toEqual(['auth.token=a', 'keys.0.key=b']);
  });
  it('is never shown, only when it was set', () => {
    expect(JSON.stringify(shownSettings(mail))).not.toContain('sesame');
    expect(shownSettings(withSecrets(mail, () => sealed))).toMatchObject({
      user: 'press',
      password: { secret: true, setAt: '2026-11-23T04:00:00.000Z' },
    });
    expect(secretSetAt('plain')).toBeNull();
    const old = { ...mail, settings: { ...mail.settings, smtp: 'smtp://press:hush@mail.example:587' } } as Channel;
    expect(shownSettings(old)).toMatchObject({ smtp: 'smtp://mail.example:587' });
  });
  it('may not be put inside an address', () => {
    const register = (smtp: string) =>
      RegistryCommand.safeParse({
        type: 'channel.register',
        id: 'c',
        at: '2026-11-23T04:00:00.000Z',
        actor: { kind: 'person', id: 'admin' },
        channel: { ...mail, settings: { ...mail.settings, smtp, password: keptSecret } },
      }).success;
    expect(register('smtp://mail.example:587')).toBe(true);
    expect(register('smtp://press:hush@mail.example:587')).toBe(false);
  });
});

describe('limits', () => {
  it('are the kind’s, unless the channel has its own', () => {
    expect(limitsOf(mail).timeoutMs).toBe(300_000);
    expect(limitsOf({ ...mail, limits: { timeoutMs: 9, rate: { tokens: 1, perSeconds: 60 } } })).toMatchObject({
      timeoutMs: 9,
      parallel: 1,
      rate: { tokens: 1, perSeconds: 60 },
    });
  });
  it.each([
    ['税务a😀', 'characters', 4],
    ['税务a😀', 'bytes', 11],
    ['税务ab', 'hanzi', 3],
    ['税务a', 'hanzi', 3],
    ['', 'bytes', 0],
  ] as const)('count %s in %s as %i', (text, unit, length) => {
    expect(lengthOf(text, unit)).toBe(length);
    if (unit === 'bytes') expect(length).toBe(new TextEncoder().encode(text).length);
  });
});
