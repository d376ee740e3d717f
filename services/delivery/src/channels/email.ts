import { composeMail, mailServerOf, sendMail, type Letter, type RefusedRecipient, type Sent } from '@tongsheng/mail';
import type { RecipientAnswer } from '@tongsheng/contracts';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { hearBounce } from './email-bounce.ts';
import { correctionOf, letterOf, withdrawalOf } from './email-message.ts';
import { part } from './shown.ts';

/**
 * A list of newsrooms by SMTP. `250` after the final dot is the proof that the mail server took it over. A second copy
 * would be read a second time, so a line that broke after the dot is a person's to settle.
 */
export const email = defineChannel('email', {
  onUnknown: 'person',
  credentialOf: ({ smtp, user }) => `${new URL(smtp).host}/${user ?? ''}`,

  show(parcel, { from, to }) {
    const { subject, html, text } = letterOf(parcel, { from, to });
    const page = html === undefined ? part('text', text) : part('page', html, { form: 'html' });
    return { parts: [...part('subject', subject), ...page], pictures: [] };
  },

  callback: (inbound, { bounceToken }) => hearBounce(inbound, bounceToken),

  deliver: (parcel, settings, tools) => {
    const own = addressed(parcel, settings);
    return mail(letterOf(parcel, own), own, tools, parcel.deliveryId, parcel.onlyTo);
  },

  // Who has the first mail finds the second one in the same thread.
  amend: {
    by: 'notice',
    hand: (parcel, sent, settings, tools) => {
      const own = addressed(sent.parcel, settings);
      return mail(correctionOf(parcel, sent.parcel, own), own, tools, parcel.deliveryId, parcel.onlyTo);
    },
  },
  recall: {
    by: 'notice',
    hand: (parcel, sent, settings, tools) => {
      const own = addressed(sent.parcel, settings);
      return mail(withdrawalOf(parcel, sent.parcel, own), own, tools, parcel.deliveryId, parcel.onlyTo);
    },
  },

  // To one mailbox that the tester names, never to the newsrooms.
  test: {
    needs: 'address',
    send: async (id, to, settings, tools) => {
      if (to === null) return { outcome: 'not_sent', trouble: 'content', detail: 'no mailbox is named' };
      const letter = {
        name: id,
        at: tools.now(),
        from: { name: '同声测试', address: settings.from },
        to,
        subject: '【测试】渠道试发，请勿处理',
        text: '这是一封测试邮件，用来确认渠道能够发出。内容不是稿件，请勿刊发。',
      };
      return mail(letter, { ...settings, to: [to] }, tools, id);
    },
  },
});

type Settings = { smtp: string; user?: string | undefined; password?: string | undefined; from: string; to: string[] };

/** An early copy is one person's, and so is what is said of it later. */
const addressed = ({ embargo }: Parcel, settings: Settings): Settings =>
  embargo ? { ...settings, to: [embargo.email] } : settings;

async function mail(
  letter: Letter,
  { smtp, user, password, from, to }: Settings,
  { allow, timeoutMs }: Tools,
  id: string,
  onlyTo?: readonly string[],
): Promise<Handed> {
  const left = onlyTo ? to.filter((address) => onlyTo.includes(address)) : to;
  if (left.length === 0) return { outcome: 'rejected_permanent', detail: 'the channel has none of them any more' };
  const message = await composeMail(letter);
  const login = user === undefined ? null : { user, pass: password ?? '' };
  const server = await mailServerOf(smtp, allow, login).catch((error: unknown) => String(error));
  if (typeof server === 'string') return { outcome: 'not_sent', detail: server };
  return toHanded(await sendMail(server, { from, to: left, id }, message, timeoutMs), left, to.length > 1);
}

function toHanded(sent: Sent, to: readonly string[], areSeveral: boolean): Handed {
  switch (sent.kind) {
    case 'accepted': {
      const { line, refused } = sent;
      const receipt = { remoteId: line.slice(0, 500), url: null };
      const whom = refused.map(({ address, detail }) => `${address}: ${detail}`).join('; ');
      const detail =
        refused.length === 0 ? line : `${to.length - refused.length} of ${to.length} recipients; refused: ${whom}`;
      return { outcome: 'confirmed', detail, receipt, ...(areSeveral && answers(to, refused)) };
    }
    case 'rejected': {
      const { permanent, detail, refused } = sent;
      const each = areSeveral && refused.length > 0 && answers(to, refused);
      return { outcome: permanent ? 'rejected_permanent' : 'rejected_retryable', detail, ...each };
    }
    case 'unknown':
      return { outcome: 'unknown', detail: sent.detail };
    case 'not_sent':
      return { outcome: 'not_sent', detail: sent.detail, trouble: sent.login ? 'credential' : 'network' };
  }
}

/** What was said of each of several; of one alone the outcome says it. */
function answers(to: readonly string[], refused: readonly RefusedRecipient[]): Pick<Handed, 'recipients'> {
  const recipients = to.map((address): RecipientAnswer => {
    const no = refused.find((each) => each.address === address);
    if (!no) return { address, outcome: 'accepted', status: '', detail: '' };
    const { status, detail, later } = no;
    const said = { status: status.slice(0, 20), detail: detail.slice(0, 500) };
    return { address, outcome: later ? 'deferred' : 'refused', ...said };
  });
  return { recipients };
}
