export { startServers, type Servers } from './servers.ts';
export { specify } from './specify.ts';
export { until } from './until.ts';
export * from './samples.ts';
export { signIn, type Answer, type Session } from './session.ts';
export { allServices, startSystem, type ServiceName, type System, type SystemOptions } from './system.ts';
export { enter, openScreen, startBrowser, type Screen } from './browser.ts';
export { readLog, readPublic, twice } from './record.ts';
export { bodyOf, startSite, type Site } from './site.ts';
