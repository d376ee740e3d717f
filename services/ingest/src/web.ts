import { Injectable } from '@nestjs/common';
import { safeFetch, type WebAnswer } from '@tongsheng/web';
import { Turns, type Urgency } from './turns.ts';
import type { Arrival } from './sources/source.ts';

/** Addresses that may be reached although they are not public: `host:port`. */
export class Allowed {
  readonly hosts: readonly string[];
  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }
}

/** What a server gave us to ask "anything new?" with. */
export type Marks = { etag: string | null; lastModified: string | null };

export type Fetch =
  | { kind: 'unchanged'; answer: WebAnswer }
  | { kind: 'arrived'; answer: WebAnswer; arrival: Arrival; marks: Marks }
  | { kind: 'trouble'; code: string; detail: string; answer: WebAnswer | null; retryAfterSeconds: number | null };

export type FetchOptions = {
  accept?: string | undefined;
  marks?: Marks | null | undefined;
  maxBytes?: number;
  urgency: Urgency;
  /** Between two requests to one host, in ms. */
  spacingMs: number;
};

/** What walls that want a browser or a human answer with. They are not climbed; a person has to act. */
const walls = new Set([401, 403, 412, 418, 521]);

/** Every request of this service to the world: guarded, in turn, one host after the other. */
@Injectable()
export class Web {
  readonly #turns = new Turns();

  constructor(private readonly allowed: Allowed) {}

  /** While something that has come is being read and told. */
  reading<T>(read: () => Promise<T>): Promise<T> {
    return this.#turns.reading(read);
  }

  async get(url: string, { accept, marks, maxBytes, urgency, spacingMs }: FetchOptions): Promise<Fetch> {
    const fetched = await this.#turns.take(hostOf(url), urgency, spacingMs, () =>
      safeFetch(url, {
        allow: this.allowed.hosts,
        etag: marks?.etag ?? null,
        lastModified: marks?.lastModified ?? null,
        ...(accept && { accept }),
        ...(maxBytes && { maxBytes }),
      }),
    );
    if (!fetched.ok) {
      const { detail, answer = null, retryAfterSeconds = null } = fetched;
      const code = answer && walls.has(answer.status) ? 'blocked' : fetched.code;
      return { kind: 'trouble', code, detail, answer, retryAfterSeconds };
    }
    const { status, headers, bytes, contentType, etag, lastModified } = fetched;
    const answer = { url: fetched.url, status, headers, bytes };
    if (fetched.notModified) return { kind: 'unchanged', answer };
    const link = headers.find(({ name }) => name === 'link')?.value ?? null;
    return {
      kind: 'arrived',
      answer,
      arrival: { bytes, contentType, url: fetched.url, link },
      marks: { etag, lastModified },
    };
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);
