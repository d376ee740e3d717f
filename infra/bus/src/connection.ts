import './abandoned-dials.ts';
import {
  connect,
  ErrorCode,
  Events,
  NatsError,
  nkeyAuthenticator,
  type ConnectionOptions,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import './abandoned-dials.ts';
import { connected } from './figures.ts';
import { isSeed } from './keys.ts';
import { certificateTrouble, reasonOf } from './reason.ts';
import { UnfitServer } from './unfit-server.ts';
import { publisher, type Publish } from './publish.ts';
import { puller, type Pull } from './pull.ts';

/** A connection to the bus, and the two faces of JetStream on it. A class, so that Nest can inject it. */
export class Bus {
  constructor(
    readonly nc: NatsConnection,
    readonly js: JetStreamClient,
    readonly jsm: JetStreamManager,
    /** How the journal stores what was decided. */
    readonly publish: Publish = (subject, body, options) => js.publish(subject, body, options),
    /** How streams are read on. */
    readonly pull: Pull = puller(nc),
    /** Whose connection it is; what is counted is counted under it. */
    readonly name = 'unknown',
  ) {}

  /** Sends what waits, ends the subscriptions, closes. */
  async close(): Promise<void> {
    if (!this.nc.isClosed()) await this.nc.drain();
  }
}

export type BusOptions = {
  /** `nats://user:password@host:port`, or `nats://<seed of a key>@host:port`; `tls://` for a server that must have a certificate; several separated by commas. */
  url: string;
  /** The key to sign with, where it does not stand in the address. */
  seed?: string;
  /** Shown by the server in its list of connections. */
  name: string;
  /** For users who may listen to their own inbox only. */
  inboxPrefix?: string;
  /** For users of another account, which calls JetStream's API by another name. */
  apiPrefix?: string;
  /** Told once of each subject that the server refused to this user. */
  onRefused?(reason: string): void;
};

/** How long JetStream may take for one answer, in ms. */
const timeout = 5_000;
/** How long a server may take to let us in, in ms, and how often that is tried at the start. */
const connectMs = 3_000;
const firstTries = 3;

/** @throws when no server lets us in, at once where it says why */
async function connectPatiently(options: ConnectionOptions): Promise<NatsConnection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect(options);
    } catch (error) {
      if (attempt === firstTries || !(error instanceof NatsError) || error.code !== ErrorCode.Timeout) throw error;
    }
  }
}

/**
 * Connects, and keeps trying for ever once connected: a bus that restarts is waited for, not died of.
 * @throws when the first connection does not come up within 10 s.
 */
export async function connectBus({ url, name, inboxPrefix, apiPrefix, seed, onRefused }: BusOptions): Promise<Bus> {
  const addresses = url.split(',').map((each) => new URL(each));
  const { username, password } = addresses[0]!;
  const key = seed ?? (isSeed(username) ? username : null);
  const nc = await connectPatiently({
    // Asked for, it is not done without; offered by the server, it is taken in any case.
    ...(addresses[0]!.protocol === 'tls:' && { tls: {} }),
    servers: addresses.map((address) => address.host),
    ...(key && { authenticator: nkeyAuthenticator(new TextEncoder().encode(key)) }),
    ...(username && !key && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(inboxPrefix && { inboxPrefix }),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // A frozen server is noticed in seconds; the default takes four minutes.
    pingInterval: 2_000,
    maxPingOut: 2,
    // One of a cluster that is frozen or cut off holds nobody up for longer, before the next one is tried.
    timeout: connectMs,
    // A stack for every request that might fail costs a third of an append's time (measured).
    noAsyncTraces: true,
    ignoreClusterUpdates: false,
  }).catch((error: unknown) => {
    if (certificateTrouble(error) === null) throw error;
    throw new UnfitServer(`bus: nats-server at ${addresses.map(({ host }) => host).join(', ')}: ${reasonOf(error)}`);
  });
  tellConnected(nc, name);
  const options = { timeout, checkAPI: false, ...(apiPrefix && { apiPrefix }) };
  if (onRefused) void tellRefusals(nc, onRefused);
  return new Bus(
    nc,
    nc.jetstream(options),
    await nc.jetstreamManager(options),
    publisher(nc, { timeout, ...(inboxPrefix && { inboxPrefix }) }),
    puller(nc, inboxPrefix),
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

async function tellRefusals(nc: NatsConnection, tell: (reason: string) => void): Promise<void> {
  const told = new Set<string>();
  for await (const { type, data, permissionContext: what } of nc.status()) {
    if (type !== Events.Error || data !== ErrorCode.PermissionsViolation || !what) continue;
    const reason = `${what.operation} ${what.subject}`;
    if (!told.has(reason)) tell(reason);
    told.add(reason);
  }
}
