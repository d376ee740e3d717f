// `npm start`, `npm test`, `npm run setup`, `npm run check`, `npm run bom` on a machine that has Node >= 20 and npm, and nothing else.
// Plain JavaScript without dependencies: nothing is installed yet when it runs.
import { chromium, fonts, readers, servers } from './setup/debian.mjs';
import { laterServer } from './setup/later.mjs';
import { Plain } from './setup/plain.mjs';
import { node, packages } from './setup/packages.mjs';
import { postfix } from './setup/postfix.mjs';
import { exec } from './setup/process.mjs';
import { promtool } from './setup/promtool.mjs';
import { slapd } from './setup/slapd.mjs';
import { transfer } from './setup/transfer.mjs';
import { wordpress } from './setup/wordpress.mjs';

const [verb = 'start', ...rest] = process.argv.slice(2);

async function setup() {
  await packages();
  const runtime = node();
  await exec(runtime, ['infra/local/build.mjs']);
  return { runtime, environment: await servers() };
}

const verbs = {
  async setup() {
    await setup();
    console.log('Ready. `npm start` starts the system; `npx tongsheng --help` lists the command line.');
  },
  async start() {
    const { runtime, environment } = await setup();
    return exec(runtime, ['infra/local/dist/start.js', ...rest], environment, { last: true });
  },
  async test() {
    const { runtime, environment } = await setup();
    const browser = await chromium();
    await fonts();
    await readers();
    const peers = {
      ...(await wordpress()),
      ...(await transfer()),
      ...(await postfix()),
      ...(await slapd()),
      ...(await promtool()),
    };
    const later = await laterServer(environment.NATS_SERVER);
    const all = { ...environment, ...later, ...peers, CHROMIUM: browser };
    return exec(runtime, ['infra/local/test.mjs', ...rest], all, { last: true });
  },
  async bom() {
    const { runtime } = await setup();
    return exec(runtime, ['infra/local/bill.mjs', '--audit'], {}, { last: true });
  },
  async check() {
    const { runtime } = await setup();
    return exec(runtime, ['infra/local/test.mjs', '--checks'], {}, { last: true });
  },
};

try {
  if (!verbs[verb]) throw new Plain(`there is no \`${verb}\`; use setup, start, test, check or bom`);
  process.exitCode = (await verbs[verb]()) ?? 0;
} catch (error) {
  console.error(error instanceof Plain ? `\n${error.message}` : error);
  process.exitCode = 1;
}
