import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { AddressRefused } from './address.ts';
import { guardedAgent, type ReachOptions } from './agent.ts';

export type FetchOptions = ReachOptions & {
  etag?: string | null;
  lastModified?: string | null;
  /** Bytes after decompression. */
  maxBytes?: number;
  totalMs?: number;
  headersMs?: number;
  maxRedirects?: number;
  accept?: string;
};

/** What the world did to us, as a value: a closed list that screens word. */
export type FetchTrouble =
  | 'bad_url'
  | 'address_refused'
  | 'dns_failed'
  | 'connect_failed'
  | 'tls_failed'
  | 'timeout'
  | 'connection_lost'
  | 'too_large'
  | 'too_many_redirects'
  | 'redirect_refused'
  | 'bad_encoding'
  | 'http_error';

export type Fetched =
  | {
      ok: true;
      status: number;
      notModified: boolean;
      /** The address that answered, after redirects. */
      url: string;
      etag: string | null;
      lastModified: string | null;
      contentType: string | null;
      bytes: Buffer;
    }
  | { ok: false; code: FetchTrouble; detail: string; status?: number; retryAfterSeconds?: number };

type Failure = Extract<Fetched, { ok: false }>;

const defaults = { maxBytes: 10 * 2 ** 20, totalMs: 20_000, headersMs: 10_000, maxRedirects: 5 };
const userAgent = 'Tongsheng/0.1 (government website repost monitor)';

/** Thrown inside, a value outside. */
class Trouble extends Error {
  readonly code: FetchTrouble;
  constructor(code: FetchTrouble, detail: string) {
    super(detail);
    this.code = code;
  }
}

/**
 * GET without fear: addresses checked at connect, redirects followed by hand, bytes counted after decompression, and one
 * clock over everything, so that a slow drip ends too. Trouble of the world is the answer, never an exception.
 */
export async function safeFetch(address: string, options: FetchOptions = {}): Promise<Fetched> {
  const { maxBytes, totalMs, headersMs, maxRedirects } = { ...defaults, ...options };
  const agent = guardedAgent(options, { headersMs, bodyMs: totalMs });
  const clock = new AbortController();
  const timer = setTimeout(
    () => clock.abort(new Trouble('timeout', `no complete answer within ${totalMs} ms`)),
    totalMs,
  );
  try {
    let url = parseUrl(address);
    for (let hop = 0; ; hop++) {
      const answer = await request(url, {
        dispatcher: agent,
        signal: clock.signal,
        headers: headersFor(options),
      });
      const { statusCode: status, headers } = answer;
      const location = single(headers['location']);
      if (location && [301, 302, 303, 307, 308].includes(status)) {
        await answer.body.dump({ limit: 65_536 });
        if (hop >= maxRedirects)
          throw new Trouble('too_many_redirects', `more than ${maxRedirects} redirects from ${address}`);
        url = redirectFrom(url, location);
        continue;
      }
      const found = {
        url: url.href,
        status,
        etag: single(headers['etag']),
        lastModified: single(headers['last-modified']),
      };
      if (status === 304) {
        await answer.body.dump({ limit: 0 });
        return { ok: true, notModified: true, contentType: null, bytes: Buffer.alloc(0), ...found };
      }
      if (status < 200 || status > 299) {
        await answer.body.dump({ limit: 65_536 });
        return httpError(status, single(headers['retry-after']));
      }
      const bytes = await collect(decompress(answer.body, single(headers['content-encoding'])), maxBytes);
      return { ok: true, notModified: false, contentType: single(headers['content-type']), bytes, ...found };
    }
  } catch (error) {
    return explain(clock.signal.aborted ? clock.signal.reason : error);
  } finally {
    clearTimeout(timer);
    await agent.destroy();
  }
}

function parseUrl(address: string): URL {
  if (!URL.canParse(address)) throw new Trouble('bad_url', `${address} is not an address`);
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Trouble('bad_url', `${url.protocol} is not http or https`);
  if (url.username || url.password)
    throw new Trouble('bad_url', 'addresses with a name or password in them are refused');
  return url;
}

function redirectFrom(from: URL, location: string): URL {
  if (!URL.canParse(location, from))
    throw new Trouble('redirect_refused', `redirect to ${location}, which is not an address`);
  const to = new URL(location, from);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new Trouble('redirect_refused', `redirect from https to ${to.href}`);
  try {
    return parseUrl(to.href);
  } catch (error) {
    throw new Trouble('redirect_refused', error instanceof Error ? error.message : String(error));
  }
}

function headersFor({ etag, lastModified, accept }: FetchOptions): Record<string, string> {
  return {
    'user-agent': userAgent,
    'accept-encoding': 'gzip, br, deflate',
    accept: accept ?? '*/*',
    ...(etag && { 'if-none-match': etag }),
    ...(lastModified && { 'if-modified-since': lastModified }),
  };
}

function decompress(body: Readable, encoding: string | null): Readable {
  const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate };
  if (!encoding || encoding === 'identity') return body;
  const create = decoders[encoding.toLowerCase() as keyof typeof decoders];
  if (!create) throw new Trouble('bad_encoding', `content-encoding ${encoding} is not known`);
  // The reader of the decoder sees the error; this callback only keeps it from being nobody's.
  return pipeline(body, create(), () => {});
}

async function collect(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new Trouble('too_large', `more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function httpError(status: number, retryAfter: string | null): Failure {
  const seconds = Number(retryAfter);
  return {
    ok: false,
    code: 'http_error',
    detail: `HTTP ${status}`,
    status,
    ...(retryAfter !== null && Number.isFinite(seconds) && { retryAfterSeconds: Math.max(0, Math.round(seconds)) }),
  };
}

const single = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? (value[0] ?? null) : (value ?? null);

function explain(error: unknown): Failure {
  if (error instanceof Trouble) return { ok: false, code: error.code, detail: error.message };
  const cause = rootOf(error);
  if (cause instanceof AddressRefused) return { ok: false, code: 'address_refused', detail: cause.message };
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { ok: false, code: troubleOf(code), detail: detail || code };
}

function troubleOf(code: string): FetchTrouble {
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(code)) return 'dns_failed';
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(code))
    return 'connect_failed';
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || code.includes('CERT')) return 'tls_failed';
  if (['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code)) return 'timeout';
  if (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') return 'bad_encoding';
  return 'connection_lost';
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;
}
