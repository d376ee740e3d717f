declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  /** As much of the provider as a test configures (oidc-provider 9); it comes without types of its own. */
  type Configuration = {
    clients: { client_id: string; client_secret: string; redirect_uris: string[] }[];
    claims: Record<string, string[]>;
    features: { devInteractions: { enabled: boolean } };
    pkce: { required: () => boolean };
    interactions: { url: (context: unknown, interaction: { uid: string }) => string };
    /** In seconds. */
    ttl: Record<string, number>;
    cookies: { keys: string[] };
    findAccount: (context: unknown, sub: string) => { accountId: string; claims: () => Record<string, string> };
    loadExistingGrant: (context: {
      oidc: { client: { clientId: string }; session: { accountId: string } };
    }) => Promise<Grant>;
  };
  type Grant = { addOIDCScope(scope: string): void; save(): Promise<string> };
  type Result = { login: { accountId: string; amr: string[] } } | { error: string; error_description: string };

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly Grant: new (of: { clientId: string; accountId: string }) => Grant;
    callback(): RequestListener;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Result,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}
