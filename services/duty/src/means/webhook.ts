import { contactOwnerOf, withContactSecrets, type Contact } from '@tongsheng/contracts';
import { NoKey, type SecretBox } from '@tongsheng/runtime';
import { postWebhook } from '@tongsheng/web';
import { noticeWords } from '../message.ts';
import type { MeansOfTelling, Relay } from './means.ts';

const timeoutMs = 10_000;

/** A signed call to the person's own endpoint, such as a messenger's robot. It drops a second copy by its id. */
export const webhook =
  ({ allow, secrets }: Pick<Relay, 'allow' | 'secrets'>): MeansOfTelling =>
  async ({ name, people: [{ personId, name: called, contact }], notice, at }) => {
    if (!contact?.webhook) return { outcome: 'failed', detail: '没有登记 Webhook', again: false };
    const endpoint = opened(contact, secrets);
    if (!endpoint)
      return { outcome: 'failed', detail: 'Webhook 密钥无法解密，请重新登记（SECRETS_KEYS）', again: false };
    const { subject: title, text } = noticeWords(notice);
    const { about, siteName, link } = notice;
    const data = { title, text, about, siteName, link, to: { personId, name: called } };
    const call = { id: name, at: new Date(notice.at), type: 'alarm.told', timestamp: at, data };
    const posted = await postWebhook(endpoint, call, { allow, timeoutMs });
    if (posted.kind === 'unknown') return { outcome: 'unknown', detail: posted.detail, again: true };
    if (posted.kind === 'not_sent') return { outcome: 'failed', detail: posted.detail, again: !posted.refused };
    const { status } = posted;
    if (status >= 200 && status < 300) return { outcome: 'confirmed', detail: `HTTP ${status}`, again: false };
    const passing = status >= 500 || status === 408 || status === 425 || status === 429;
    return { outcome: 'failed', detail: `HTTP ${status}`, again: passing };
  };

/** Null: the key that it was sealed with is not here any more. */
function opened(contact: Contact, secrets: SecretBox): Contact['webhook'] {
  try {
    return withContactSecrets(contact, (value) => secrets.open(value, contactOwnerOf(contact))).webhook;
  } catch (error) {
    if (error instanceof NoKey) return null;
    throw error;
  }
}
