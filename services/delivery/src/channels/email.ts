import { emailSettings } from '@tongsheng/contracts';
import { checkedAddress, systemLookup } from '@tongsheng/web';
import { defineChannel, type Handed } from './channel.ts';
import { composeMail } from './email-message.ts';
import { sendMail, type MailServer, type Sent } from './smtp.ts';

/** Where public mail servers listen; any other needs to be on the allow list. */
const ports = [25, 465, 587];

/**
 * A list of newsrooms by SMTP. `250` after the final dot is the proof that the mail server took it over. A second copy
 * would be read a second time, so a line that broke after the dot is a person's to settle.
 */
export const email = defineChannel({
  kind: 'email',
  settings: emailSettings,
  onUnknown: 'person',
  limits: { timeoutMs: 300_000 },

  async deliver(parcel, { smtp, from, to }, { allow, timeoutMs }) {
    const message = await composeMail(parcel, { from, to });
    const server = await serverOf(smtp, allow).catch((error: unknown) => String(error));
    if (typeof server === 'string') return { outcome: 'not_sent', detail: server };
    return toHanded(await sendMail(server, { from, to }, message, timeoutMs), to.length);
  },
});

/** The server that an address names, checked, so that no setting reaches into our own network. */
async function serverOf(smtp: string, allow: readonly string[]): Promise<MailServer> {
  const { protocol, hostname, port: said, username, password } = new URL(smtp);
  if (protocol !== 'smtp:' && protocol !== 'smtps:') throw new Error(`${protocol} is neither smtp: nor smtps:`);
  const secure = protocol === 'smtps:';
  const login = username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null;
  const port = said ? Number(said) : secure ? 465 : login ? 587 : 25;
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = await checkedAddress(host, port, { allow, lookup: systemLookup, ports });
  return { host, address, port, secure, login };
}

function toHanded(sent: Sent, recipients: number): Handed {
  switch (sent.kind) {
    case 'accepted': {
      const { line, refused } = sent;
      const receipt = { remoteId: line.slice(0, 500), url: null };
      if (refused.length === 0) return { outcome: 'confirmed', detail: line, receipt };
      // Those who were accepted have it; a second try would reach them twice.
      const detail = `${recipients - refused.length} of ${recipients} recipients; refused: ${refused.join('; ')}`;
      return { outcome: 'confirmed', detail, receipt };
    }
    case 'rejected':
      return { outcome: sent.permanent ? 'rejected_permanent' : 'rejected_retryable', detail: sent.detail };
    case 'not_sent':
    case 'unknown':
      return { outcome: sent.kind, detail: sent.detail };
  }
}
