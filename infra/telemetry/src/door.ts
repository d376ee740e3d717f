import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, register } from 'prom-client';

export type OperationsDoor = { port: number; close(): Promise<void> };

/**
 * Where whoever runs the process looks in: `/metrics` for Prometheus, `/health/live` (the process answers), `/health/ready`
 * (503 while one of its services is not open). It tells no content and no names of people; still it is for the inside of a network.
 */
export async function openOperations(options: {
  host: string;
  port: number;
  /** What is not ready, by name; empty: all is. */
  notReady(): string[];
}): Promise<OperationsDoor> {
  collectDefaultMetrics();
  const server = createServer((request, reply) => {
    const say = (status: number, type: string, body: string) =>
      reply.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    switch (new URL(request.url ?? '/', 'http://door').pathname) {
      case '/metrics':
        register.metrics().then(
          (text) => say(200, register.contentType, text),
          (error: unknown) => say(500, 'text/plain; charset=utf-8', String(error)),
        );
        return;
      case '/health/live':
        say(200, 'application/json', '{"ok":true}');
        return;
      case '/health/ready': {
        const waiting = options.notReady();
        say(
          waiting.length === 0 ? 200 : 503,
          'application/json',
          JSON.stringify({ ok: waiting.length === 0, waiting }),
        );
        return;
      }
      default:
        say(404, 'text/plain; charset=utf-8', '/metrics, /health/live, /health/ready\n');
    }
  });
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, { host, port }: { host: string; port: number }) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
