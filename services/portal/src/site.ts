import { createHash } from 'node:crypto';
import { renderDocument, stylesheet } from '@tongsheng/pages';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Catalogue } from './catalogue.ts';
import { feedTypes, writeFeed, type FeedKind } from './feeds.ts';
import { renderHome, renderMissing, renderSite } from './lists.ts';
import type { PublicLog } from './public-log.ts';

const contentSecurity =
  "default-src 'none'; style-src 'self'; img-src https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const feedLength = 50;

type SiteParams = { Params: { site: string } };
type FeedParams = { Params: { site: string; format: FeedKind } };

/** The public pages: no script, no cookie, nothing that can be written to. */
export function createSite(catalogue: Catalogue, log: PublicLog, baseUrl: string): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true });

  server.addHook('onRequest', async (_, reply) => {
    reply.headers({
      'content-security-policy': contentSecurity,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });
  server.setNotFoundHandler((_, reply) => missing(reply));
  server.setErrorHandler((_, __, reply) =>
    reply.code(500).type('text/plain; charset=utf-8').send('页面暂时打不开，请稍后再试。'),
  );

  server.get('/health', async (_, reply) => reply.code(log.caughtUp ? 200 : 503).send({ ok: log.caughtUp }));
  server.get('/robots.txt', async (_, reply) => reply.type('text/plain').send('User-agent: *\nAllow: /\n'));
  server.get('/assets/portal.css', (request, reply) => answer(request, reply, 'text/css; charset=utf-8', stylesheet));
  server.get('/', (request, reply) => page(request, reply, renderHome(catalogue)));

  const feed = async (request: FastifyRequest<FeedParams>, reply: FastifyReply) => {
    const { site, format } = request.params;
    const known = site ? catalogue.sites().find((each) => each.site === site) : { siteName: '税务网站门户（示例）' };
    if (!known || !(format in feedTypes)) return missing(reply);
    const { cards } = catalogue.list(site ?? null, 0, feedLength);
    const documents = await Promise.all(cards.map(({ position }) => log.read(position)));
    const path = site ? `/${site}` : '';
    const about = {
      title: known.siteName,
      url: `${baseUrl}${path || '/'}`,
      feedUrl: `${baseUrl}${path}/feed.${format}`,
    };
    return answer(request, reply, feedTypes[format], writeFeed(format, about, documents));
  };
  server.get('/feed.:format', feed);
  server.get('/:site/feed.:format', feed);

  server.get<SiteParams & { Querystring: { page?: string } }>('/:site', (request, reply) => {
    const number = Math.max(1, Number.parseInt(request.query.page ?? '1', 10) || 1);
    const content = renderSite(catalogue, request.params.site, number);
    return content === null ? missing(reply) : page(request, reply, content);
  });
  server.get<{ Params: { site: string; kind: string; id: string } }>('/:site/:kind/:id', async (request, reply) => {
    const { site, kind, id } = request.params;
    const card = catalogue.find(site, kind, id);
    if (!card) return missing(reply);
    return page(request, reply, renderDocument(await log.read(card.position)));
  });
  return server;
}

const page = (request: FastifyRequest, reply: FastifyReply, content: string) =>
  answer(request, reply, 'text/html; charset=utf-8', content);
const missing = (reply: FastifyReply) => reply.code(404).type('text/html; charset=utf-8').send(renderMissing());

/** Content with its hash as validator, so that asking again costs nothing. */
function answer(request: FastifyRequest, reply: FastifyReply, type: string, content: string): FastifyReply {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  reply.headers({ etag, 'cache-control': 'public, max-age=0, must-revalidate' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(content);
}
