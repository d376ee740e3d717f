import { lastOfCredential, type CredentialCommand, type CredentialEvent } from '@tongsheng/contracts';
import { editor, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { credential } from './credential.ts';

const given = specify(credential);
const key = { credentialId: 'app', site: 'province' };
const fail = (at = noon): CredentialCommand => ({
  type: 'credential.fail',
  ...key,
  id: 'c',
  at,
  actor: service,
  channelId: 'wechat',
  channelName: '公众号',
  detail: '40164',
  seenAt: at,
});
const failed: CredentialEvent = {
  type: 'credential.failed',
  ...key,
  channelId: 'wechat',
  channelName: '公众号',
  detail: '40164',
  failedAt: noon,
};
const mend: Extract<CredentialCommand, { type: 'credential.mend' }> = {
  type: 'credential.mend',
  ...key,
  id: 'm',
  at: minutesLater(5),
  actor: editor('admin'),
  how: 'try_again',
};
const by = mend.actor.name ?? 'admin';
const mended: CredentialEvent = {
  type: 'credential.mended',
  ...key,
  channelId: 'wechat',
  how: 'try_again',
  by: 'admin',
  byName: by,
  mendedAt: minutesLater(5),
};

describe('a renewed secret under another key', () => {
  const renewed: CredentialEvent = {
    type: 'credential.renewed',
    ...key,
    channelId: 'wechat',
    field: 'refreshToken',
    secret: 'sealed.k1.a',
    of: 'a'.repeat(64),
    validUntil: null,
    renewedAt: noon,
  };
  const reseal: CredentialCommand = {
    type: 'credential.reseal',
    ...key,
    id: 'r',
    at: minutesLater(9),
    actor: service,
    was: 'sealed.k1.a',
    now: 'sealed.k2.a',
  };
  it('is sealed anew once, and a login that is refused stays refused', () => {
    const [resealed] = given(renewed, failed).when(reseal).events();
    given(renewed, failed, resealed!).when(reseal).yields();
    given(renewed, failed, resealed!)
      .when(fail(minutesLater(10)))
      .yields();
    expect(lastOfCredential(failed, resealed!)).toBe(failed);
  });
  it('is left alone where another was renewed meanwhile, or nothing was', () => {
    given({ ...renewed, secret: 'sealed.k2.b' } as CredentialEvent)
      .when(reseal)
      .yields();
    given().when(reseal).yields();
  });
});

describe('a login', () => {
  it('that is refused once is in trouble, once', () => {
    given().when(fail()).yields(failed);
    given(failed)
      .when(fail(minutesLater(1)))
      .yields();
  });
  it('is tried again when a person says so', () => {
    given(failed).when(mend).yields(mended);
    given(failed, mended).when(mend).yields();
  });
  it('is not in trouble again for what was seen before it was mended', () => {
    given(failed, mended)
      .when(fail(minutesLater(4)))
      .yields();
    given(failed, mended)
      .when(fail(minutesLater(6)))
      .yields({ ...failed, failedAt: minutesLater(6) } as CredentialEvent);
  });
  it('has its breaker reset by a person who says why, however often, also when nothing was ever wrong with it', () => {
    const reset: CredentialCommand = {
      type: 'credential.reset_breaker',
      ...key,
      id: 'r',
      at: minutesLater(7),
      actor: editor('comms'),
      channelId: 'wechat',
      reason: '对方已恢复',
    };
    const { name: byName = 'comms' } = reset.actor;
    const done = { channelId: 'wechat', reason: '对方已恢复', by: 'comms', byName, resetAt: minutesLater(7) };
    for (const past of [[], [failed, mended]])
      given(...past)
        .when(reset)
        .yields({ type: 'credential.breaker_reset', ...key, ...done });
  });
  it('that is refused is not opened by resetting a breaker', () => {
    const reset = { type: 'credential.reset_breaker' as const, channelId: 'wechat', reason: '再试' };
    const { how: _how, ...head } = mend;
    given(failed)
      .when({ ...head, ...reset })
      .isRefused('credential_refused');
  });
  it('without trouble needs no mending', () => {
    given().when(mend).isRefused('credential_missing');
  });
});

describe('a secret that the platform gave in place of the registered one', () => {
  const facts = {
    channelId: 'video',
    field: 'refreshToken',
    secret: 'sealed.k1.20261123T040000Z.AAAA.BBBB',
    of: 'a'.repeat(64),
    validUntil: minutesLater(60),
  };
  const renew: CredentialCommand = { type: 'credential.renew', ...key, id: 'r', at: noon, actor: service, ...facts };
  const renewed: CredentialEvent = { type: 'credential.renewed', ...key, ...facts, renewedAt: noon };
  it('is written down once, however often it is told', () => {
    given().when(renew).yields(renewed);
    given(renewed).when(renew).yields();
    given(renewed, failed).when(renew).yields();
  });
  it('says that the platform lets us in, and what was seen before it tells nothing', () => {
    given(failed, renewed).when(mend).yields();
    given(renewed).when(fail()).yields();
  });
});
