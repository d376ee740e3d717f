// A partner that takes everything, in a process of its own: it reads a call, answers 200, and counts.
import { createServer } from 'node:http';

export type SinkSaid = { port: number } | { taken: number };

if (process.send) {
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      taken++;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"taken"}');
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }));
  process.on('message', () => process.send!({ taken }));
  process.on('disconnect', () => process.exit());
}
