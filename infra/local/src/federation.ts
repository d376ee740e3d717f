import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Neighbours } from '@tongsheng/contracts';
import { writePrivate } from './installation.ts';
import { demoPassword, demoPeople, sampleSites, type Part } from './seed.ts';
import { freePort, type Links } from './servers.ts';

/** What a deployment tells whoever started it, once it is ready. */
export type Ready = { consoleUrl: string; portalUrl: string; newsroom: string | undefined; logs: string };

const parts = ['national', 'province'] as const;
const namesOf = (...levels: string[]) =>
  sampleSites.filter(({ level }) => levels.includes(level)).map(({ siteId, name, level }) => ({ siteId, name, level }));
const settings: Record<Part, Neighbours> = {
  national: {
    us: 'national',
    neighbours: [{ name: 'province', sites: namesOf('province', 'city'), told: ['submission'] }],
  },
  province: {
    us: 'province',
    neighbours: [{ name: 'national', sites: namesOf('national'), told: ['repost', 'submission'] }],
  },
};

/**
 * Two deployments on one machine, each a system of its own with servers of its own: a national one, and a province that is
 * joined to it by a leaf node. Ends when both have ended; when one ends by itself, so does the other.
 * @param main the program that starts one deployment
 * @returns the exit code
 */
export async function startFederation({
  main,
  args,
  home,
  ports,
}: {
  main: string;
  args: string[];
  home: string;
  ports: Record<Part, { console: string; portal: string }>;
}): Promise<number> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const password = randomBytes(18).toString('base64url');
  const links: Record<Part, Links> = {
    national: { with: settings.national, knocking: { port, passwords: { province: password } } },
    province: {
      with: settings.province,
      knocksAt: { national: `nats-leaf://province:${password}@127.0.0.1:${port}` },
    },
  };
  const portals = parts.map((part) => `127.0.0.1:${ports[part].portal}`);
  const children = parts.map((part): ChildProcess => {
    const file = join(home, `${part}-links.json`);
    writePrivate(file, links[part]);
    return fork(main, args, {
      env: {
        ...process.env,
        TONGSHENG_HOME: join(home, part),
        LINKS_FILE: file,
        UPPER_URL: `http://127.0.0.1:${ports.national.portal}`,
        CONSOLE_PORT: ports[part].console,
        PORTAL_PORT: ports[part].portal,
        WEB_ALLOW: [process.env['WEB_ALLOW'], ...portals].filter(Boolean).join(','),
      },
    });
  });
  let isStopping = false;
  /** Once: a second signal would end a deployment before it has stopped its servers. */
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    for (const child of children) child.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const codes = children.map(
    (child) => new Promise<number>((resolve) => child.once('exit', (code) => (stop(), resolve(code ?? 1)))),
  );
  void Promise.all(children.map((child) => new Promise<Ready>((resolve) => child.once('message', resolve)))).then(
    (ready) => console.log(summary(ready as [Ready, Ready], !args.includes('--no-samples'))),
  );
  return Math.max(...(await Promise.all(codes)));
}

const about = (title: string, { consoleUrl, portalUrl, newsroom, logs }: Ready): string[] => [
  `  ${title}`,
  `    控制台 console    ${consoleUrl}`,
  `    门户   portal     ${portalUrl}`,
  ...(newsroom ? [`    示例编辑部        ${newsroom}`] : []),
  `    运行日志 logs     ${logs}`,
  '',
];

const summary = ([national, province]: [Ready, Ready], hasSamples: boolean): string =>
  [
    '',
    '  同声 Tongsheng 两级互联已就绪 · two deployments, joined by a leaf node',
    '',
    ...about('总局（上级）national', national),
    ...about('某省（下级）province', province),
    ...(hasSamples ? tour(national, province) : []),
    '  Ctrl-C 停止 stops everything',
    '',
  ].join('\n');

const tour = (national: Ready, province: Ready): string[] => [
  '  看什么 what to look at',
  `    总局发布的公告已在省局待办中                 ${province.consoleUrl}`,
  `    省局报送的稿件在总局等待答复（comms）        ${national.consoleUrl}/submissions/in`,
  `    省局的转载情况，总局看得到（manager）        ${national.consoleUrl}/compliance?neighbour=province`,
  `    线路是否连通、还差多少（admin）              ${national.consoleUrl}/health`,
  '',
  `  登录 sign in as（密码都是 password: ${demoPassword}）`,
  `    ${demoPeople.map(({ personId }) => personId).join('  ')}`,
  '',
];
