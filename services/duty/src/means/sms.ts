import type { SmsSettings } from '@tongsheng/contracts';
import { safeCall } from '@tongsheng/web';
import { smsText } from '../message.ts';
import type { Ended, MeansOfTelling, Registered, Relay } from './means.ts';
import { opened } from './registered.ts';

const timeoutMs = 10_000;

/** A text message by the house's own gateway. It knows no second copy, so that what may have been sent is not sent again. */
export const sms =
  ({ allow, secrets }: Pick<Relay, 'allow' | 'secrets'>, registered: Registered): MeansOfTelling =>
  async ({ name: id, people: [{ contact }], site, notice }) => {
    const gateway = opened('sms', await registered('sms', site), secrets);
    if ('outcome' in gateway) return gateway;
    return sendText(gateway.settings, { phone: contact?.phone ?? '', text: smsText(notice), id }, allow);
  };

const asIs = (value: string) => value;
const inJson = (value: string) => JSON.stringify(value).slice(1, -1);

/** @param settings with the secret open */
export async function sendText(
  settings: SmsSettings,
  message: { phone: string; text: string; id: string },
  allow: readonly string[],
): Promise<Ended> {
  const failed = (detail: string): Ended => ({ outcome: 'failed', detail, again: false });
  const phone = message.phone.replaceAll(/[\s()-]/g, '');
  if (!/^\+?\d{5,20}$/.test(phone)) return failed('没有登记能收短信的号码');
  const { url, method, contentType, body: template, authorization, secret = '', accepts } = settings;
  const values = { ...message, phone, secret };
  const inBody = contentType === 'application/json' ? inJson : encodeURIComponent;
  const called = await safeCall(filled(url, values, encodeURIComponent), {
    method,
    headers: {
      'content-type': `${contentType}; charset=utf-8`,
      ...(authorization !== undefined && { authorization: filled(authorization, values, asIs) }),
    },
    ...(method === 'POST' && { body: filled(template, values, inBody) }),
    allow,
    timeoutMs,
  });
  if (called.kind === 'unknown') return { outcome: 'unknown', detail: called.detail, again: false };
  if (called.kind === 'not_sent') return { ...failed(called.detail), again: !called.refused };
  const { status, body } = called;
  const said = body.toString('utf8');
  const whole = `HTTP ${status} ${said.replaceAll(/\s+/g, ' ').trim()}`.trim();
  // Gateways have been seen to say back what they were let in with.
  const detail = (secret === '' ? whole : whole.replaceAll(secret, '***')).slice(0, 300);
  // A gateway that fails may have handed it on before it did.
  if (status >= 500) return { outcome: 'unknown', detail, again: false };
  if (status < 200 || status >= 300) return failed(detail);
  if (accepts !== undefined && !said.includes(accepts)) return failed(detail);
  return { outcome: 'confirmed', detail, again: false };
}

const filled = (template: string, values: Record<string, string>, write: (value: string) => string) =>
  template.replaceAll(/\{(phone|text|id|secret)\}/g, (_, name: string) => write(values[name] ?? ''));
