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
      .end('<rss version="2.0"><channel><item><title>标签说错了</title></item></channel></rss>'),
  'lost-characters': (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/xml; charset=utf-8' })
      .end(
        Buffer.concat([
          Buffer.from(
            '<rss version="2.0"><channel><item><guid>1</guid><title>这一篇的标题是好的</title></item><item><guid>2</guid><title>坏了',
          ),
          Buffer.from([0xff, 0xfe]),
          Buffer.from('的标题</title></item></channel></rss>'),
        ]),
      ),
  'shared-id': (response) =>
    void response.end(
      `<rss version="2.0"><channel>${['甲', '乙', '乙']
        .map(
          (name) =>
            `<item><guid isPermaLink="false">0</guid><title>${name}</title><link>/${encodeURI(name)}</link></item>`,
        )
        .join('')}</channel></rss>`,
    ),
  untitled: (response) =>
    void response.end(
      `<rss version="2.0"><channel>${Array.from({ length: 12 }, (_, i) => `<item><guid>${i}</guid></item>`).join('')}</channel></rss>`,
    ),
  enormous: (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/rss+xml', 'content-length': String(100 * 2 ** 20) })
      .end(Buffer.alloc(100 * 2 ** 20, ' ')),
  'cut-off': (response) =>
    void response.writeHead(200, { 'content-length': '1000' }).write('<rss>', () => response.destroy()),
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
