import type { PublicFiles } from '@tongsheng/bus';
import { shownTypes, type PublicDocument } from '@tongsheng/contracts';
import { byteRange, fileNameParameter, renderDocument, stylesheet } from '@tongsheng/pages';
import { answered } from '@tongsheng/telemetry';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { serverOf } from '@tongsheng/runtime';
import { openCorrections, type CorrectionParts } from './corrections.ts';
import type { Hub } from './hub.ts';
import { renderHome, renderMissing, renderRebuttals, renderSite, renderWithdrawn } from './lists.ts';
import { isWithdrawn, type PublicIndex } from './public-index.ts';
import { TextUnavailable, type Texts } from './texts.ts';
import { linksOf, type Topics } from './topics.ts';
import { WrittenPages, type Written } from './written-pages.ts';

const contentSecurity =
  "default-src 'none'; style-src 'self'; img-src https: http: data:; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Of a request to the hub: two addresses and a few words. Bytes. */
const longestRequest = 16_384;
/** Pages that were read last and stay in memory, in bytes. */
const keptPages = 32 * 2 ** 20;

type SiteParams = { Params: { site: string } };
type Paged = { Querystring: { page?: string } };
type FeedParams = { Params: { site?: string; format: string } };

export type SiteParts = {
  index: PublicIndex;
  texts: Pick<Texts, 'read'>;
  files: Pick<PublicFiles, 'read'>;
  topics: Topics;
  hub: Pick<Hub, 'ask'>;
  /** Whether the index holds everything that was public when the portal started. */
  complete: () => boolean;
  corrections: Omit<CorrectionParts, 'index'>;
  /** Addresses of the proxies before us, who say whom they speak for. */
  proxies?: string[];
  /** How its server is made; for TLS. */
  server?: ReturnType<typeof serverOf>;
};

