import { z } from 'zod';
import { channelId, instant, line, siteId } from './words.ts';

/** What is counted: 字 (code points), UTF-8 bytes, or 汉字 as Weibo counts them, where two Latin letters are one. */
export const textUnit = z.enum(['characters', 'bytes', 'hanzi']);
export type TextUnit = z.infer<typeof textUnit>;

export const textLimit = z.strictObject({ max: z.int().positive(), unit: textUnit });
export type TextLimit = z.infer<typeof textLimit>;

/** So many a period, which begins at midnight (or on the first) in this zone: reserved ahead, never learned by a refusal. */
export const quota = z.strictObject({ per: z.enum(['day', 'month']), count: z.int().positive(), zone: z.string() });
export type Quota = z.infer<typeof quota>;

/**
 * What a channel does with the text: `whole` takes its HTML, which must fit; `beginning` takes as much of its words as fit,
 * with the way to our page; `none` takes title and summary alone.
 */
export const bodyManner = z.enum(['whole', 'beginning', 'none']);
export type BodyManner = z.infer<typeof bodyManner>;

/** What a kind of channel can bear. A registered channel may have others: platforms change theirs without a word. */
export const channelLimits = z.strictObject({
  /** One attempt, from the first byte to the last. */
  timeoutMs: z.int().positive(),
  /** Releases handed over at the same moment; versions of one release never overtake each other, whatever this is. */
  parallel: z.int().positive().default(1),
  /** A bucket of so many tokens that is full again after so many seconds; one attempt, probe or look takes one. */
  rate: z.strictObject({ tokens: z.int().positive(), perSeconds: z.number().positive() }).optional(),
  quotas: z.array(quota).max(4).default([]),
  /** What fits; screens count against it while people write. */
  text: z.strictObject({ title: textLimit, summary: textLimit, body: textLimit }).partial().default({}),
  pictures: z
    .strictObject({ max: z.int().min(0), maxBytes: z.int().positive(), types: z.array(z.string()).min(1) })
    .optional(),
});
export type ChannelLimits = z.infer<typeof channelLimits>;

/** How long a text is, as the platform counts. */
export function lengthOf(text: string, unit: TextUnit): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (unit === 'characters') length += 1;
    else if (unit === 'hanzi') length += code < 0x80 ? 0.5 : 1;
    else length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return Math.ceil(length);
}

/** A secret as it rests in the log: `sealed.<key id>.<set at>.<iv>.<ciphertext and tag>`, base64url, AES-256-GCM. */
export const sealedSecret = z.string().regex(/^sealed\.[\w-]{1,64}\.[0-9TZ]{15,20}\.[\w-]{16}\.[\w-]+$/);
/** What a form sends for a secret that it was never shown and does not change. */
export const keptSecret = '(kept)';

/** A field that is written and never shown again. Only the registry, which seals it, and delivery know what is in it. */
export const secret = (plain: z.ZodString) =>
  z.union([plain, sealedSecret, z.literal(keptSecret)]).meta({ secret: true });

export const isSealed = (value: string): boolean => sealedSecret.safeParse(value).success;

/** The id of the key that a secret was sealed with, or null for one that is not sealed. */
export const sealingKeyOf = (value: string): string | null => (isSealed(value) ? value.split('.')[1]! : null);

/** When a sealed secret was set, or null for one that is not sealed. */
export function secretSetAt(value: string): string | null {
  if (!isSealed(value)) return null;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(value.split('.')[2]!) ?? [];
  return second === undefined ? null : `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

/** Text that has lines of its own, e.g. PEM. Every other setting is one line. */
export const lines = (text: z.ZodString) => text.meta({ lines: true });

const breaks = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Paths of the settings that have a line break, or another control character, where one line is meant. */
export function brokenLines(schema: z.ZodType, value: unknown, path: string[] = []): string[][] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return brokenLines(schema.unwrap() as z.ZodType, value, path);
  if (typeof value === 'string') {
    const options = schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]) : [schema];
    return options.some((each) => each.meta()?.['lines'] === true) || !breaks.test(value) ? [] : [path];
  }
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((each, i) => brokenLines(schema.element as z.ZodType, each, [...path, String(i)]));
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return [];
  const fields = schema.shape as Record<string, z.ZodType>;
  return Object.entries(value).flatMap(([name, each]) =>
    fields[name] ? brokenLines(fields[name], each, [...path, name]) : [],
  );
}

/** Settings with every secret in them changed; `path` names the field, `auth.password`. */
export function changeSecrets<T>(schema: z.ZodType, settings: T, change: (value: string, path: string) => unknown): T {
  return walk(schema, settings, '', change) as T;
}

function walk(
  schema: z.ZodType,
  value: unknown,
  path: string,
  change: (value: string, path: string) => unknown,
): unknown {
  if (value === undefined || value === null) return value;
  if (schema.meta()?.['secret'] === true) return typeof value === 'string' ? change(value, path) : value;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return walk(schema.unwrap() as z.ZodType, value, path, change);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((each, i) => walk(schema.element as z.ZodType, each, `${path}.${i}`, change));
  if (schema instanceof z.ZodUnion) {
    const fits = (schema.options as z.ZodType[]).find((option) => option.safeParse(value).success);
    return fits ? walk(fits, value, path, change) : value;
  }
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object') return value;
  const fields = schema.shape as Record<string, z.ZodType>;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const field = fields[name];
      return [name, field ? walk(field, each, path === '' ? name : `${path}.${name}`, change) : each];
    }),
  );
}

export const channelHead = {
  channelId,
  name: line,
  site: siteId,
  paused: z.boolean().default(false),
  /** Where this channel's differ from its kind's. */
  limits: channelLimits.partial().optional(),
};

export type ChannelDescription = {
  kind: string;
  settings: z.ZodObject;
  limits: ChannelLimits;
  body: BodyManner;
  shape: z.ZodObject;
};

/** A kind of channel as everyone may know it: its settings, of which the console draws a form, and its limits. */
export function describeChannel<K extends string, S extends z.ZodObject>(kind: {
  kind: K;
  settings: S;
  limits: z.input<typeof channelLimits>;
  body?: BodyManner;
}) {
  return {
    ...kind,
    body: kind.body ?? 'whole',
    limits: channelLimits.parse(kind.limits),
    shape: z.object({ ...channelHead, kind: z.literal(kind.kind), settings: kind.settings }),
  };
}

/** A secret as a screen may know it: when it was set, null where it is not sealed; never what it is. */
export const shownSecret = z.object({ secret: z.literal(true), setAt: instant.nullable() });
export type ShownSecret = z.infer<typeof shownSecret>;
