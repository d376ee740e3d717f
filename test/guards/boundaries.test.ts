import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breaches, decidersOf, type Files } from './house.ts';

const root = join(import.meta.dirname, '../..');
const ours = ['package.json', '{contracts,test}/**', '{infra,services}/*/**'];
const isOurs = (path: string) => /\.tsx?$|package\.json$/.test(path);
const exclude = (path: string) => /(^|\/)(node_modules|dist|history)$/.test(path);

const house: Files = Object.fromEntries(
  ours
    .flatMap((pattern) => globSync(pattern, { cwd: root, exclude }))
    .filter(isOurs)
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);

/** What an installed package asks its user to bring. */
function peersOf(name: string): string[] {
  const found = globSync(['{contracts,test}', '{infra,services}/*'], { cwd: root })
    .map((home) => join(root, home, 'node_modules', name, 'package.json'))
    .find((file) => existsSync(file));
  if (!found) return [];
  const { peerDependencies = {} } = JSON.parse(readFileSync(found, 'utf8')) as { peerDependencies?: object };
  return Object.keys(peerDependencies);
}

const isIdle = (breach: string) => breach.endsWith('is listed and not imported');

/** Every file is read, which takes a while where the machine is busy; in ms. */
const patience = 60_000;

it('the house keeps its rules', { timeout: patience }, () => {
  expect(breaches(house, peersOf).filter((breach) => !isIdle(breach))).toEqual([]);
});

it('no package lists what it does not use', { timeout: patience }, () => {
  expect(breaches(house, peersOf).filter(isIdle)).toEqual([]);
});

it('every decider is known to the guard', () => {
  expect(decidersOf(house)).toEqual([
    'services/delivery/src/callback.ts',
    'services/delivery/src/credential.ts',
    'services/delivery/src/delivery.ts',
    'services/delivery/src/quota.ts',
    'services/delivery/src/stoppage.ts',
    'services/duty/src/alarm.ts',
    'services/duty/src/handover.ts',
    'services/duty/src/incident.ts',
    'services/gateway/src/login.ts',
    'services/ingest/src/alias.ts',
    'services/ingest/src/item.ts',
    'services/ingest/src/source-health.ts',
    'services/oversight/src/balance.ts',
    'services/oversight/src/correction.ts',
    'services/oversight/src/inspection.ts',
    'services/oversight/src/report.ts',
    'services/oversight/src/site-check.ts',
    'services/registry/src/registration.ts',
    'services/releases/src/linked-release.ts',
    'services/releases/src/recall.ts',
    'services/releases/src/release.ts',
    'services/releases/src/rumor-case.ts',
    'services/releases/src/submission.ts',
    'services/reposts/src/cluster-key.ts',
    'services/reposts/src/cluster.ts',
    'services/reposts/src/repost.ts',
    'services/reposts/src/routing.ts',
  ]);
});

/** A small house without a breach; each planted one is put into it. */
const manifest = (name: string, dependencies: string[] = [], devDependencies: string[] = []) =>
  JSON.stringify({
    name,
    dependencies: Object.fromEntries(dependencies.map((each) => [each, '*'])),
    devDependencies: Object.fromEntries(devDependencies.map((each) => [each, '*'])),
  });
const sound: Files = {
  'contracts/package.json': manifest('@tongsheng/contracts', ['zod'], ['vitest']),
  'contracts/src/index.ts': `import { z } from 'zod'; export const token = z.string();`,
  'contracts/src/index.test.ts': `import { it } from 'vitest'; import { token } from './index.ts'; it('', () => void token);`,
  'infra/bus/package.json': manifest('@tongsheng/bus', ['@tongsheng/contracts', 'nats']),
  'infra/bus/src/index.ts': `import 'nats'; import '@tongsheng/contracts'; export const defineAggregate = <T>(x: T) => x;`,
  'services/reposts/package.json': manifest('@tongsheng/reposts', ['@tongsheng/contracts', '@tongsheng/bus']),
  'services/reposts/src/repost.ts': `import { defineAggregate } from '@tongsheng/bus';
    import { Refusal } from '@tongsheng/contracts';
    export const repost = defineAggregate({ name: 'repost', decide: () => new Refusal() });`,
  'services/reposts/src/main.ts': `import { repost } from './repost.ts'; void repost;`,
  'services/clock/package.json': manifest('@tongsheng/clock'),
  'services/clock/src/main.ts': `export const tick = 1;`,
};
const decider = 'services/reposts/src/repost.ts';
const planted = (path: string, code: string) => breaches({ ...sound, [path]: `${sound[path] ?? ''}\n${code}` });

it('a sound house has no breach', () => {
  expect(breaches(sound)).toEqual([]);
});

