import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import { createSecureContext, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { z } from 'zod';
import { BadConfig } from './bad-config.ts';

export const tlsConfig = {
  /** Certificates (PEM) of the house's own authority, believed beside the world's on every hop: bus, Redis, mail, HTTP. */
  TLS_CA_FILE: z.string().optional(),
  /** What the console and the portal serve HTTPS with; without both they serve HTTP. */
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
};
type TlsConfig = { [Name in keyof typeof tlsConfig]?: string | undefined };

/** Idle connections are kept as long as over HTTP. In ms. */
const keepAliveMs = 72_000;

/** Believes the house's own authority from now on, in this process. @throws BadConfig */
export function believe({ TLS_CA_FILE: file }: TlsConfig): void {
  if (file === undefined) return;
  const pem = read('TLS_CA_FILE', file);
  try {
    // The list is taken as it is; a file of something else would only show at the first connection.
    void new X509Certificate(pem);
    setDefaultCACertificates([...getCACertificates('default'), pem]);
  } catch (error) {
    throw new BadConfig(`settings: TLS_CA_FILE ${file} holds no certificate in PEM`, { cause: error });
  }
}

/** How a web server is made: over TLS where a certificate is set, else as it is by itself. @throws BadConfig */
export function serverOf({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: TlsConfig): {
  serverFactory?: (handler: RequestListener) => Server;
} {
  if (certFile === undefined && keyFile === undefined) return {};
  if (certFile === undefined || keyFile === undefined)
    throw new BadConfig('settings: TLS_CERT_FILE and TLS_KEY_FILE belong together; set both, or neither');
  const pair = { cert: read('TLS_CERT_FILE', certFile), key: read('TLS_KEY_FILE', keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new BadConfig(`settings: ${keyFile} is not the key of ${certFile} (${String(error)})`, { cause: error });
  }
  return {
    serverFactory: (handler) =>
      createServer({ ...pair, minVersion: 'TLSv1.2', keepAliveTimeout: keepAliveMs }, handler),
  };
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadConfig(`settings: ${name} can't be read: ${String(error)}`, { cause: error });
  }
}
