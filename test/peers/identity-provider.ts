import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '@tongsheng/local';
import Provider from 'oidc-provider';

const clientId = 'tongsheng';
const clientSecret = 'a secret of the provider and us';

/** An OpenID provider that others wrote (oidc-provider), on this machine, with one page of ours to sign in at. */
export type IdentityProvider = {
  issuer: string;
  /** What a console is told of it. */
  environment: Record<'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'OIDC_SECOND_FACTOR', string>;
  /** Gives somebody's name there to somebody else. */
  rename(account: string, name: string): void;
  /** Signs in at an address of it as a browser does; the query that it sends back with. */
  visit(url: string, as: { account: string; mfa?: boolean } | 'refuses'): Promise<string>;
  /** Stops answering, and begins again. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** @param consoleUrl where it may send people back to */
export async function startIdentityProvider(consoleUrl: string): Promise<IdentityProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const names = new Map<string, string>();
  const provider = new Provider(issuer, {
    clients: [
      { client_id: clientId, client_secret: clientSecret, redirect_uris: [new URL('/sign-in/oidc', consoleUrl).href] },
    ],
    claims: { openid: ['sub', 'amr'], profile: ['preferred_username'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/sign-in/${uid}` },
    cookies: { keys: ['of a test'] },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: names.get(sub) ?? sub }),
    }),
    // Nobody is asked whether their own employer's console may know them.
    async loadExistingGrant({ oidc }: { oidc: { client: { clientId: string }; session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();

  /** The page that asks who it is: a form, and what is sent by it. */
  async function ask(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<form method="post"><input name="account"><button>登录</button></form>`);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const said = new URLSearchParams(body);
    const account = said.get('account');
    const result =
      account === null
        ? { error: 'access_denied', error_description: 'cancelled' }
        : { login: { accountId: account, amr: said.has('mfa') ? ['pwd', 'otp'] : ['pwd'] } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  const listen = async () => {
    const server = createServer((request, response) =>
      request.url?.startsWith('/sign-in/') ? void ask(request, response) : answer(request, response),
    );
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen();

  return {
    issuer,
    environment: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_SECOND_FACTOR: 'otp',
    },
    rename: (account, name) => void names.set(account, name),
    async visit(url, as) {
      const cookies = new Map<string, string>();
      const go = async (to: URL, body?: URLSearchParams): Promise<URL> => {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const told = await fetch(to, {
          redirect: 'manual',
          headers: { cookie },
          ...(body && { method: 'POST', body }),
        });
        await told.body?.cancel();
        for (const each of told.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
          cookies.set(name, value);
        }
        return new URL(told.headers.get('location') ?? to, to);
      };
      const form = new URLSearchParams(as === 'refuses' ? {} : { account: as.account, ...(as.mfa && { mfa: 'on' }) });
      let at = new URL(url);
      while (at.origin === issuer) at = at.pathname.startsWith('/sign-in/') ? await go(at, form) : await go(at);
      return at.search.slice(1);
    },
    async stop() {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
    async start() {
      server = await listen();
    },
  };
}
