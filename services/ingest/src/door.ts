import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { sourceOwnerOf } from '@tongsheng/contracts';
import { Log, NoKey, SecretBox } from '@tongsheng/runtime';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { Subscriptions } from './subscriptions.ts';
import { Watcher } from './watcher.ts';

/** Where the door listens. */
export class DoorAddress {
  constructor(
    readonly host: string,
    readonly port: number,
  ) {}
}

/** Enough for any publication, too little to fill a memory with (the bodies of W3C WebSub and Standard Webhooks are small). */
const bodyLimit = 3 * 2 ** 20;

/**
 * What upstreams and hubs may say to us from outside: webhooks of sources that we know, signed, and pushes of hubs that
 * we asked. Nothing is read here that is not ours.
 */
@Injectable()
export class Door implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #server: FastifyInstance = Fastify({ bodyLimit, requestTimeout: 20_000, connectionTimeout: 20_000 });

  constructor(
    private readonly watcher: Watcher,
    private readonly subscriptions: Subscriptions,
    private readonly address: DoorAddress,
    private readonly log: Log,
    private readonly secrets: SecretBox,
  ) {
    // Signatures are over the bytes as they came.
    this.#server.removeAllContentTypeParsers();
    this.#server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.#server.post<{ Params: { sourceId: string } }>('/hooks/:sourceId', async (request, reply) => {
      const { status, code } = await this.#webhook(request.params.sourceId, bodyOf(request), headersOf(request));
      return reply.code(status).send(code === null ? undefined : { code });
    });
    this.#server.get<{ Params: { id: string }; Querystring: Record<string, string> }>(
      '/websub/:id',
      async ({ params, query }, reply) => {
        const challenge = this.subscriptions.verify(params.id, query);
        return reply
          .type('text/plain')
          .code(challenge === null ? 404 : 200)
          .send(challenge ?? '');
      },
    );
    this.#server.post<{ Params: { id: string } }>('/websub/:id', async (request, reply) => {
      const pushed = await this.subscriptions.push(request.params.id, bodyOf(request), headersOf(request));
      return reply.code(pushed === 'gone' ? 410 : 202).send();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.address;
    await this.#server.listen({ host, port });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#server.close();
  }

  /** Told before it is answered: an upstream that hears no "yes" says it again, and it is told once all the same. */
  async #webhook(
    sourceId: string,
    body: Buffer,
    headers: Record<string, string>,
  ): Promise<{ status: number; code: string | null }> {
    const watch = this.watcher.watchesOf(sourceId).find(({ detector }) => detector.kind === 'webhook');
    const secret = watch?.detector.secret;
    if (!watch || secret === undefined || watch.source.paused) return { status: 404, code: 'not_found' };
    try {
      new Webhook(this.secrets.open(secret, sourceOwnerOf(watch.source))).verify(body, headers);
    } catch (error) {
      if (error instanceof NoKey) {
        this.log.error('webhook.failed', { sourceId, reason: error.message });
        return { status: 503, code: 'no_answer' };
      }
      if (!(error instanceof WebhookVerificationError)) throw error;
      const code = /timestamp/i.test(error.message) ? 'stale_timestamp' : 'wrong_signature';
      await watch.reject({ key: 'webhook', title: '', code, detail: error.message });
      return { status: 401, code };
    }
    const { url } = watch.detector;
    const list = Object.entries(headers).map(([name, value]) => ({ name, value }));
    const arrival = { bytes: body, contentType: headers['content-type'] ?? null, url, link: null };
    try {
      const look = await watch.arrived(arrival, { url, status: 200, headers: list, bytes: body });
      return look.trouble ? { status: 422, code: look.trouble.code } : { status: 202, code: null };
    } catch (error) {
      this.log.error('webhook.failed', { sourceId, reason: reasonOf(error) });
      return { status: 503, code: 'no_answer' };
    }
  }
}

const bodyOf = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

const headersOf = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
