import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '@tongsheng/test/support';

/**
 * What becomes of a call. `pass`: nothing. `swallow`: the other side gets it, does it, and its answer is lost. `hold`: the
 * same, and the line stays open. An answer: the other side never sees the call.
 */
export type Fate = 'pass' | 'swallow' | 'hold' | { status: number; headers?: Record<string, string>; body?: string };

/** The network between us and another system, with a will of its own. */
export type Proxy = {
  url: string;
  host: string;
  /** Calls that came by, `METHOD /path`. */
  calls: string[];
  /** Decides about calls from now on; told once the other side has answered where the answer is lost. */
  rule(decide: (call: string) => Fate, onLost?: () => void): void;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startProxy(target: string): Promise<Proxy> {
  const calls: string[] = [];
  let decide: (call: string) => Fate = () => 'pass';
  let lost: (() => void) | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const call = `${request.method} ${request.url}`;
    calls.push(call);
    const body = await bodyOf(request);
    const fate = decide(call);
    if (typeof fate === 'object') return response.writeHead(fate.status, fate.headers).end(fate.body);
    const answer = await passOn(target, request, body);
    if (fate === 'pass') return response.writeHead(answer.status, answer.headers).end(answer.body);
    if (fate === 'swallow') response.destroy();
    return lost?.();
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    calls,
    rule(next, onLost) {
      decide = next;
      lost = onLost;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(target: string, { method, url, headers }: IncomingMessage, body: Buffer) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: IncomingMessage['headers'];
    body: Buffer;
  }>();
  const { host } = new URL(target);
  const call = forward(`${target}${url}`, { method, headers: { ...headers, host } }, (answer) => {
    bodyOf(answer).then((bytes) => {
      const { 'transfer-encoding': _chunked, ...rest } = answer.headers;
      resolve({ status: answer.statusCode!, headers: rest, body: bytes });
    }, reject);
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}
