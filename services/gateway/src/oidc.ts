import { reasonOf } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import * as client from 'openid-client';
import type { DirectoryTrouble, Shown } from './directory.ts';

export type OidcSettings = {
  issuer: string;
  clientId: string;
  clientSecret: string | null;
  /** The page of ours that the provider sends people back to. */
  redirect: string;
  scope: string;
  /** The claim with the name that an administrator links an account by. */
  nameClaim: string;
  /** Values of `amr` and `acr` that count as a second factor. */
  secondFactor: readonly string[];
};

/** What is kept of one round to the provider until its answer comes. */
export type Round = { state: string; nonce: string; verifier: string };

/** How far the provider's clock may be from ours, and how long it may take to answer; in seconds. */
const clockTolerance = 60;
const answerSeconds = 5;
/** The provider's own description is asked for anew after so long; in ms. */
const descriptionMs = 600_000;
/** How fresh a sign-in there must be that proves somebody anew; in seconds. */
const freshSeconds = 120;

/** Signs in by an OpenID provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 9700). */
export class Oidc {
  #known: { server: client.ServerMetadata; readAt: number } | null = null;

  constructor(
    private readonly settings: OidcSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * Where the browser goes.
   * @param anew somebody who is signed in here shows once more who they are: the provider must ask them
   * @throws Refusal directory_down, directory_answer_wrong
   */
  async begin(anew: boolean): Promise<{ url: string; round: Round }> {
    const { redirect, scope } = this.settings;
    const round = {
      // By its beginning the page that it comes back to knows what it is for.
      state: `${anew ? 'proof' : 'enter'}.${client.randomState()}`,
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const challenge = await client.calculatePKCECodeChallenge(round.verifier);
    return told(async () => {
      const url = client.buildAuthorizationUrl(await this.#provider(), {
        redirect_uri: redirect,
        scope,
        state: round.state,
        nonce: round.nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...(anew && { prompt: 'login', max_age: '0' }),
      });
      return { url: url.href, round };
    });
  }

  /**
   * Who it is, by what the provider sent the browser back with.
   * @param answer the query of that address, as it came
   * @throws Refusal directory_refused, directory_code_spent, directory_clock_apart, directory_answer_wrong, directory_down
   */
  async finish(answer: string, { state, nonce, verifier }: Round, anew: boolean): Promise<Shown> {
    const { redirect, nameClaim, secondFactor, issuer } = this.settings;
    return told(async () => {
      const provider = await this.#provider();
      const tokens = await client.authorizationCodeGrant(provider, new URL(`?${answer}`, redirect), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        ...(anew && { maxAge: freshSeconds }),
      });
      const claims = tokens.claims()!;
      const said = claims[nameClaim] ?? (await this.#moreOf(provider, tokens.access_token, claims.sub));
      if (typeof said !== 'string' || said.trim() === '' || said.length > 200)
        throw new Refusal('directory_answer_wrong', `the provider says no ${nameClaim}`);
      const { amr, acr } = claims;
      const shown = [...(Array.isArray(amr) ? amr : []), acr];
      const isStrong = secondFactor.some((each) => shown.includes(each));
      return { directory: 'oidc', subject: `${issuer} ${claims.sub}`, name: said.trim(), isStrong };
    });
  }

  /** The claim where the ID token leaves it out, as the standard prefers. */
  async #moreOf(provider: client.Configuration, accessToken: string, sub: string): Promise<unknown> {
    if (!provider.serverMetadata().userinfo_endpoint) return null;
    const more = await client.fetchUserInfo(provider, accessToken, sub);
    return more[this.settings.nameClaim];
  }

  async #provider(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const now = Date.parse(this.clock.now());
    const metadata = {
      [client.clockTolerance]: clockTolerance,
      // Judged by the clock of the house.
      [client.clockSkew]: Math.round((now - Date.now()) / 1000),
    };
    const proof = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
    // Signatures are checked although the answer came over TLS; plain HTTP passes on this machine alone, by the settings.
    const execute = [
      client.enableNonRepudiationChecks,
      ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
    ];
    if (this.#known === null || now - this.#known.readAt > descriptionMs) {
      const found = await client.discovery(new URL(issuer), clientId, metadata, proof, {
        execute,
        timeout: answerSeconds,
      });
      this.#known = { server: found.serverMetadata(), readAt: now };
    }
    const provider = new client.Configuration(this.#known.server, clientId, metadata, proof);
    provider.timeout = answerSeconds;
    for (const each of execute) each(provider);
    return provider;
  }
}

/** Does it; what goes wrong at the provider becomes the refusal that says so. */
async function told<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Refusal || !isTrouble(error)) throw error;
    const code = troubleOf(error);
    throw new Refusal(code, reasonOf(error), error instanceof client.AuthorizationResponseError ? said(error) : {});
  }
}

/** `fetch` says by a TypeError with a cause that nobody answered; one without is a mistake of ours. */
const isTrouble = (error: unknown) =>
  error instanceof client.ClientError ||
  error instanceof client.AuthorizationResponseError ||
  error instanceof client.ResponseBodyError ||
  error instanceof client.WWWAuthenticateChallengeError ||
  (error instanceof TypeError && error.cause !== undefined);
const said = ({ error }: client.AuthorizationResponseError) => ({ said: error.slice(0, 60) });
const isDown = (error: string) => error === 'temporarily_unavailable' || error === 'server_error';

function troubleOf(error: unknown): DirectoryTrouble {
  if (error instanceof client.AuthorizationResponseError)
    return isDown(error.error) ? 'directory_down' : 'directory_refused';
  if (error instanceof client.ResponseBodyError) {
    if (error.error === 'invalid_grant') return 'directory_code_spent';
    return isDown(error.error) ? 'directory_down' : 'directory_refused';
  }
  if (error instanceof client.WWWAuthenticateChallengeError) return 'directory_refused';
  if (error instanceof TypeError) return 'directory_down';
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
      return 'directory_down';
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return 'directory_clock_apart';
    default:
      return 'directory_answer_wrong';
  }
}
