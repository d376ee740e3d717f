import { isIP } from 'node:net';

/** Whom passkeys are bound to: a name, never an address, and the one page that may ask for them. */
export type RelyingParty = { id: string; origin: string };

/**
 * The console as people reach it; null where that is no name. On one machine it is also reached as `localhost`, which
 * browsers trust without TLS.
 * @param consoleUrl as configured
 * @param host the request's own `Host`
 */
export function relyingParty(consoleUrl: string | undefined, host: string): RelyingParty | null {
  const configured = consoleUrl === undefined ? null : new URL(consoleUrl);
  const isLocal = configured === null || isLoopback(configured.hostname);
  if (isLocal && /^localhost(:\d+)?$/.test(host)) return { id: 'localhost', origin: `http://${host}` };
  if (!configured || isAddress(configured.hostname)) return null;
  return { id: configured.hostname, origin: configured.origin };
}

const isAddress = (hostname: string) => isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
