import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { readSource, unknown, type Import, type Source } from './imports.ts';

/** Files by their path from the root: sources, and the `package.json` of each package. */
export type Files = Record<string, string>;

type Manifest = { name: string; dependencies: string[]; devDependencies: string[] };
type File = Source & { path: string; home: string; floor: Floor; isTest: boolean };
type Floor = 'contracts' | 'infra' | 'services' | 'test';

/** Where the rules of DESIGN section 4 are broken, a sentence each. `peersOf` tells what a package asks its user to bring. */
export function breaches(files: Files, peersOf: (name: string) => string[] = () => []): string[] {
  const manifests = new Map(
    Object.keys(files)
      .filter((path) => path.endsWith('package.json'))
      .map((path) => [posix.dirname(path), manifestOf(files[path]!)]),
  );
  const sources = Object.keys(files)
    .filter((path) => /\.[cm]?tsx?$/.test(path))
    .map((path) => open(path, files[path]!));
  const floors = new Map([...manifests].map(([home, { name }]) => [name, { home, floor: floorOf(home) }]));
  return [
    ...sources.flatMap((file) => neighbours(file, floors).map((said) => `${file.path}: ${said}`)),
    ...sources.flatMap((file) => secrets(file).map((said) => `${file.path}: ${said}`)),
    ...deciders(sources),
    ...[...manifests].flatMap(([home, manifest]) =>
      lists(
        manifest,
        sources.filter((file) => file.home === home),
        manifests.get('.'),
        peersOf,
      ).map((said) => `${posix.join(home, 'package.json')}: ${said}`),
    ),
  ];
}

/** The files that hold rules: whoever defines an aggregate. */
export const decidersOf = (files: Files): string[] =>
  Object.keys(files)
    .filter((path) => /^services\/.*\.ts$/.test(path) && !isTest(path))
    .filter((path) => open(path, files[path]!).calls.has('defineAggregate(…)'))
    .sort();

