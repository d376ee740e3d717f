// Serves the feeds of the ingest benchmark in a process of its own, so that its work is nobody's. Told by its parent: which
// round it is, and how many feeds there are. Beside each feed is an address that drips a byte a second.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Round = 'new' | 'not_modified' | 'same_body' | 'one_more';

const entriesOfFeed = 50;
const paragraph = '为进一步优化纳税服务，方便纳税人和缴费人办理税费事项，现就有关事项公告如下，请各地遵照执行。';

/** One feed, as a government site writes it: 50 entries of some 1.5 kB. */
export function feedOf(source: number, more = 0): string {
  const entries = Array.from({ length: entriesOfFeed + more }, (_, i) => {
    const number = entriesOfFeed + more - i;
    const time = new Date(Date.UTC(2026, 10, 1) + number * 3_600_000).toUTCString();
    const body = `&lt;p&gt;${paragraph.repeat(8)}&lt;/p&gt;&lt;p&gt;&lt;a href="/f/${number}.pdf"&gt;附件&lt;/a&gt;&lt;/p&gt;`;
    return `<item><title>来源${source}关于第${number}号事项的公告</title><link>https://s${source}.example/zc/${number}.html</link><guid isPermaLink="false">s${source}-${number}</guid><pubDate>${time}</pubDate><description>${body}</description></item>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>来源${source}</title><link>https://s${source}.example/</link>${entries.join('')}</channel></rss>`;
}

/** The loopback has a host for every feed, so that none has to wait for another's turn. */
export const hostOf = (source: number) => `127.0.${Math.floor(source / 250) + 1}.${(source % 250) + 1}`;

if (process.send) {
  let round: Round = 'new';
  let open = 0;
  const drip = (response: ServerResponse) => {
    open++;
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    const timer = setInterval(() => response.write('<'), 1_000);
    response.once('close', () => {
      clearInterval(timer);
      open--;
    });
  };
  const answer = (source: number) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/drip') return drip(response);
    const validators = { etag: `"${round === 'one_more' ? 2 : 1}"`, 'content-type': 'application/rss+xml' };
    if (round === 'not_modified' && request.headers['if-none-match']) return void response.writeHead(304).end();
    const headers = round === 'same_body' ? { 'content-type': 'application/rss+xml' } : validators;
    response.writeHead(200, headers).end(feedOf(source, round === 'one_more' ? 1 : 0));
  };
  const listen = (source: number, port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer(answer(source)).once('error', reject);
      server.listen(port, hostOf(source), () => resolve((server.address() as { port: number }).port));
    });
  const count = Number(process.argv[2]);
  const port = await listen(0, 0);
  for (let source = 1; source < count; source++) await listen(source, port);
  process.send({ port });
  process.on('message', (next: Round) => {
    round = next;
    process.send!({ round, open });
  });
}
