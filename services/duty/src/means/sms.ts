import { safeCall } from '@tongsheng/web';
import { z } from 'zod';
import { smsText } from '../message.ts';
import type { Ended, MeansOfTelling, Relay } from './means.ts';

const timeoutMs = 10_000;

/**
 * How a gateway of text messages wants to be called. `{phone}`, `{text}` and `{id}` stand for what is sent, in the address, the
 * headers and the body; in each they are written as that place needs it: a JSON body, a form, an address.
 */
export const smsGateway = z.strictObject({
  url: z.string().min(1),
  method: z.enum(['GET', 'POST']).default('POST'),
  headers: z.record(z.string(), z.string()).default({ 'content-type': 'application/json; charset=utf-8' }),
  body: z.string().default('{"phone":"{phone}","content":"{text}"}'),
  /** What the answer holds when the gateway took it; many say 200 to everything. */
  accepts: z.string().optional(),
});
export type SmsGateway = z.infer<typeof smsGateway>;

const asIs = (value: string) => value;
const inJson = (value: string) => JSON.stringify(value).slice(1, -1);

/** A text message by the house's own gateway. It knows no second copy, so that what may have been sent is not sent again. */
export const sms =
  ({ sms: gateway, allow }: Pick<Relay, 'sms' | 'allow'>): MeansOfTelling =>
  async ({ name: id, contact, notice }) => {
    const failed = (detail: string): Ended => ({ outcome: 'failed', detail, again: false });
    const phone = (contact?.phone ?? '').replaceAll(/[\s()-]/g, '');
    if (!/^\+?\d{5,20}$/.test(phone)) return failed('没有登记能收短信的号码');
    if (!gateway) return failed('没有配置短信网关（DUTY_SMS）');
    const values = { phone, text: smsText(notice), id };
    const type = gateway.headers['content-type'] ?? '';
    const bodyWriting = type.includes('json') ? inJson : type.includes('form') ? encodeURIComponent : asIs;
    const headers = Object.entries(gateway.headers).map(([header, value]) => [header, filled(value, values, asIs)]);
    const called = await safeCall(filled(gateway.url, values, encodeURIComponent), {
      method: gateway.method,
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(gateway.method === 'POST' && { body: filled(gateway.body, values, bodyWriting) }),
      allow,
      timeoutMs,
    });
    if (called.kind === 'unknown') return { outcome: 'unknown', detail: called.detail, again: false };
    if (called.kind === 'not_sent') return { ...failed(called.detail), again: !called.refused };
    const { status, body } = called;
    const said = body.toString('utf8');
    const detail = `HTTP ${status} ${said.replaceAll(/\s+/g, ' ').trim()}`.trim().slice(0, 300);
    // A gateway that fails may have handed it on before it did.
    if (status >= 500) return { outcome: 'unknown', detail, again: false };
    const isTaken = status >= 200 && status < 300 && (gateway.accepts === undefined || said.includes(gateway.accepts));
    return isTaken ? { outcome: 'confirmed', detail, again: false } : failed(detail);
  };

const filled = (template: string, values: Record<string, string>, write: (value: string) => string): string =>
  template.replaceAll(/\{(phone|text|id)\}/g, (_, name: string) => write(values[name] ?? ''));
