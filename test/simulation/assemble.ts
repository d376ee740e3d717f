import 'reflect-metadata';
import { BusServer } from '@tongsheng/bus';
import type { z } from 'zod';

type Class = abstract new (...args: never[]) => object;
type Made = ReadonlyMap<unknown, object>;

const listed = (module: Class, key: 'controllers' | 'providers') =>
  (Reflect.getMetadata(key, module) as Class[] | undefined) ?? [];

/** Everything that a Nest module names, each built once from what its constructor asks for. */
export function assemble(module: Class, given: ReadonlyMap<unknown, object>): Made {
  const made = new Map(given);
  const make = (type: Class): object => {
    const known = made.get(type);
    if (known) return known;
    const needs = (Reflect.getMetadata('design:paramtypes', type) as Class[] | undefined) ?? [];
    const one = new (type as new (...args: object[]) => object)(...needs.map(make));
    made.set(type, one);
    return one;
  };
  for (const type of [...listed(module, 'providers'), ...listed(module, 'controllers')]) make(type);
  return made;
}

export const controllersOf = (module: Class): Class[] => listed(module, 'controllers');

type Hook = 'onModuleInit' | 'onApplicationBootstrap';

/** Runs a hook of whoever has it. */
export async function runHook(hook: Hook, made: Iterable<object>): Promise<void> {
  for (const one of made) {
    const run = (one as Partial<Record<Hook, () => Promise<void>>>)[hook];
    if (run) await run.call(one);
  }
}

/** Opens a controller's doors and reactions on a server, as Nest does: by what their decorators say. */
export function open(server: BusServer, controller: object): void {
  const type = controller.constructor;
  for (const name of Object.getOwnPropertyNames(type.prototype)) {
    const method = (controller as Record<string, unknown>)[name];
    if (typeof method !== 'function') continue;
    const patterns = (Reflect.getMetadata('microservices:pattern', method) as string[] | undefined) ?? [];
    const schema = schemaOf(type, name);
    for (const pattern of patterns) {
      const handle = async (payload: unknown) =>
        (method as (payload: unknown) => Promise<unknown>).call(controller, schema ? schema.parse(payload) : payload);
      server.addHandler(pattern, handle as never, pattern.startsWith('on:'));
    }
  }
}

/** What its payload must be. */
function schemaOf(type: object, method: string): z.ZodType | null {
  const parameters = Reflect.getMetadata('__routeArguments__', type, method) as object | undefined;
  const found = Object.values(parameters ?? {}).find((each) => typeof each === 'object' && each && 'schema' in each);
  return (found as { schema: z.ZodType } | undefined)?.schema ?? null;
}
