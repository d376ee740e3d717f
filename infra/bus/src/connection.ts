import { connect, Events, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import { connected } from './figures.ts';
import { publisher, type Publish } from './publish.ts';

/** A connection to the bus, and the two faces of JetStream on it. A class, so that Nest can inject it. */
export class Bus {
  constructor(
    readonly nc: NatsConnection,
    readonly js: JetStreamClient,
    readonly jsm: JetStreamManager,
    /** How the journal stores what was decided. */
    readonly publish: Publish = (subject, body, options) => js.publish(subject, body, options),
    /** Whose connection it is; what is counted is counted under it. */
    readonly name = 'unknown',
  ) {}

  /** Sends what waits, ends the subscriptions, closes. */
  async close(): Promise<void> {
    if (!this.nc.isClosed()) await this.nc.drain();
  }
}

export type BusOptions = {
  /** `nats://user:password@host:port`, several separated by commas. */
  url: string;
  /** Shown by the server in its list of connections. */
  name: string;
  /** For users who may listen to their own inbox only. */
  inboxPrefix?: string;
};

/** How long JetStream may take for one answer, in ms. */
const timeout = 5_000;

/**
 * Connects, and keeps trying for ever once connected: a bus that restarts is waited for, not died of.
 * @throws when the first connection does not come up within 10 s.
 */
export async function connectBus({ url, name, inboxPrefix }: BusOptions): Promise<Bus> {
  const addresses = url.split(',').map((each) => new URL(each));
  const { username, password } = addresses[0]!;
  const nc = await connect({
    servers: addresses.map((address) => address.host),
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(inboxPrefix && { inboxPrefix }),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // A frozen server is noticed in seconds; the default takes four minutes.
    pingInterval: 3_000,
    maxPingOut: 2,
    timeout: 10_000,
    // A stack for every request that might fail costs a third of an append's time (measured).
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
  });
  tellConnected(nc, name);
  return new Bus(
    nc,
    nc.jetstream({ timeout, checkAPI: false }),
    await nc.jetstreamManager({ checkAPI: false, timeout }),
    publisher(nc, { timeout, ...(inboxPrefix && { inboxPrefix }) }),
    name,
  );
}

/** Told for as long as the connection is meant to be there. */
function tellConnected(nc: NatsConnection, name: string): void {
  let up = true;
  const stop = connected.tellOne({ service: name }, () => (up ? 1 : 0));
  void nc.closed().then(stop);
  void (async () => {
    for await (const { type } of nc.status()) {
      if (type === Events.Disconnect) up = false;
      if (type === Events.Reconnect) up = true;
    }
  })();
}
