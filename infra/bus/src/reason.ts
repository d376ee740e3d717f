/** What went wrong, in one line, with what lies under it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const advice = certificateTrouble(error);
  const said = advice === null ? error.message : `${error.message} (${advice})`;
  return error.cause === undefined ? said : `${said}: ${reasonOf(error.cause)}`;
}

const unknownAuthority =
  'its certificate is signed by an authority that is not known here: TLS_CA_FILE must name the file of that authority, or the other side needs a certificate of the right one';
const advices: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it on that machine and start that server again',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clock of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate was made for another name: call the server by a name in its certificate, or have one made for this name',
};

/** What to do about a certificate that was not taken; null for any other trouble. */
export function certificateTrouble(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, chainedError, chained_error: chained } = error as Error & Record<string, unknown>;
  return advices[String(code)] ?? certificateTrouble(chainedError ?? chained);
}
