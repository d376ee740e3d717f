import { Agent, buildConnector } from 'undici';
import { checkedAddresses, systemLookup, type Lookup } from './address.ts';

export type ReachOptions = {
  /** `host:port` that may be reached although it is not public: the 政务外网, and our own portal. */
  allow?: readonly string[];
  lookup?: Lookup;
  /** Told when a connection of the agent's own stands. */
  onConnect?: () => void;
};

/** An undici agent whose every connection, literal or named, first hop or redirect, is checked as it is made. */
export function guardedAgent(
  { allow = [], lookup = systemLookup, onConnect = () => {} }: ReachOptions,
  timeouts: { headersMs: number; bodyMs: number; idleMs?: number },
): Agent {
  const patient: Lookup = (host) => withinTime(lookup(host), host, timeouts.headersMs);
  return new Agent({
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    keepAliveTimeout: timeouts.idleMs ?? 1,
    keepAliveMaxTimeout: timeouts.idleMs ?? 1,
    connect(options, callback) {
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
      checkedAddresses(options.hostname, port, { allow, lookup: patient }).then(
        (addresses) => {
          // The name stays, for TLS; the socket asks nobody but us what it means, and may try each of its addresses.
          const connect = buildConnector({
            timeout: timeouts.headersMs,
            autoSelectFamily: true,
            lookup: (_name, { all }, answer) =>
              all ? answer(null, addresses) : answer(null, addresses[0].address, addresses[0].family),
          });
          connect(options, (...[error, socket]) => {
            if (error) return callback(error, null);
            onConnect();
            callback(null, socket);
          });
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
}

/** Idle connections are kept for less than servers do: one that they close as we write is a doubt that nobody needs. */
const idleMs = 2_000;
const agentsAtMost = 64;
const agents = new Map<string, Agent>();

/** An agent whose connections are used again by whoever may reach the same, with the same patience. */
export function sharedAgent(
  options: ReachOptions,
  { headersMs, bodyMs }: { headersMs: number; bodyMs: number },
): Agent {
  // A resolver of its own is a test's.
  if (options.lookup) return guardedAgent(options, { headersMs, bodyMs });
  const key = JSON.stringify([options.allow ?? [], headersMs, bodyMs]);
  const found = agents.get(key);
  if (found) return found;
  const [oldest] = agents;
  if (oldest && agents.size >= agentsAtMost) {
    agents.delete(oldest[0]);
    void oldest[1].close();
  }
  const agent = guardedAgent(options, { headersMs, bodyMs, idleMs });
  agents.set(key, agent);
  return agent;
}

/** The system's resolver has no time limit of its own. */
async function withinTime<T>(answer: Promise<T>, host: string, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(`no name server answered for ${host} within ${ms} ms`), {
      code: 'EAI_AGAIN',
    });
    timer = setTimeout(() => reject(error), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
