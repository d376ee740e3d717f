export { freePort, startNats, startRedis, type NatsServer, type Server } from './servers.ts';
