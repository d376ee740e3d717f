/** The library comes when somebody uses a passkey; it is no part of the first screen. */
const library = () => import('@simplewebauthn/browser');

/** Whether this page may ask for passkeys: a browser that can, at a name and not at an address. */
export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && isSecureContext && !/^[\d.:[\]a-f]+$/i.test(location.hostname);

/** What a key signed; null when the person cancelled, or has none here. @param options as the server asked */
export async function signWithPasskey(options: object): Promise<unknown> {
  const { startAuthentication } = await library();
  type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'];
  return startAuthentication({ optionsJSON: options as Options }).catch(() => null);
}

/** A new key; null when the person cancelled, or it is enrolled already. @param options as the server asked */
export async function makePasskey(options: object): Promise<unknown> {
  const { startRegistration } = await library();
  type Options = Parameters<typeof startRegistration>[0]['optionsJSON'];
  return startRegistration({ optionsJSON: options as Options }).catch(() => null);
}
