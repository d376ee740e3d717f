// A partner that takes everything, in a process of its own: it reads a call, answers 200, and counts. Under three addresses
// it is ill: it never answers, says 500, or asks for an hour of rest.
import { createServer } from 'node:http';

export type SinkSaid = { port: number } | { taken: number };

if (process.send) {
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      if (request.url === '/hangs') return;
      if (request.url === '/fails') return void response.writeHead(500).end();
      if (request.url === '/rests') return void response.writeHead(429, { 'retry-after': '3600' }).end();
      taken++;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"taken"}');
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }));
  process.on('message', () => process.send!({ taken }));
  process.on('disconnect', () => process.exit());
}
