const loopback = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether nobody on the way reads what is sent to this address: it is https, or this very machine. */
export function isConfidential(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)));
}
