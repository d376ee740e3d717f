import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AddressRefused, checkedAddress, systemLookup } from './address.ts';
import type { ReachOptions } from './agent.ts';
import { httpUrl } from './http-url.ts';

export type GuardedProxy = {
  /** `127.0.0.1:port`. */
  host: string;
  /** What was refused, as `host:port`. */
  refused: readonly string[];
  close(): Promise<void>;
};

/** Bytes and connections that one use of the proxy may cost. */
const defaults = { maxBytes: 50 * 2 ** 20, maxConnections: 64 };
/** What a proxy keeps to itself. */
const hops = new Set(['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'upgrade']);

/**
 * An HTTP proxy on the loopback for a program that can't be trusted with the network, such as a browser that shows a page
 * of somebody else: every connection is made by us, to an address that was checked as `safeFetch` checks it. Whoever
 * speaks through it may fetch and may open TLS; it sends nothing but GET and HEAD in the clear.
 */
export async function openGuardedProxy(
  options: ReachOptions & { maxBytes?: number; maxConnections?: number } = {},
): Promise<GuardedProxy> {
  const { allow = [], lookup = systemLookup } = options;
  const { maxBytes, maxConnections } = { ...defaults, ...options };
  const sockets = new Set<Duplex>();
  const refused = new Set<string>();
  let left = maxBytes;

  const held = <S extends Duplex>(socket: S): S => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const count = (socket: Duplex) =>
    socket.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) for (const each of sockets) each.destroy();
    });
  const check = async (host: string, port: number): Promise<string> => {
    if (left < 0) throw new AddressRefused('no bytes are left');
    try {
      return await checkedAddress(host, port, { allow, lookup });
    } catch (error) {
      refused.add(`${host}:${port}`);
      throw error;
    }
  };

  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const target = httpUrl(incoming.url ?? '');
    const isAsking = incoming.method === 'GET' || incoming.method === 'HEAD';
    if ('fault' in target || target.url.protocol !== 'http:' || !isAsking) return void outgoing.writeHead(405).end();
    const { hostname, port, pathname, search } = target.url;
    const number = Number(port || 80);
    const address = await check(hostname, number);
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !hops.has(name)));
    const call = ask({
      host: address,
      port: number,
      method: incoming.method,
      path: `${pathname}${search}`,
      headers: { ...headers, host: target.url.host, connection: 'close' },
    });
    call.on('socket', (socket) => void count(held(socket)));
    call.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    outgoing.on('close', () => call.destroy());
    call.end();
  };
  const tunnel = async (incoming: IncomingMessage, client: Duplex) => {
    const target = httpUrl(`https://${incoming.url ?? ''}`);
    if ('fault' in target) return void client.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { hostname, port } = target.url;
    const number = Number(port || 443);
    const address = await check(hostname, number);
    const server = held(connect(number, address));
    server.on('connect', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      count(server).pipe(client).pipe(server);
    });
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
  };

  const proxy = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => outgoing.writeHead(403).end());
  });
  proxy.maxConnections = maxConnections;
  proxy.on('connection', (socket: Socket) => held(socket));
  proxy.on('connect', (incoming, client: Duplex) => {
    held(client);
    tunnel(incoming, client).catch(() => client.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get refused() {
      return [...refused];
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
