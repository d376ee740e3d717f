/** An address that may be asked over HTTP, or why it may not. */
export function httpUrl(address: string, base?: URL): { url: URL } | { fault: string } {
  if (!URL.canParse(address, base)) return { fault: `${address} is not an address` };
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { fault: `${url.protocol} is not http or https` };
  if (url.username || url.password) return { fault: 'addresses with a name or password in them are refused' };
  return { url };
}