function open(path: string, code: string): File {
  const parts = path.split('/');
  const home = parts[0] === 'infra' || parts[0] === 'services' ? parts.slice(0, 2).join('/') : parts[0]!;
  return { path, home, floor: floorOf(home), isTest: isTest(path), ...readSource(path, code) };
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const floorOf = (home: string) => home.split('/')[0] as Floor;

function manifestOf(json: string): Manifest {
  const {
    name,
    dependencies = {},
    devDependencies = {},
  } = JSON.parse(json) as {
    name: string;
    dependencies?: object;
    devDependencies?: object;
  };
  return { name, dependencies: Object.keys(dependencies), devDependencies: Object.keys(devDependencies) };
}

const isRelative = (from: string) => from.startsWith('.');
const isBuiltin = (from: string) => from.startsWith('node:') || builtinModules.includes(from);
/** `@tongsheng/test/support` → `@tongsheng/test`. */
const packageOf = (from: string) =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

/** contracts → zod; infra → contracts, infra; services → contracts, infra; test → all. Never by a path into another package. */
function neighbours(file: File, floors: Map<string, { home: string; floor: Floor }>): string[] {
  if (file.floor === 'test') return [];
  return file.imports.flatMap(({ from }) => {
    if (from === unknown) return file.home === 'infra/local' ? [] : ['imports a module that only running it tells'];
    if (isRelative(from)) {
      const target = posix.join(posix.dirname(file.path), from);
      return target.startsWith(`${file.home}/`) ? [] : [`reaches into ${target}`];
    }
    if (file.floor === 'contracts' && !file.isTest && from !== 'zod') return [`contracts know zod, not ${from}`];
    const known = floors.get(packageOf(from));
    if (!known || known.home === file.home) return [];
    if (known.floor === 'test' && file.isTest && file.floor === 'services') return [];
    if (file.home === 'services/console' && known.floor !== 'contracts')
      return [`the console knows contracts and the gateway's answers, not ${from}`];
    const lower: Record<Floor, Floor[]> = {
      contracts: [],
      infra: ['contracts', 'infra'],
      services: ['contracts', 'infra'],
      test: [],
    };
    return lower[file.floor].includes(known.floor) ? [] : [`${file.floor} must not know ${from}`];
  });
}

/** What only one room may name. */
const owners: { names: (imported: Import) => boolean; what: string; rooms: string[] }[] = [
  { what: 'nats', names: ({ from }) => /^(nats|@nats-io\/.*)$/.test(from), rooms: ['infra/bus'] },
  {
    what: 'redis',
    names: ({ from }) => /^(redis|ioredis|@redis\/.*)$/.test(from),
    rooms: ['infra/projections', 'services/clock'],
  },
];
const readsEnvironment = ['infra/runtime', 'infra/local'];

function secrets(file: File): string[] {
  if (file.floor === 'test') return [];
  const named = owners
    .filter(({ names, rooms }) => !rooms.includes(file.home) && file.imports.some(names))
    .map(({ what, rooms }) => `only ${rooms.join(' and ')} may import ${what}`);
  // A build tool's own settings are no part of what is built.
  if (file.isTest || readsEnvironment.includes(file.home) || file.path.endsWith('.config.ts')) return named;
  const wholeProcess = file.uses.has('process') || file.imports.some(({ from }) => /^(node:)?process$/.test(from));
  if (wholeProcess || file.uses.has('process.env') || file.uses.has(`process.${unknown}`))
    named.push(`only ${readsEnvironment.join(' and ')} may read the environment`);
  return named;
}

const worldly =
  /^(Date|fetch|process|performance|crypto|globalThis|global|console|set(Timeout|Interval|Immediate)|queueMicrotask|Temporal|require|Buffer|WebSocket|XMLHttpRequest)(\.|$)|^Math\.(random|\?)$/;
/** luxon counts and compares; asked without an instant it looks at the clock. */
const looksAtClock = /^(DateTime\.(now|utc|local)\(\)|DateTime\.now\(…\)|Settings\.)/;

/** A decider, and every file beside it that it stands on: contracts, the aggregate's type, luxon's arithmetic; no world. */
function deciders(sources: File[]): string[] {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const found = sources.filter(
    (file) => file.floor === 'services' && !file.isTest && file.calls.has('defineAggregate(…)'),
  );
  const pure = new Set(found);
  for (const file of pure)
    for (const { from } of file.imports) {
      const beside = isRelative(from) && byPath.get(posix.join(posix.dirname(file.path), from));
      if (beside) pure.add(beside);
    }
  return [...pure].flatMap((file) => {
    const said = file.imports.flatMap(({ from, names }) => {
      if (from === '@tongsheng/contracts' || from === 'luxon' || (isRelative(from) && from.endsWith('.ts'))) return [];
      if (from === '@tongsheng/bus' && names.every((name) => name === 'defineAggregate' || name === 'Aggregate'))
        return [];
      return [`a decider must not import ${names[0] === '*' ? '' : `${names.join(', ')} of `}${from}`];
    });
    for (const name of file.uses) if (worldly.test(name)) said.push(`a decider must not use ${name}`);
    for (const call of file.calls) if (looksAtClock.test(call)) said.push(`a decider must not call ${call}`);
    return said.map((each) => `${file.path}: ${each}`);
  });
}

/** A package lists every package that its sources import and nothing else, and for production only what runs there. */
function lists(
  { name, dependencies, devDependencies }: Manifest,
  sources: File[],
  root: Manifest | undefined,
  peersOf: (name: string) => string[],
): string[] {
  if (name === root?.name) return [];
  const everything = sources.flatMap(({ path, floor, isTest: test, imports }) =>
    imports
      .filter(({ from }) => !isRelative(from) && !isBuiltin(from) && from !== unknown)
      .map(({ from, typeOnly }) => ({
        wanted: packageOf(from),
        serves: floor === 'test' || !(test || path.endsWith('.config.ts')),
        typeOnly,
      }))
      .filter(({ wanted }) => wanted !== name),
  );
  const serving = everything.filter(({ serves }) => serves);
  const production = new Set(serving.map(({ wanted }) => wanted));
  const running = new Set(serving.filter(({ typeOnly }) => !typeOnly).map(({ wanted }) => wanted));
  const imported = new Set(everything.map(({ wanted }) => wanted));
  const listed = new Set([...dependencies, ...devDependencies]);
  const isTypesOf = (each: string) =>
    each === '@types/node' ||
    (each.startsWith('@types/') && imported.has(each.slice('@types/'.length).replace(/^(.+)__(.+)$/, '@$1/$2')));
  const peers = new Set([...imported].flatMap(peersOf));
  // The workspace's own tools are there for its tests.
  const tools = name === '@tongsheng/test' ? (root?.devDependencies ?? []) : [];

  const said: string[] = [];
  for (const each of running)
    if (!dependencies.includes(each) && !tools.includes(each)) said.push(`${each} is imported and not a dependency`);
  for (const each of imported)
    if (!running.has(each) && !listed.has(each) && !tools.includes(each))
      said.push(`${each} is imported and not listed`);
  for (const each of dependencies)
    if (!production.has(each) && !peers.has(each)) {
      said.push(
        imported.has(each) ? `${each} is a dependency, and only for tests` : `${each} is listed and not imported`,
      );
    }
  for (const each of devDependencies)
    if (!imported.has(each) && !isTypesOf(each) && !peers.has(each)) said.push(`${each} is listed and not imported`);
  return said;
}