/** The public pages: no script, no cookie. Nothing can be written to but netizens' corrections, and who wants to be told of changes. */
export function createSite(parts: SiteParts): FastifyInstance {
  const { index, texts, files, topics, hub, complete, corrections, proxies = [], server: made = {} } = parts;
  const server = Fastify({ forceCloseConnections: true, trustProxy: proxies.length > 0 && proxies, ...made });

  const pages = new WrittenPages(keptPages);
  const page = async (
    request: FastifyRequest,
    reply: FastifyReply,
    key: string,
    write: () => string | Promise<string>,
    type = 'text/html; charset=utf-8',
  ) => answer(request, reply, type, await pages.of(key, write));

  server.addHook('onRequest', async (_, reply) => {
    reply.headers({
      'content-security-policy': contentSecurity,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      // Reached by TLS, it is reached by nothing else.
      ...(corrections.baseUrl.startsWith('https:') && {
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      }),
    });
  });
  server.addHook('onResponse', async ({ method, routeOptions }, { statusCode: status, elapsedTime: ms }) =>
    answered('portal', { method, route: routeOptions.url, status, ms }),
  );
  server.setNotFoundHandler((_, reply) => missing(reply));
  server.setErrorHandler((error, _, reply) => {
    const status = statusOf(error);
    const isTheirs = status < 500;
    if (!isTheirs) reply.header('retry-after', '5');
    return reply
      .code(status)
      .type('text/plain; charset=utf-8')
      .send(isTheirs ? '没有受理：内容太长，或不是本页的表单。' : '页面暂时打不开，请稍后再试。');
  });

  server.get('/health', async (_, reply) => reply.code(complete() ? 200 : 503).send({ ok: complete() }));
  server.get('/robots.txt', async (_, reply) => reply.type('text/plain').send('User-agent: *\nAllow: /\n'));
  server.get('/assets/portal.css', (request, reply) =>
    page(request, reply, 'stylesheet', () => stylesheet, 'text/css; charset=utf-8'),
  );
  server.get('/', (request, reply) => page(request, reply, `home ${index.revision}`, () => renderHome(index)));

  const feed = async (request: FastifyRequest<FeedParams>, reply: FastifyReply) => {
    const { site, format } = request.params;
    const topic = await topics.of(site, format);
    if (!topic) return missing(reply);
    reply.header('link', linksOf(topic.self, topics.hub));
    return page(request, reply, `feed ${topic.self} ${topic.hash}`, () => topic.text, topic.type);
  };
  server.get('/feed.:format', feed);
  server.get('/:site/feed.:format', feed);

  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: longestRequest },
    (_, body, done) => done(null, new URLSearchParams(String(body))),
  );
  server.post('/hub', async ({ body }, reply) => {
    const { status, text } = await hub.ask(body instanceof URLSearchParams ? body : new URLSearchParams());
    if (status === 503) reply.header('retry-after', '60');
    return reply.code(status).type('text/plain; charset=utf-8').send(text);
  });

  openCorrections(server, { index, ...corrections });
  server.get<Paged>('/rebuttals', (request, reply) => {
    const at = pageOf(request);
    return page(request, reply, `rebuttals ${at} ${index.revision}`, () => renderRebuttals(index, at));
  });
  server.get<SiteParams & Paged>('/:site', (request, reply) => {
    const shelves = index.site(request.params.site);
    if (!shelves) return missing(reply);
    const at = pageOf(request);
    return page(request, reply, `site ${shelves.site} ${at} ${shelves.revision}`, () => renderSite(shelves, at));
  });
  server.get<{ Params: { site: string; kind: string; id: string } }>('/:site/:kind/:id', async (request, reply) => {
    const { site, kind, id } = request.params;
    const entry = index.find(site, kind, id);
    if (!entry) return missing(reply);
    if (isWithdrawn(entry))
      return reply
        .code(410)
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(renderWithdrawn(entry));
    return page(request, reply, `document ${entry.position}`, async () =>
      renderDocument(await texts.read(entry.position)),
    );
  });
  server.get<{ Params: { site: string; kind: string; id: string; hash: string } }>(
    '/:site/:kind/:id/files/:hash',
    async (request, reply) => {
      const { site, kind, id, hash } = request.params;
      // Only what a public page shows is public, and under that page.
      const file = index.find(site, kind, id)?.files.find((each) => each.hash === hash);
      const stored = file && (await files.read(hash));
      if (!file || !stored?.intact) return missing(reply);
      const shown = shownTypes.has(file.mediaType);
      const bytes = Buffer.from(stored.bytes);
      const part = byteRange(request.headers.range, bytes.length);
      if (part) reply.code(206).header('content-range', `bytes ${part.from}-${part.to}/${bytes.length}`);
      return reply
        .headers({
          'accept-ranges': 'bytes',
          'cache-control': 'public, max-age=31536000, immutable',
          'content-disposition': shown ? 'inline' : `attachment; ${fileNameParameter(nameOfFile(file))}`,
        })
        .type(shown ? file.mediaType : 'application/octet-stream')
        .send(part ? bytes.subarray(part.from, part.to + 1) : bytes);
    },
  );
  return server;
}

/** The name that people know a file by, with the ending that its content has. */
function nameOfFile({ name, hash, mediaType }: PublicDocument['files'][number]): string {
  const known = endings[mediaType];
  const base = name.trim() || hash.slice(0, 12);
  return known && !base.toLowerCase().endsWith(known) && !/\.\w{2,5}$/.test(base) ? `${base}${known}` : base;
}

/** What was sent is wrong, the stream can't be read at the moment, or something broke. */
function statusOf(error: unknown): number {
  if (error instanceof TextUnavailable) return 503;
  const said = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return said >= 400 && said < 500 ? said : 500;
}

const endings: Record<string, string> = { 'application/pdf': '.pdf', 'application/zip': '.zip' };

const pageOf = ({ query }: FastifyRequest<Paged>) => Math.max(1, Number.parseInt(query.page ?? '1', 10) || 1);
const missing = (reply: FastifyReply) => reply.code(404).type('text/html; charset=utf-8').send(renderMissing());

function answer(request: FastifyRequest, reply: FastifyReply, type: string, { bytes, etag }: Written): FastifyReply {
  reply.headers({ etag, 'cache-control': 'public, max-age=0, must-revalidate' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(bytes);
}
