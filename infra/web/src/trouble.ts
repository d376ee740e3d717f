import { AddressRefused } from './address.ts';

/** How far a request came before the network failed it. */
export type NetworkTrouble =
  | 'bad_request'
  | 'address_refused'
  | 'dns_failed'
  | 'connect_failed'
  | 'certificate_refused'
  | 'tls_failed'
  | 'timeout'
  | 'bad_encoding'
  | 'connection_lost';

/** Each list is closed; what no list names is `connection_lost`, the trouble that promises least. */
const codes: Record<Exclude<NetworkTrouble, 'address_refused' | 'connection_lost'>, RegExp> = {
  bad_request: /^(UND_ERR_INVALID_ARG|ERR_INVALID_CHAR)$/,
  dns_failed: /^(ENOTFOUND|EAI_\w+)$/,
  connect_failed: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$/,
  certificate_refused:
    /^(ERR_TLS_CERT_\w+|\w*CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|INVALID_CA|HOSTNAME_MISMATCH)$/,
  tls_failed: /^(ERR_TLS_\w+|ERR_SSL_\w+|EPROTO)$/,
  timeout: /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/,
  bad_encoding: /^(Z_\w+|ERR__ERROR_\w+|ERR_BROTLI\w*|ERR_BUFFER_TOO_LARGE)$/,
};

/** What an error of undici, node:net, node:tls or node:zlib means, and its words. */
export function troubleOf(error: unknown): { code: NetworkTrouble; detail: string } {
  const cause = rootOf(error);
  if (cause instanceof AddressRefused) return { code: 'address_refused', detail: cause.message };
  const name = property(cause, 'code');
  const detail = (cause instanceof Error ? cause.message : String(cause)) || name;
  for (const [code, names] of Object.entries(codes)) {
    if (names.test(name)) return { code: code as keyof typeof codes, detail };
  }
  return { code: property(cause, 'syscall') === 'connect' ? 'connect_failed' : 'connection_lost', detail };
}

/** The error behind the error; of several addresses tried beside each other, the first one's. */
function rootOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}

const property = (of: unknown, name: 'code' | 'syscall'): string =>
  typeof of === 'object' && of !== null && name in of ? String((of as Record<string, unknown>)[name]) : '';
