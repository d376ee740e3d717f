import type { IncomingHttpHeaders } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { request } from 'undici';
import { guardedAgent, type ReachOptions } from './agent.ts';
import { httpUrl } from './http-url.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { troubleOf } from './trouble.ts';

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

/** What a server answered, redirects followed, the body decompressed. */
export type WebAnswer = {
  /** The address that answered, after redirects. */
  url: string;
  status: number;
  headers: { name: string; value: string }[];
  bytes: Buffer;
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
  | (WebAnswer & {
      ok: true;
      notModified: boolean;
      etag: string | null;
      lastModified: string | null;
      contentType: string | null;
    })
  | {
      ok: false;
      code: FetchTrouble;
      detail: string;
      /** Where a server answered with an error: what it said, its body cut at 64 KiB. */
      answer?: WebAnswer;
      retryAfterSeconds?: number;
    };

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
    let url = wanted(httpUrl(address), 'bad_url');
    for (let hop = 0; ; hop++) {
      const answer = await request(url, {
        dispatcher: agent,
        signal: clock.signal,
        headers: headersFor(options),
      });
      const { statusCode: status, headers } = answer;
      const location = single(headers['location']);
      if (location && [301, 302, 303, 307, 308].includes(status)) {
        leave(answer.body);
        if (hop >= maxRedirects)
          throw new Trouble('too_many_redirects', `more than ${maxRedirects} redirects from ${address}`);
        url = redirectFrom(url, location);
        continue;
      }
      const found = { url: url.href, status, headers: listOf(headers) };
      const etag = single(headers['etag']);
      const lastModified = single(headers['last-modified']);
      if (status === 304) {
        leave(answer.body);
        const nothing = { contentType: null, bytes: Buffer.alloc(0) };
        return { ok: true, notModified: true, etag, lastModified, ...nothing, ...found };
      }
      const body = () => decompress(answer.body, single(headers['content-encoding']));
      if (status < 200 || status > 299) {
        const bytes = await beginningOf(body);
        return httpError({ ...found, bytes }, retryAfterSeconds(headers['retry-after']));
      }
      const bytes = await collect(body(), maxBytes);
      const contentType = single(headers['content-type']);
      return { ok: true, notModified: false, etag, lastModified, contentType, bytes, ...found };
    }
  } catch (error) {
    return explain(clock.signal.aborted ? clock.signal.reason : error);
  } finally {
    clearTimeout(timer);
    // Not waited for: a connection whose name is still being looked up would hold the answer back.
    void agent.destroy();
  }
}

function wanted(target: ReturnType<typeof httpUrl>, code: FetchTrouble): URL {
  if ('fault' in target) throw new Trouble(code, target.fault);
  return target.url;
}

function redirectFrom(from: URL, location: string): URL {
  const to = wanted(httpUrl(location, from), 'redirect_refused');
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new Trouble('redirect_refused', `redirect from https to ${to.href}`);
  return to;
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

const keptOfErrors = 65_536;

/** What an error says beside its status may be endless, broken or cut off; its beginning is what a person wants to see. */
async function beginningOf(body: () => Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body() as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= keptOfErrors) break;
    }
  } catch {
    // The status is known; what came before the cut is what there is.
  }
  return Buffer.concat(chunks).subarray(0, keptOfErrors);
}

/** What a redirect says beside its address may be endless; nobody reads it. */
function leave(body: Readable): void {
  body.on('error', () => {}).destroy();
}

function httpError(answer: WebAnswer, seconds: number | null): Failure {
  const wait = seconds !== null && { retryAfterSeconds: seconds };
  return { ok: false, code: 'http_error', detail: `HTTP ${answer.status}`, answer, ...wait };
}

/** Headers as a list, each value of a repeated one by itself. */
function listOf(headers: IncomingHttpHeaders): WebAnswer['headers'] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((each) => ({ name, value: each })),
  );
}

const single = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? (value[0] ?? null) : (value ?? null);

function explain(error: unknown): Failure {
  if (error instanceof Trouble) return { ok: false, code: error.code, detail: error.message };
  const { code, detail } = troubleOf(error);
  if (code === 'certificate_refused') return { ok: false, code: 'tls_failed', detail };
  return { ok: false, code: code === 'bad_request' ? 'bad_url' : code, detail };
}
