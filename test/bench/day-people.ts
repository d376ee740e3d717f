// The people of a day, in a process of their own: each listens to what changes on their sites and approves what comes, after a
// while of reading. Told by its parent who they are; says what it saw.
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';

export type Person = { token: string; sites: string[] };
export type PeopleTold = { consoleUrl: string; people: Person[] } | 'figures';
/** Latencies in ms since the last time: an approval to its answer; an item's moment to its task on a screen. */
export type PeopleSaid =
  | { listening: number }
  | { approvals: number[]; screens: number[]; refused: string[]; broken: number };

/** How long somebody reads before they approve, in ms. */
const reading = { least: 500, most: 3_000 };

const figures = { approvals: [] as number[], screens: [] as number[], refused: [] as string[], broken: 0 };
/** Tasks that were approved or are being read. */
const taken = new Set<string>();

async function listen({ token }: Person, consoleUrl: string, agent: Agent): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  let lastId = '';
  for (;;) {
    try {
      const { statusCode, body } = await request(`${consoleUrl}/api/events`, {
        dispatcher: agent,
        headers: { ...headers, ...(lastId && { 'last-event-id': lastId }) },
        headersTimeout: 60_000,
        bodyTimeout: 0,
      });
      if (statusCode !== 200) throw new Error(`events: ${statusCode} ${await body.text()}`);
      listening();
      let rest = '';
      for await (const chunk of body) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('id: ')) lastId = line.slice(4);
          else if (line.startsWith('data: {"view":"reposts"')) seen(line.slice(6), token, consoleUrl, agent);
        }
      }
    } catch (error) {
      figures.refused.push(String(error));
    }
    figures.broken++;
    await wait(1_000);
  }
}

function seen(json: string, token: string, consoleUrl: string, agent: Agent): void {
  const { key, row } = JSON.parse(json) as {
    key: string;
    row: { site: string; taskId: string; state: string; contentHash: string; firstSeenAt: string } | null;
  };
  if (row?.state !== 'queued' || taken.has(key)) return;
  taken.add(key);
  figures.screens.push(Date.now() - Date.parse(row.firstSeenAt));
  const pause = reading.least + Math.random() * (reading.most - reading.least);
  setTimeout(() => void approve(row, token, consoleUrl, agent), pause);
}

async function approve(
  { site, taskId, contentHash }: { site: string; taskId: string; contentHash: string },
  token: string,
  consoleUrl: string,
  agent: Agent,
): Promise<void> {
  const body = JSON.stringify({ type: 'repost.approve', site, taskId, seenHash: contentHash });
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': `approve-${site}-${taskId}`.slice(0, 100),
  };
  // As a console does: under the same key until it is answered.
  for (let tries = 1; tries <= 10; tries++) {
    const begun = performance.now();
    try {
      const answer = await request(`${consoleUrl}/api/commands`, { method: 'POST', dispatcher: agent, headers, body });
      const said = await answer.body.text();
      figures.approvals.push(performance.now() - begun);
      if (answer.statusCode === 202) return;
      figures.refused.push(`${answer.statusCode} ${said.slice(0, 200)}`);
      if (answer.statusCode < 500) return;
    } catch (error) {
      figures.refused.push(String(error));
    }
    await wait(tries * 200);
  }
}

let count = 0;
function listening(): void {
  process.send!({ listening: ++count } satisfies PeopleSaid);
}

if (process.send) {
  process.on('message', (told: PeopleTold) => {
    if (told === 'figures') {
      process.send!(figures satisfies PeopleSaid);
      figures.approvals = [];
      figures.screens = [];
      figures.refused = [];
      figures.broken = 0;
      return;
    }
    // A browser has few connections to one server; here each person has their stream, and they share those for commands.
    const streams = new Agent({ connections: null, pipelining: 1 });
    for (const person of told.people) void listen(person, told.consoleUrl, streams);
  });
  process.on('disconnect', () => process.exit());
}
