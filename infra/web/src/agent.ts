import { Agent, buildConnector } from 'undici';
import { checkedAddresses, systemLookup, type Lookup } from './address.ts';

export type ReachOptions = {
  /** `host:port` that may be reached although it is not public: the 政务外网, and our own portal. */
  allow?: readonly string[];
  lookup?: Lookup;
};

/** An undici agent whose every connection, literal or named, first hop or redirect, is checked as it is made. */
export function guardedAgent(
  { allow = [], lookup = systemLookup }: ReachOptions,
  timeouts: { headersMs: number; bodyMs: number },
): Agent {
  const patient: Lookup = (host) => withinTime(lookup(host), host, timeouts.headersMs);
  return new Agent({
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    keepAliveTimeout: 1,
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
          connect(options, callback);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
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
