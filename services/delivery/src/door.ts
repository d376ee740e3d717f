import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tongsheng/runtime';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Callbacks } from './callbacks.ts';
import type { Inbound } from './channels/channel.ts';

/** Where the door is; without a port there is none. */
export class DoorAddress {
  constructor(
    readonly host: string,
    readonly port: number | null,
  ) {}
}

/** No platform's call is longer than a page of text. */
const bodyLimit = 256 * 1_024;
const methods = ['GET', 'POST'] as const;

/** Where platforms call us back: `/channels/<channel id>`. What comes in is the adapter's to believe. */
@Injectable()
export class Door implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #server: FastifyInstance = Fastify({ bodyLimit, requestTimeout: 20_000, connectionTimeout: 20_000 });

  constructor(
    callbacks: Callbacks,
    private readonly address: DoorAddress,
    private readonly log: Log,
  ) {
    // Signatures are over the bytes as they came.
    this.#server.removeAllContentTypeParsers();
    this.#server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.#server.route<{ Params: { channelId: string } }>({
      method: [...methods],
      url: '/channels/:channelId',
      handler: async (request, reply) => {
        const { status, body, contentType } = await callbacks.hear(request.params.channelId, inboundOf(request));
        return reply.code(status).type(contentType).send(body);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.address;
    if (port === null) return this.log.info('door.none', { reason: 'no DELIVERY_PORT' });
    await this.#server.listen({ host, port });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#server.close();
  }
}

const inboundOf = ({ method, url, body, headers }: FastifyRequest): Inbound => ({
  method,
  query: new URL(url, 'http://door').searchParams,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  ),
  body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
});
