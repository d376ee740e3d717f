import { checkedAddress, systemLookup } from '@tongsheng/web';
import type { MailServer } from './smtp.ts';

/** Where public mail servers listen; any other needs to be on the allow list. */
const ports = [25, 465, 587];

/** The server that an address names, checked, so that no setting reaches into our own network. A login may stand in it. */
export async function mailServerOf(
  smtp: string,
  allow: readonly string[],
  own: MailServer['login'] = null,
): Promise<MailServer> {
  const { protocol, hostname, port: said, username, password } = new URL(smtp);
  if (protocol !== 'smtp:' && protocol !== 'smtps:') throw new Error(`${protocol} is neither smtp: nor smtps:`);
  const secure = protocol === 'smtps:';
  const login = own ?? (username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null);
  const port = said ? Number(said) : secure ? 465 : login ? 587 : 25;
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = await checkedAddress(host, port, { allow, lookup: systemLookup, ports });
  return { host, address, port, secure, login };
}
