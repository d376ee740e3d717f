export { Clock, Ids, RandomIds, SystemClock } from './clock.ts';
export { allowList, BadConfig, commonConfig, readConfig, signIn, type CommonConfig } from './config.ts';
export { JsonLog, Log } from './log.ts';
export { tellOperations } from './operations.ts';
export { run } from './run.ts';
export { NoKey, SecretBox, secretsConfig } from './secrets.ts';
export { serve, type Service } from './serve.ts';
export { onShutdown } from './shutdown.ts';
