export { launchOf } from './children.ts';
export { makeDurable } from './durability.ts';
export { demoPassword, demoPeople, demoSeed } from './seed.ts';
export { startNewsroom, type Call, type Mail, type Newsroom } from './newsroom.ts';
export {
  freePort,
  Links,
  makeStreams,
  serverVersion,
  startNats,
  startRedis,
  type Certificates,
  type NatsOptions,
  type NatsServer,
  type Server,
} from './servers.ts';
export { startUpstreams, type Upstreams, type UpstreamOptions } from './upstreams/index.ts';
