import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

type Page = string | Buffer | RequestListener;

/** A website on the loopback whose pages a test puts up, changes and takes down. */
export type Site = {
  url: string;
  port: number;
  /** Puts up a page; a string is HTML unless it begins as XML or JSON does. */
  put(path: string, page: Page): void;
  remove(path: string): void;
  /** Paths that were asked for, in order. */
  asked: string[];
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startSite(): Promise<Site> {
  const pages = new Map<string, Page>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const page = pages.get(path) ?? pages.get(path.split('?')[0]!);
    if (page === undefined) response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end('没有这个页面');
    else if (typeof page === 'function') page(request, response);
    else response.writeHead(200, { 'content-type': typeOf(page) }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    put: (path, page) => void pages.set(path, page),
    remove: (path) => void pages.delete(path),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function typeOf(page: string | Buffer): string {
  const start = page.toString('latin1').trimStart();
  if (start.startsWith('<?xml')) return 'application/xml';
  return start.startsWith('{') ? 'application/json' : 'text/html; charset=utf-8';
}

/** The whole body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
