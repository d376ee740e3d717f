import type { Me, Receipt, RefusalBody } from '@tongsheng/contracts';
import { langTag, useLanguage } from '../words/index.ts';

/** The server said no, or could not be reached (`status` 0). Its message is for the person. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: RefusalBody['params'];
  readonly problems: { path: string; message: string }[];

  constructor(status: number, body: Partial<RefusalBody>) {
    super(body.message ?? '');
    this.status = status;
    this.code = body.code ?? 'unreachable';
    this.params = body.params ?? {};
    this.problems = body.problems ?? [];
  }
}

let csrfToken = '';
let onSignedOut: () => void = () => {};

/** Whose requests these are from now on. */
export const speakAs = (me: Me | null): void => void (csrfToken = me?.csrfToken ?? '');
/** Called when the server no longer knows who we are. */
export const whenSignedOut = (listener: () => void): void => void (onSignedOut = listener);

async function request<T>(method: string, path: string, options: RequestInit = {}, meant?: number): Promise<T> {
  const language = langTag[useLanguage.getState().language];
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...options,
      headers: {
        'accept-language': language,
        ...(method !== 'GET' && { 'x-csrf-token': csrfToken }),
        ...(typeof options.body === 'string' && { 'content-type': 'application/json' }),
        ...options.headers,
      },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, {});
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok || response.status === meant) return body as T;
  if (isSignedOut(response.status, body) && !path.startsWith('/api/session')) onSignedOut();
  throw new ApiError(response.status, body as Partial<RefusalBody>);
}

/** A wrong password beside an open session ends nothing. */
const isSignedOut = (status: number, body: unknown): boolean =>
  status === 401 && (body as Partial<RefusalBody>).code !== 'sign_in_failed';

/** `meant` is an error status whose body is an answer all the same. */
export const read = <T>(path: string, signal?: AbortSignal, meant?: number): Promise<T> =>
  request<T>('GET', path, signal ? { signal } : {}, meant);

/** What is not JSON: the bytes that were kept of something. */
export async function readBytes(path: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(path, { credentials: 'same-origin', ...(signal && { signal }) });
  if (!response.ok) throw new ApiError(response.status, {});
  return response.arrayBuffer();
}

export const post = <T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> =>
  request<T>('POST', path, { body: JSON.stringify(body), headers });

/** A file as it is; the server tells what it is by its bytes. */
export const upload = <T>(path: string, file: Blob): Promise<T> =>
  request<T>('POST', path, { body: file, headers: { 'content-type': 'application/octet-stream' } });

/** What may still be on its way when the page is closed. */
export const postLast = (path: string, body: unknown): void =>
  void request('POST', path, { body: JSON.stringify(body), keepalive: true }).catch(() => {});

/** Sends bytes, and tells how much of them is there: `fetch` can't. @throws ApiError, or the signal's reason */
export function sendBytes<T>(
  path: string,
  bytes: Blob,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', path);
    call.responseType = 'json';
    const headers = {
      'accept-language': langTag[useLanguage.getState().language],
      'x-csrf-token': csrfToken,
      'content-type': 'application/octet-stream',
    };
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    call.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total);
    call.onerror = () => reject(new ApiError(0, {}));
    call.onabort = () => reject(new DOMException('not wanted any more', 'AbortError'));
    call.onload = () => {
      if (call.status < 300) return resolve(call.response as T);
      if (call.status === 401) onSignedOut();
      reject(new ApiError(call.status, (call.response ?? {}) as Partial<RefusalBody>));
    };
    signal.addEventListener('abort', () => call.abort());
    call.send(bytes);
  });
}

export const remove = <T>(path: string): Promise<T> => request<T>('DELETE', path);

export type Intent = { type: string; [field: string]: unknown };

/**
 * Sends a decision. The key belongs to what the person decided, not to the request: an answer that got lost is asked
 * for again under the same key, and nothing is done twice.
 */
export async function decide(intent: Intent, key: string = newId()): Promise<Receipt> {
  for (let tries = 1; ; tries++) {
    try {
      return await post<Receipt>('/api/commands', intent, { 'idempotency-key': key });
    } catch (error) {
      const lost = error instanceof ApiError && (error.status === 0 || error.code === 'no_answer');
      if (!lost || tries === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
  }
}

/** 96 bits; plain HTTP has no `crypto.randomUUID`. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
