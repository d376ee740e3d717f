import type { IncomingHttpHeaders } from 'node:http';

/** One request, read whole. */
export type Call = {
  /** The name of its route, which faults are set for. */
  route: string;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  ip: string;
  /** What the route's path left open. */
  params: Record<string, string>;
};

export type Answer = { status: number; type: string; body: string | Buffer; headers?: Record<string, string> };

/** Integers past 2^53 are written as they are, as the platforms do: a reader that is careless rounds them. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `\0int:${each}` : each));
  return text.replaceAll(/"\\u0000int:(-?\d+)"/g, '$1');
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: jsonText(value),
  headers,
});

export const redirect = (location: string): Answer => ({
  status: 302,
  type: 'text/plain',
  body: '',
  headers: { location },
});

const typeOf = ({ headers }: Call) => (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** JSON, or undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The body as JSON in UTF-8; undefined when it is none or does not say so. */
export function jsonOf(call: Call): unknown {
  if (typeOf(call) !== 'application/json') return undefined;
  try {
    return jsonIn(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch {
    return undefined;
  }
}

/** A form's fields. Decoded by RFC 3986: a `+` stays a plus, as on platforms that want spaces as `%20`. */
export function plainFormOf(call: Call): Record<string, string> | null {
  if (typeOf(call) !== 'application/x-www-form-urlencoded') return null;
  try {
    const pairs = call.body.toString('utf8').split('&').filter(Boolean);
    return Object.fromEntries(
      pairs.map((pair) => {
        const cut = pair.indexOf('=');
        const [name, value] = cut < 0 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)];
        return [decodeURIComponent(name), decodeURIComponent(value)];
      }),
    );
  } catch {
    return null;
  }
}

export type Upload = { name: string; type: string; bytes: Buffer };
export type Multipart = { fields: Record<string, string>; files: Record<string, Upload> };

/** A multipart form, read by the platform's own (Node's) reader; a part without a file name is a field. */
export async function multipartOf(call: Call): Promise<Multipart | null> {
  if (typeOf(call) !== 'multipart/form-data') return null;
  const parts: Multipart = { fields: {}, files: {} };
  try {
    const headers = { 'content-type': call.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(call.body), { headers }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') parts.fields[name] = value;
      else parts.files[name] = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
    }
  } catch {
    return null;
  }
  return parts;
}

/** Characters as people count them: one for each code point. */
export const length = (text: string): number => [...text].length;
export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** A tag of HTML, quotes respected. Enough for a fake; nothing here is shown without a strict content policy. */
const tag = (name: string) => new RegExp(`<${name}\\b(?:"[^"]*"|'[^']*'|[^>"'])*>`, 'gi');

export const plainText = (html: string): string =>
  html
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replaceAll(tag('/?[a-z][a-z0-9]*'), ' ')
    .replaceAll(/&nbsp;|\s+/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim();

/** Scripts and event handlers taken out, and every image that `isOwn` does not know: silently, as platforms do. */
export const strip = (html: string, isOwn: (src: string) => boolean): string =>
  html
    .replaceAll(/<script\b[\s\S]*?(?:<\/script\s*>|$)/gi, '')
    .replaceAll(/\son[a-z]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, '')
    .replaceAll(tag('img'), (image) => {
      const src = /\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(image);
      return isOwn(src?.[1] ?? src?.[2] ?? src?.[3] ?? '') ? image : '';
    });
