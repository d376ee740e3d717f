import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '@tongsheng/test/support';

type Properties = Record<string, unknown[]>;
type Asked = {
  type?: string[];
  properties?: Properties;
  action?: string;
  url?: string;
  replace?: Properties;
};

/**
 * A contract fake, not a peer: what the Micropub Recommendation (W3C, 23 May 2017) asks of a server, and no more unless a
 * test says so. Its only maintained server on npm, Indiekit, wants a MongoDB, which Debian does not have.
 */
export type MicropubFake = {
  url: string;
  host: string;
  token: string;
  /** Public pages by their addresses. */
  pages: Map<string, Properties>;
  files: Map<string, Buffer>;
  /** What this server can do beyond or short of the Recommendation. */
  can: { list: boolean; source: boolean; slug: boolean; media: boolean };
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startMicropubFake(): Promise<MicropubFake> {
  const pages: MicropubFake['pages'] = new Map();
  const files: MicropubFake['files'] = new Map();
  const can = { list: false, source: true, slug: true, media: true };
  const token = 'a token of the fake';
  let base = '';
  let made = 0;

  const fail = (response: ServerResponse, status: number, error: string) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
  const say = (response: ServerResponse, answer: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));

  // 3.7: queries.
  const query = (asked: URLSearchParams, response: ServerResponse) => {
    const [q, url] = [asked.get('q'), asked.get('url')];
    if (q === 'config') return say(response, can.media ? { 'media-endpoint': `${base}/media` } : {});
    if (q === 'source' && url !== null && can.source) {
      const properties = pages.get(url);
      return properties ? say(response, { type: ['h-entry'], properties }) : fail(response, 400, 'invalid_request');
    }
    if (q === 'source' && url === null && can.list) {
      const items = [...pages].map(([at, properties]) => ({
        type: ['h-entry'],
        properties: { ...properties, url: [at] },
      }));
      return say(response, { items });
    }
    return fail(response, 400, 'invalid_request');
  };
  // 3.3 to 3.5: create, update, delete.
  const act = (asked: Asked, response: ServerResponse) => {
    if (asked.type?.[0] === 'h-entry' && asked.properties) {
      const { 'mp-slug': slug, ...properties } = asked.properties;
      const wanted = can.slug ? String(slug?.[0]) : 'post';
      const taken = pages.has(`${base}/p/${wanted}`) || !can.slug;
      const url = `${base}/p/${taken ? `${wanted}-${++made}` : wanted}`;
      pages.set(url, properties);
      return response.writeHead(201, { location: url }).end();
    }
    const page = pages.get(asked.url ?? '');
    if (!page) return fail(response, 400, 'invalid_request');
    if (asked.action === 'update') pages.set(asked.url!, { ...page, ...asked.replace });
    else if (asked.action === 'delete') pages.delete(asked.url!);
    else return fail(response, 400, 'invalid_request');
    return response.writeHead(204).end();
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url!, base);
    const body = await bodyOf(request);
    if (pathname.startsWith('/p/')) return show(pages.get(`${base}${pathname}`), response);
    if (pathname.startsWith('/files/')) return response.writeHead(200).end(files.get(`${base}${pathname}`));
    if (request.headers.authorization !== `Bearer ${token}`) return fail(response, 401, 'unauthorized');
    if (pathname === '/media') {
      const url = `${base}/files/${files.size + 1}`;
      files.set(url, await fileOf(body, request.headers['content-type']!));
      return response.writeHead(201, { location: url }).end();
    }
    if (pathname !== '/micropub') return response.writeHead(404).end();
    return request.method === 'GET'
      ? query(searchParams, response)
      : act(JSON.parse(body.toString('utf8')) as Asked, response);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  base = `http://${host}`;
  return {
    url: base,
    host,
    token,
    pages,
    files,
    can,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function show(page: Properties | undefined, response: ServerResponse) {
  // Of an endpoint that knows `post-status`, a draft is nobody's to see.
  if (!page || page['post-status']?.[0] === 'draft')
    return response.writeHead(404, { 'content-type': 'text/html' }).end('gone');
  const [name, content] = [String(page['name']?.[0]), page['content']?.[0] as { html: string }];
  const title = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><title>${title}</title><div class="h-entry"><h1 class="p-name">${title}</h1><div class="e-content">${content.html}</div></div>`,
    );
}

/** 3.6: the file in a multipart body, in the part named `file`. */
async function fileOf(body: Buffer, type: string): Promise<Buffer> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const file = form.get('file');
  if (!(file instanceof Blob)) throw new Error('no part named file');
  return Buffer.from(await file.arrayBuffer());
}
