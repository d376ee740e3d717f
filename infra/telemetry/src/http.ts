import { Histogram } from 'prom-client';
import { upToMinute } from './buckets.ts';

const seconds = new Histogram({
  name: 'tongsheng_http_request_seconds',
  help: 'From a request of a browser or a program to the end of its answer',
  labelNames: ['service', 'method', 'route', 'status'],
  buckets: upToMinute,
});

/** One answered request. `route`: the pattern, never the address, which has no end of values. */
export function answered(
  service: string,
  { method, route, status, ms }: { method: string; route: string | undefined; status: number; ms: number },
): void {
  seconds.observe({ service, method, route: route ?? 'none', status: `${Math.floor(status / 100)}xx` }, ms / 1_000);
}
