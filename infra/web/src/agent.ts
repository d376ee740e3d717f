import { Agent, buildConnector } from 'undici';
import { checkedAddress, systemLookup, type Lookup } from './address.ts';

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
  const connect = buildConnector({ timeout: timeouts.headersMs });
  return new Agent({
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    keepAliveTimeout: 1,
    connect(options, callback) {
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
      checkedAddress(options.hostname, port, { allow, lookup }).then(
        (address) =>
          connect(
            {
              ...options,
              hostname: address,
              servername: options.servername ?? options.hostname.replace(/^\[|\]$/g, ''),
            },
            callback,
          ),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
}
