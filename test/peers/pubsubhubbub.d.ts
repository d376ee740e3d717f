/** The part of npm's WebSub subscriber that the tests use; it brings no types. */
declare module 'pubsubhubbub' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:http';

  type Subscription = { topic: string; lease: number };
  type Pushed = { topic: string; hub: string; feed: Buffer; headers: Record<string, string> };
  type Events = { subscribe: [Subscription]; unsubscribe: [Subscription]; feed: [Pushed]; listen: [] };

  export type Subscriber = EventEmitter<Events> & {
    server: Server;
    secret: string | false;
    callbackUrl: string;
    listen(port: number, host: string): void;
    subscribe(topic: string, hub: string, done: (error: Error | null) => void): void;
    unsubscribe(topic: string, hub: string, done: (error: Error | null) => void): void;
  };

  export function createServer(options: { callbackUrl: string; secret?: string; leaseSeconds?: number }): Subscriber;
}
