// What the plainest server could do, in a process of its own as the gateway is: the first page of one order is read from
// Redis and written to the socket, without a filter, a count, or a question who asks.
import { createServer } from 'node:http';
import { createClient } from 'redis';

/** As many rows as a page of the gateway has unless asked otherwise. */
const rowsOfPage = 50;

/** Where the rows are, and the set that orders them. */
export type Raw = { url: string; rows: string; set: string };

if (process.send) {
  const { url, rows, set } = JSON.parse(process.argv[2]!) as Raw;
  const redis = createClient({ url });
  await redis.connect();
  const server = createServer((_, response) => {
    void (async () => {
      const members = await redis.zRange(set, 0, rowsOfPage - 1);
      const found = await redis.hmGet(rows, members);
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"rows":[${found.join(',')}]}`);
    })();
  });
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }));
}
