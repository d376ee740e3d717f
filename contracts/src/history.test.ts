import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AnyEvent } from './index.ts';

type Sample = { type: string; [field: string]: unknown };

const folder = join(import.meta.dirname, '../history');
/** `<event type>.json`: samples of one event as it was once written, with every value that a closed list ever had. */
const history = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Sample[]]),
);

function typesOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodDiscriminatedUnion) return (schema.options as z.ZodType[]).flatMap(typesOf);
  const { type } = (schema as z.ZodObject).shape as { type: z.ZodLiteral<string> };
  return [...type.values];
}

/** What a reader of today no longer understands of what was ever written. Nothing of a sample may be lost in reading. */
function forgotten(schema: z.ZodType, samples: ReadonlyMap<string, Sample[]>): string[] {
  const known = typesOf(schema);
  const missing = known.filter((type) => !samples.get(type)?.length).map((type) => `${type}: has no sample`);
  const lost = [...samples].flatMap(([name, list]) =>
    list.flatMap((sample, i) => {
      if (sample.type !== name) return [`${name}: sample ${i} is of type ${sample.type}`];
      const read = schema.safeParse(sample);
      if (!read.success) return [`${name}: sample ${i} is not read: ${read.error.issues[0]!.path.join('.')}`];
      return lostFields(sample, read.data).map((field) => `${name}: sample ${i} loses ${field}`);
    }),
  );
  return [...missing, ...lost];
}

/** Paths of what was written and is not there, or is another value, after reading. Additions are growth. */
function lostFields(written: unknown, read: unknown, path = ''): string[] {
  if (typeof written !== 'object' || written === null) return Object.is(written, read) ? [] : [path];
  if (typeof read !== 'object' || read === null) return [path];
  return Object.entries(written).flatMap(([name, value]) =>
    lostFields(value, (read as Record<string, unknown>)[name], path ? `${path}.${name}` : name),
  );
}

it('every event has a sample, and every event ever written is still read whole', () => {
  expect(forgotten(AnyEvent, history)).toEqual([]);
});

describe('it is noticed when', () => {
  const Opened = z.object({ type: z.literal('door.opened'), by: z.string(), how: z.enum(['key', 'code']) });
  const Shut = z.object({ type: z.literal('door.shut'), by: z.string() });
  const samples = new Map([
    [
      'door.opened',
      [{ type: 'door.opened', by: 'a', how: 'key' } as Sample, { type: 'door.opened', by: 'a', how: 'code' }],
    ],
    ['door.shut', [{ type: 'door.shut', by: 'a' } as Sample]],
  ]);
  const doors = (opened: z.ZodObject, shut: z.ZodObject = Shut) =>
    forgotten(z.discriminatedUnion('type', [opened, shut] as never), samples);

  it('nothing is wrong', () => {
    expect(doors(Opened)).toEqual([]);
    expect(doors(Opened.extend({ since: z.string().optional(), room: z.string().default('hall') }))).toEqual([]);
  });
  it('an event is removed', () => {
    expect(forgotten(Shut, samples)).toContain('door.opened: sample 0 is not read: type');
  });
  it('an event is renamed', () => {
    const said = doors(Opened.extend({ type: z.literal('door.unlocked') }));
    expect(said).toEqual([
      'door.unlocked: has no sample',
      'door.opened: sample 0 is not read: type',
      'door.opened: sample 1 is not read: type',
    ]);
  });
  it('a field is renamed', () => {
    const { by, ...rest } = Opened.shape;
    expect(doors(z.object({ ...rest, person: by }))).toContain('door.opened: sample 0 is not read: person');
    expect(doors(z.object({ ...rest, person: by.optional() }))).toContain('door.opened: sample 0 loses by');
  });
  it('a value leaves a closed list', () => {
    expect(doors(Opened.extend({ how: z.enum(['key']) }))).toEqual(['door.opened: sample 1 is not read: how']);
  });
  it('a new field is demanded of the past', () => {
    expect(doors(Opened.extend({ since: z.string() }))).toContain('door.opened: sample 0 is not read: since');
  });
  it('a value is read as another', () => {
    expect(doors(Opened, Shut.extend({ by: z.string().transform((it) => it.toUpperCase()) }))).toEqual([
      'door.shut: sample 0 loses by',
    ]);
  });
  it('a sample is missing, or stands in the wrong file', () => {
    const moved = new Map([['door.opened', samples.get('door.shut')!]]);
    expect(forgotten(z.discriminatedUnion('type', [Opened, Shut]), moved)).toEqual([
      'door.shut: has no sample',
      'door.opened: sample 0 is of type door.shut',
    ]);
  });
});
