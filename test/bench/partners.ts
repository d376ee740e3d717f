import { createServer } from 'node:http';
import { freePort } from '@tongsheng/local';
import type { BusClient } from '@tongsheng/bus';
import type { RegistryCommand } from '@tongsheng/contracts';

export type Call = { title: string; path: string; at: number };

/** Newsrooms that take calls: who called, for which path, when (wall clock, ms). `slow` titles wait so long, in ms. */
export async function startPartners(slow: (title: string) => number = () => 0) {
  const calls: Call[] = [];
  const server = createServer((asked, response) => {
    const at = Date.now();
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { data: { title: string } };
      calls.push({ title: data.title, path: asked.url!, at });
      const answer = () => response.writeHead(204).end();
      const ms = slow(data.title);
      if (ms > 0) setTimeout(answer, ms);
      else answer();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    calls,
    port,
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;

/** Registers sites on the portal and, of the first of them, signed webhooks to partners. */
export async function registerCountry(
  client: BusClient,
  {
    sites,
    channels,
    portalUrl,
    partnersUrl,
  }: { sites: string[]; channels: string[]; portalUrl: string; partnersUrl: string },
): Promise<void> {
  const register = (id: string, command: object) =>
    client.command('registry', {
      id: `bench/register/${id}`,
      at: new Date().toISOString(),
      actor: { kind: 'person', id: 'admin', name: 'admin' },
      ...command,
    } as RegistryCommand);
  for (const siteId of sites) {
    const site = { siteId, name: siteId, level: 'province', speaksFor: [], baseUrl: portalUrl };
    await register(siteId, { type: 'site.register', site });
  }
  for (const channelId of channels) {
    const settings = { url: `${partnersUrl}/${channelId}`, secret };
    const channel = { channelId, name: channelId, site: sites[0], paused: false, kind: 'webhook', settings };
    await register(channelId, { type: 'channel.register', channel });
  }
}
