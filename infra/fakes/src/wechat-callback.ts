import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** Where WeChat reports to, as entered on its website. `aesKey`: 43 characters. [SDK-go, wx-C] */
export type CallbackSettings = { url: string; token: string; mode: 'plain' | 'encrypted'; aesKey: string };

/** SHA-1 of the parts sorted and joined. */
export const signatureOf = (...parts: string[]): string =>
  createHash('sha1')
    .update(parts.toSorted((a, b) => (a < b ? -1 : 1)).join(''))
    .digest('hex');

export type Xml = string | number | Xml[] | { [name: string]: Xml };

/** Text in CDATA, numbers bare, a list as the same element again. */
export function xmlOf(name: string, value: Xml): string {
  if (Array.isArray(value)) return value.map((each) => xmlOf(name, each)).join('');
  if (typeof value === 'number') return `<${name}>${value}</${name}>`;
  if (typeof value === 'string') return `<${name}><![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`;
  const inside = Object.entries(value).map(([each, of]) => xmlOf(each, of));
  return `<${name}>${inside.join('')}</${name}>`;
}

const block = 32;

/** AES-256-CBC under the EncodingAESKey: 16 random bytes, the length, the text, the appid; PKCS#7 to 32 bytes. */
export function encrypt(text: string, { aesKey, appid }: { aesKey: string; appid: string }): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const message = Buffer.from(text);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(message.length);
  const plain = Buffer.concat([randomBytes(16), size, message, Buffer.from(appid)]);
  const missing = block - (plain.length % block);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(missing, missing)), cipher.final()]).toString(
    'base64',
  );
}

export type Event = {
  toUser: string;
  fromUser: string;
  createTime: number;
  event: string;
  more: { [name: string]: Xml };
};

/** The request that tells of an event, in the mode that was chosen. */
export function eventRequest(
  { url, token, mode, aesKey }: CallbackSettings,
  { toUser, fromUser, createTime, event, more }: Event,
  { appid, forged }: { appid: string; forged: boolean },
): { url: string; headers: Record<string, string>; body: string } {
  const timestamp = String(createTime);
  const nonce = String(randomBytes(4).readUInt32BE());
  const signed = (...parts: string[]) => signatureOf(forged ? `not ${token}` : token, timestamp, nonce, ...parts);
  const xml = xmlOf('xml', {
    ToUserName: toUser,
    FromUserName: fromUser,
    CreateTime: createTime,
    MsgType: 'event',
    Event: event,
    ...more,
  });
  const target = new URL(url);
  const query = target.searchParams;
  query.set('signature', signed());
  query.set('timestamp', timestamp);
  query.set('nonce', nonce);
  const headers = { 'content-type': 'text/xml' };
  if (mode === 'plain') return { url: target.href, headers, body: xml };
  const encrypted = encrypt(xml, { aesKey, appid });
  query.set('encrypt_type', 'aes');
  query.set('msg_signature', signed(encrypted));
  return { url: target.href, headers, body: xmlOf('xml', { ToUserName: toUser, Encrypt: encrypted }) };
}

/** The check that WeChat makes as the address is entered: whether `echostr` comes back. */
export async function checkUrl({ url, token }: CallbackSettings, now: number): Promise<boolean> {
  const target = new URL(url);
  const timestamp = String(Math.floor(now / 1_000));
  const [nonce, echo] = [String(randomBytes(4).readUInt32BE()), randomBytes(8).toString('hex')];
  const wanted = { signature: signatureOf(token, timestamp, nonce), timestamp, nonce, echostr: echo };
  for (const [name, value] of Object.entries(wanted)) target.searchParams.set(name, value);
  try {
    const response = await fetch(target, { redirect: 'manual' });
    return response.ok && (await response.text()) === echo;
  } catch {
    return false;
  }
}
