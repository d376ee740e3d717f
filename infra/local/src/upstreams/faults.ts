import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** Sites that misbehave, for tests and for trying out: each under `/faults/<name>`. */
const faults: Record<string, (response: ServerResponse) => void> = {
  endless(response) {
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    const more = () => {
      if (response.destroyed) return;
      while (response.write('<item><title>没完没了</title></item>'.repeat(100)));
      response.once('drain', more);
    };
    more();
  },
  'redirect-loop': (response) => void response.writeHead(302, { location: '/faults/redirect-loop' }).end(),
  'redirect-private': (response) =>
    void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  drip(response) {
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    const timer = setInterval(() => response.write('<'), 200);
    response.once('close', () => clearInterval(timer));
  },
  'entity-bomb'(response) {
    const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
    response.end(
      `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "bomb">${entities}]><rss version="2.0"><channel><title>&e9;</title></channel></rss>`,
    );
  },
  'gzip-bomb': (response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 2 ** 20))),
  'wrong-charset': (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/xml; charset=iso-8859-1' })
      .end('<rss version="2.0"><channel><title>标签说错了</title></channel></rss>'),
  'server-error': (response) => void response.writeHead(500).end('broken'),
  'not-a-feed': (response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>维护中</body></html>'),
  truncated: (response) =>
    void response.end('<rss version="2.0"><channel><title>半截</title><item><title>只有一半的标'),
};

export function answerFault(pathname: string, response: ServerResponse): void {
  const fault = faults[pathname.slice('/faults/'.length)];
  if (fault) fault(response);
  else response.writeHead(404).end();
}
