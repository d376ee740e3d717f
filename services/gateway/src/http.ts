import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import files from '@fastify/static';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, BusClient, Journal, WorkingCopies, EvidenceStore } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { Clock, Ids, Log, serverOf } from '@tongsheng/runtime';
import { answered } from '@tongsheng/telemetry';
import Fastify, { type FastifyInstance } from 'fastify';
import { Details } from './details.ts';
import { Directories } from './directories.ts';
import { Door } from './door.ts';
import { ItemDetails } from './item-details.ts';
import { Live } from './live.ts';
import { Logins } from './logins.ts';
import { Models } from './models.ts';
import { openApi } from './openapi.ts';
import { PageLooks } from './page-looks.ts';
import { mustHaveRole } from './permissions.ts';
import { PeopleRegistry } from './people-registry.ts';
import { Proofs } from './proofs.ts';
import { asReader, isAuditor, mustNotBeAuditor } from './reach.ts';
import { PresentEditors } from './present-editors.ts';
import { Written, type Route } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { assistedRoutes } from './routes/assisted.ts';
import { calendarRoutes } from './routes/calendar.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoute } from './routes/commands.ts';
import { balanceRoutes } from './routes/balance.ts';
import { complianceRoutes } from './routes/compliance.ts';
import { correctionRoutes } from './routes/corrections.ts';
import { draftRoutes } from './routes/drafts.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { neighbourRoutes } from './routes/neighbours.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { dutyBookRoutes } from './routes/duty-book.ts';
import { alarmMeansRoutes } from './routes/alarm-means.ts';
import { dutyRoutes } from './routes/duty.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { fileRoutes } from './routes/files.ts';
import { itemRoutes } from './routes/items.ts';
import { inspectionRoutes } from './routes/inspections.ts';
import { recallRoutes } from './routes/recalls.ts';
import { reportRoutes } from './routes/reports.ts';
import { peopleRoutes } from './routes/people.ts';
import { pageLookRoutes } from './routes/page-looks.ts';
import { queueRoutes } from './routes/queue.ts';
import { rulebookRoutes } from './routes/rulebook.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { sessionRoutes } from './routes/session.ts';
import { sourceRoutes } from './routes/sources.ts';
import { submissionRoutes } from './routes/submissions.ts';
import { notFound, viewRoutes } from './routes/views.ts';
import { securityHeaders } from './security-headers.ts';
import { SecondFactors } from './second-factors.ts';
import { RepostTasks } from './repost-tasks.ts';
import { Sessions, type Caller } from './sessions.ts';
import { Settings } from './settings.ts';
import { TaskQueue } from './task-queue.ts';
import { Uploads } from './uploads.ts';

/** The HTTP side: one table of routes, validated in and out, and the console's files. */
@Injectable()
export class Http implements OnApplicationBootstrap, OnModuleDestroy {
  #server: FastifyInstance | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly models: Models,
    private readonly details: Details,
    private readonly queue: TaskQueue,
    private readonly items: ItemDetails,
    private readonly tasks: RepostTasks,
    private readonly looks: PageLooks,
    private readonly proofs: Proofs,
    private readonly uploads: Uploads,
    private readonly editors: PresentEditors,
    private readonly sessions: Sessions,
    private readonly logins: Logins,
    private readonly directories: Directories,
    private readonly factors: SecondFactors,
    private readonly registry: PeopleRegistry,
    private readonly door: Door,
    private readonly live: Live,
    private readonly client: BusClient,
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { CONSOLE_PORT: port, CONSOLE_HOST: host, SECURE_COOKIES } = this.settings.values;
    const headers = securityHeaders(SECURE_COOKIES);
    const server = Fastify({
      bodyLimit: 4 * 2 ** 20,
      genReqId: () => this.ids.next(),
      forceCloseConnections: true,
      ...serverOf(this.settings.values),
    });
    this.#server = server;
    await server.register(cookie);
    // Read by their route as they come, up to its own limit.
    server.addContentTypeParser('application/octet-stream', (_, bytes, done) => done(null, bytes));
    server.addHook('onRequest', async (_, reply) => {
      reply.headers(headers);
    });
    server.addHook('onResponse', async ({ method, routeOptions }, { statusCode: status, elapsedTime: ms }) =>
      answered('gateway', { method, route: routeOptions.url, status, ms }),
    );
    server.setErrorHandler((error, request, reply) => this.door.refuse(request, reply, error));

