// Signing in by OpenID Connect, held against a provider that others wrote: what it says, and how what goes wrong is named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Oidc, type OidcSettings } from '../../services/gateway/src/oidc.ts';
import { startIdentityProvider, type IdentityProvider } from './identity-provider.ts';

const consoleUrl = 'http://127.0.0.1:9';
let provider: IdentityProvider;
let settings: OidcSettings;
/** How far the clock of the house is wrong, in ms. */
let wrongBy = 0;
const clock = { now: () => new Date(Date.now() + wrongBy).toISOString() };

beforeAll(async () => {
  provider = await startIdentityProvider(consoleUrl);
  settings = {
    issuer: provider.issuer,
    clientId: provider.environment.OIDC_CLIENT_ID,
    clientSecret: provider.environment.OIDC_CLIENT_SECRET,
    redirect: `${consoleUrl}/sign-in/oidc`,
    scope: 'openid profile',
    nameClaim: 'preferred_username',
    secondFactor: ['otp'],
  };
});
afterAll(() => provider.stop());

const ours = () => new Oidc(settings, clock);
/** Begins, signs in there, and comes back. */
async function cameBack(as: { account: string; mfa?: boolean } | 'refuses', anew = false) {
  const oidc = ours();
  const { url, round } = await oidc.begin(anew);
  return { oidc, round, answer: await provider.visit(url, as) };
}

describe('a provider that others wrote', () => {
  it('says who it is, by a key of its own and by the name of the day', async () => {
    provider.rename('1001', 'zhang.san');
    const { oidc, round, answer } = await cameBack({ account: '1001' });
    expect(await oidc.finish(answer, round, false)).toEqual({
      directory: 'oidc',
      subject: `${provider.issuer} 1001`,
      name: 'zhang.san',
      isStrong: false,
    });
  });
  it('says that a second factor was shown, where the house counts it', async () => {
    const strong = async () => {
      const { oidc, round, answer } = await cameBack({ account: '1001', mfa: true });
      return (await oidc.finish(answer, round, false)).isStrong;
    };
    expect(await strong()).toBe(true);
    settings = { ...settings, secondFactor: [] };
    expect(await strong()).toBe(false);
  });
  it('asks anew who it is when somebody proves it', async () => {
    const { oidc, round, answer } = await cameBack({ account: '1001' }, true);
    expect(await oidc.finish(answer, round, true)).toMatchObject({ name: 'zhang.san' });
  });
});

describe('it is named when', () => {
  const refused = (code: string) => ({ name: 'Refusal', code });
  it('somebody cancels there', async () => {
    const { oidc, round, answer } = await cameBack('refuses');
    await expect(oidc.finish(answer, round, false)).rejects.toMatchObject(refused('directory_refused'));
  });
  it('a code is brought a second time', async () => {
    const { oidc, round, answer } = await cameBack({ account: '1001' });
    await oidc.finish(answer, round, false);
    await expect(oidc.finish(answer, round, false)).rejects.toMatchObject(refused('directory_code_spent'));
  });
  it('a code comes without the verifier of who asked for it', async () => {
    const { oidc, round, answer } = await cameBack({ account: '1001' });
    const stolen = { ...round, verifier: 'x'.repeat(43) };
    await expect(oidc.finish(answer, stolen, false)).rejects.toMatchObject(refused('directory_code_spent'));
  });
  it('state or nonce are of another round', async () => {
    const { oidc, round, answer } = await cameBack({ account: '1001' });
    const otherState = { ...round, state: 'enter.another' };
    await expect(oidc.finish(answer, otherState, false)).rejects.toMatchObject(refused('directory_answer_wrong'));
    const otherNonce = { ...round, nonce: 'another' };
    await expect(oidc.finish(answer, otherNonce, false)).rejects.toMatchObject(refused('directory_answer_wrong'));
  });
  it('the clocks are far apart; a little is forgiven', async () => {
    const at = async (ms: number) => {
      const { oidc, round, answer } = await cameBack({ account: '1001' });
      wrongBy = ms;
      return oidc.finish(answer, round, false).finally(() => (wrongBy = 0));
    };
    expect(await at(30_000)).toMatchObject({ name: 'zhang.san' });
    await expect(at(2 * 86_400_000)).rejects.toMatchObject(refused('directory_clock_apart'));
  });
  it('the secret is wrong', async () => {
    const { round, answer } = await cameBack({ account: '1001' });
    const wrong = new Oidc({ ...settings, clientSecret: 'another' }, clock);
    await expect(wrong.finish(answer, round, false)).rejects.toMatchObject(refused('directory_refused'));
  });
  it('nobody answers there', async () => {
    const { oidc, round, answer } = await cameBack({ account: '1001' });
    await provider.stop();
    await expect(oidc.finish(answer, round, false)).rejects.toMatchObject(refused('directory_down'));
    await expect(ours().begin(false)).rejects.toMatchObject(refused('directory_down'));
    await provider.start();
  });
});