describe('a planted breach is found:', () => {
  const plants: [what: string, path: string, code: string, said: string][] = [
    ['contracts that know a library', 'contracts/src/index.ts', `import 'luxon';`, 'contracts know zod, not luxon'],
    ['contracts that know node', 'contracts/src/index.ts', `import 'node:fs';`, 'contracts know zod, not node:fs'],
    [
      'contracts that know infra',
      'contracts/src/index.ts',
      `import type {} from '@tongsheng/bus';`,
      'not @tongsheng/bus',
    ],
    [
      'infra that knows a service',
      'infra/bus/src/index.ts',
      `export * from '@tongsheng/reposts';`,
      'infra must not know',
    ],
    [
      'a service that knows another',
      'services/clock/src/main.ts',
      `import '@tongsheng/reposts';`,
      'services must not know',
    ],
    [
      'a service that reaches over',
      'services/clock/src/main.ts',
      `await import('../../reposts/src/repost.ts');`,
      'reaches into',
    ],
    [
      'a type of another service',
      'services/clock/src/main.ts',
      `type R = import('../../reposts/src/repost.ts').R;`,
      'reaches into',
    ],
    [
      'a module named at run time',
      'services/clock/src/main.ts',
      `await import('@tongsheng/' + tick);`,
      'only running it tells',
    ],
    ['the console behind the gateway', 'services/console/src/x.tsx', `import '@tongsheng/bus';`, 'the console knows'],
    [
      'a service on NATS',
      'services/clock/src/main.ts',
      `import { connect } from 'nats';`,
      'only infra/bus may import nats',
    ],
    ['a service on Redis', 'services/reposts/src/main.ts', `import 'redis';`, 'services/clock may import redis'],
    ['infra on Redis', 'infra/bus/src/index.ts', `const r = require('redis');`, 'services/clock may import redis'],
    [
      'a service with settings of its own',
      'services/clock/src/main.ts',
      `process.env['X'];`,
      'may read the environment',
    ],
    [
      'the same in another spelling',
      'services/clock/src/main.ts',
      `const { env } = process;`,
      'may read the environment',
    ],
    ['and in a third', 'services/clock/src/main.ts', `import { env } from 'node:process';`, 'may read the environment'],
    ['a decider with a clock', decider, `const now = Date.now();`, 'must not use Date.now'],
    ['a decider with a new Date', decider, `const now = new Date();`, 'must not use Date'],
    ['a decider that rolls dice', decider, `const n = Math.random();`, 'must not use Math.random'],
    ['a decider on the network', decider, `void fetch('x');`, 'must not use fetch'],
    ['a decider with an environment', decider, `const e = process.argv;`, 'must not use process.argv'],
    ['a decider with a journal', decider, `import { Journal } from '@tongsheng/bus';`, 'must not import Journal'],
    ['a decider with node', decider, `import { randomUUID } from 'node:crypto';`, 'must not import randomUUID'],
    ['a decider with Nest', decider, `import { Injectable } from '@nestjs/common';`, 'must not import Injectable'],
    [
      'a decider with luxon’s clock',
      decider,
      `import { DateTime } from 'luxon'; DateTime.utc();`,
      'must not call DateTime.utc',
    ],
    [
      'an import that is not listed',
      'services/clock/src/main.ts',
      `import 'luxon';`,
      'luxon is imported and not a dependency',
    ],
    [
      'a test’s import that is not listed',
      'services/clock/src/a.test.ts',
      `import 'vitest';`,
      'vitest is imported and not listed',
    ],
  ];
  it.each(plants)('%s', (_, path, code, said) => {
    expect(planted(path, code)).toContainEqual(expect.stringContaining(said));
  });

  it('a decider whose neighbour looks at the clock', () => {
    const beside = {
      [decider]: `${sound[decider]}\nimport './wait.ts';`,
      'services/reposts/src/wait.ts': `Date.now();`,
    };
    expect(breaches({ ...sound, ...beside })).toEqual([
      'services/reposts/src/wait.ts: a decider must not use Date.now',
    ]);
  });
  it('a dependency that nothing imports', () => {
    const unused = { 'services/clock/package.json': manifest('@tongsheng/clock', ['luxon'], ['vitest']) };
    expect(breaches({ ...sound, ...unused })).toEqual([
      'services/clock/package.json: luxon is listed and not imported',
      'services/clock/package.json: vitest is listed and not imported',
    ]);
  });
  it('a test’s tool among what runs in production', () => {
    const files = {
      'services/clock/package.json': manifest('@tongsheng/clock', ['vitest']),
      'services/clock/src/a.test.ts': `import 'vitest';`,
    };
    expect(breaches({ ...sound, ...files })).toEqual([
      'services/clock/package.json: vitest is a dependency, and only for tests',
    ]);
  });
});

describe('no breach is', () => {
  it.each([
    ['a property of a forbidden name', decider, `const x = { Date: 1, fetch: 2 }; x.Date; x.fetch;`],
    ['leaving the process', 'services/clock/src/main.ts', `process.exit(1);`],
    ['node in a service', 'services/clock/src/main.ts', `import 'node:fs';`],
  ])('%s', (_, path, code) => {
    expect(planted(path, code)).toEqual([]);
  });
  it('a peer that a listed package asks for', () => {
    const files = {
      'services/clock/package.json': manifest('@tongsheng/clock', ['@nestjs/common', 'reflect-metadata']),
      'services/clock/src/main.ts': `import '@nestjs/common';`,
    };
    const peers = (name: string) => (name === '@nestjs/common' ? ['reflect-metadata'] : []);
    expect(breaches({ ...sound, ...files }, peers)).toEqual([]);
  });
});
