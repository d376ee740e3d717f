import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'nats';
import { expect, it } from 'vitest';
import './abandoned-dials.ts';

it('a dial that was given up is ended, so that a server that wakes later finds nobody there to greet', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const dialled = connect({ servers: `127.0.0.1:${port}`, timeout: 50, reconnect: false, maxReconnectAttempts: 0 });
  await expect(dialled).rejects.toThrow();
  const [socket] = await accepted;
  if (!socket.readableEnded) await once(socket.resume(), 'close');
  await new Promise((resolve) => server.close(resolve));
});