    const routes = this.#routes();
    for (const route of routes) this.#open(server, route);
    const document = openApi(routes);
    server.get('/api/openapi.json', async (_, reply) => reply.header('cache-control', 'no-store').send(document));
    server.get('/api/events', async (request, reply) => {
      const caller = await this.door.callerOf(request);
      if (caller.must !== null) throw new Refusal('account_unready', `first: ${caller.must}`, { must: caller.must });
      this.live.open(request, reply, asReader(caller, this.models.sites.all()), this.door.tokenOf(request));
    });
    await this.#serveConsole(server);
    await server.listen({ port, host });
    this.log.info('gateway.listening', { host, port });
  }

  async onModuleDestroy(): Promise<void> {
    await this.#server?.close();
  }

  #routes(): Route[] {
    const {
      models,
      details,
      queue,
      items,
      tasks,
      looks,
      proofs,
      uploads,
      editors,
      client,
      bus,
      journal,
      clock,
      ids,
      settings,
      sessions,
      logins,
      directories,
      factors,
      registry,
      live,
      door,
    } = this;
    return [
      ...sessionRoutes({ sessions, directories, live, door, clock, settings }),
      ...accountRoutes({ sessions, logins, directories, factors, registry, live, door, clock, settings }),
      ...peopleRoutes({ sessions, logins, directories, factors, registry, models, live, door, clock }),
      ...queueRoutes({ queue, clock }),
      ...viewRoutes({ models, details, client, bus, journal, clock, settings }),
      ...neighbourRoutes({ client, settings }),
      ...balanceRoutes({ client, clock }),
      ...complianceRoutes({ models, client, clock }),
      ...submissionRoutes({ models, details, client, bus, journal, clock, settings }),
      ...channelRoutes({ models, client, journal, clock }),
      ...deliveryRoutes({ models, client, journal, proofs, clock }),
      ...assistedRoutes({ models, proofs }),
      ...calendarRoutes({ models, details, client, bus, journal, clock, settings }),
      ...inspectionRoutes({ models, proofs, clock }),
      ...recallRoutes({ models, details, proofs, client, clock }),
      ...correctionRoutes({ models, tasks, client, journal, clock }),
      ...reportRoutes({ models, evidence: new EvidenceStore(bus), client, clock }),
      ...evidenceRoutes({ bus, clock }),
      ...itemRoutes({ items, proofs }),
      ...pageLookRoutes({ looks, proofs }),
      ...fileRoutes({ uploads, proofs, journal }),
      ...draftRoutes({ models, client, journal, clock, editors, copies: new WorkingCopies(bus) }),
      ...dutyRoutes({ models, client, clock }),
      ...alarmMeansRoutes({ models, client }),
      ...dutyBookRoutes({ models, clock }),
      ...incidentRoutes({ models, proofs, journal, clock }),
      ...reviewRoutes({ models, journal, clock }),
      ...sourceRoutes({ models, client, proofs, clock, settings }),
      ...rulebookRoutes({ models, client, journal }),
      commandRoute({ models, client, clock, ids, settings }),
    ];
  }

  #open(server: FastifyInstance, route: Route): void {
    const reads = route.method === 'GET' || route.harmless === true;
    server.route({
      method: route.method,
      url: route.path,
      handler: async (http, reply) => {
        if (route.may !== 'public') {
          http.caller = await this.door.callerOf(http);
          if (http.caller.must !== null && route.beforeReady !== true)
            throw new Refusal('account_unready', `first: ${http.caller.must}`, { must: http.caller.must });
          // A command is refused by its own name.
          if (!reads && route.path !== '/api/commands') mustNotBeAuditor(http.caller, `${route.method} ${route.path}`);
          if (route.may !== 'signed-in' && !isAuditor(http.caller)) mustHaveRole(http.caller, route.may);
        }
        const answer = await route.handle({
          query: route.query?.parse(http.query),
          params: route.params?.parse(http.params),
          body: route.body?.parse(http.body),
          caller: http.caller ? (reads ? asReader(http.caller, this.models.sites.all()) : http.caller) : nobody,
          http,
          reply,
        });
        reply.header('cache-control', 'no-store');
        if (route.status) reply.code(route.status);
        if (answer instanceof Written) return reply.type('application/json; charset=utf-8').send(answer.json);
        return reply.send(answer);
      },
    });
  }

  async #serveConsole(server: FastifyInstance): Promise<void> {
    const root = this.settings.values.CONSOLE_DIR ?? fileURLToPath(new URL('../../console/dist', import.meta.url));
    const built = existsSync(root);
    if (built) {
      await server.register(files, {
        root,
        wildcard: false,
        cacheControl: false,
        setHeaders: (reply, path) =>
          void reply.header(
            'cache-control',
            path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
          ),
      });
    }
    server.setNotFoundHandler(async (request, reply) => {
      const isPage =
        request.method === 'GET' && !request.url.startsWith('/api/') && !request.url.startsWith('/assets/');
      if (isPage && built) return reply.header('cache-control', 'no-store').sendFile('index.html');
      return this.door.refuse(request, reply, notFound(request.url));
    });
  }
}

const nobody: Caller = {
  personId: 'unknown',
  name: '',
  roles: [],
  sites: [],
  csrfToken: null,
  expiresAt: '',
  must: null,
};
