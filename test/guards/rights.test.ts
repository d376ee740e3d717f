import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { correctionIntake, rights, type BackOffice, type Rights } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { services } from '../../infra/deploy/src/services.ts';
import { registrations } from '../../services/registry/src/registration.ts';

const root = join(import.meta.dirname, '../..');

/** All that a service says of itself, as text. */
const sourceOf = (service: string): string =>
  globSync(`services/${service}/src/**/*.ts`, { cwd: root })
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');

const found = (source: string, pattern: RegExp): string[] =>
  [...new Set([...source.matchAll(pattern)].map(([, name]) => name!))].sort();
const sorted = (list: readonly string[] = []) => [...list].sort();

it('who needs Redis in a deployment is a user there', () => {
  const users = (Object.keys(rights) as BackOffice[]).filter((each) => {
    const its: Rights = rights[each];
    return its.projects ?? its.remembers;
  });
  expect(
    services
      .filter(({ needs }) => needs.includes('redis'))
      .map(({ name }) => name)
      .sort(),
  ).toEqual(users.sort());
});

it('the registry keeps every kind of registration', () => {
  const kinds = Object.values(registrations).map(({ name }) => name);
  expect(sorted(rights.registry.keeps)).toEqual([...new Set(kinds)].sort());
});

describe.each(Object.keys(rights) as BackOffice[])('the rights of %s are what it declares:', (service) => {
  const source = sourceOf(service);
  const its: Rights = rights[service];

  it('its reactions', () => {
    const declared = [...source.matchAll(/@Reaction\('([a-z_]+)',\s*'([a-z-]+)'\)/g)].map(([, of, name]) => [name, of]);
    expect(Object.fromEntries(declared)).toEqual(its.reacts ?? {});
  });

  it('its doors', () => {
    expect(found(source, /@Commands\('([a-z_]+)'\)/g)).toEqual(sorted(its.takes));
  });

  it('the questions that it answers', () => {
    const named = source.replaceAll('@Query(correctionIntake)', `@Query('${correctionIntake}')`);
    expect(found(named, /@Query\('([a-z_.-]+)'\)/g)).toEqual(sorted(its.answers));
  });

  it('the questions that it asks', () => {
    // An evidence pack asks for a checkpoint, in infra/evidence.
    const packs = source.includes('packEvidence') ? ['checkpoint'] : [];
    expect(sorted([...found(source, /\.ask\(\s*'([a-z_.-]+)'/g), ...packs])).toEqual(sorted(its.asks));
  });

  it('its projections', () => {
    const named = found(source, /defineProjection\(\{\s*name: '([a-z_-]+)'/g);
    const { projects = [] } = its;
    expect(named.filter((name) => !projects.includes(name))).toEqual([]);
    // Where a name is put together, its beginning stands there.
    expect(projects.filter((name) => !name.endsWith('*') && !source.includes(`'${name}'`))).toEqual([]);
    expect(projects.length > 0).toBe(source.includes('new ProjectionRunner('));
  });

  it('the aggregates that it keeps', () => {
    const defined = found(source, /defineAggregate(?:<[^(]*>)?\(\{\s*name: '([a-z_]+)'/g);
    const others = ['access', 'checkpoint', ...rights.registry.keeps];
    expect(its.keeps.filter((each) => !others.includes(each)).sort()).toEqual(defined);
  });
});
