import { z } from 'zod';

/** A field of a form, as its schema has it. */
export type SettingsField = {
  name: string;
  /** `secret` is written and never shown again; `list` has a line for each. */
  kind: 'text' | 'address' | 'secret' | 'list' | 'choice';
  /** Of a choice. */
  values: readonly string[];
  needed: boolean;
  /** What stands in it at first. */
  preset: string;
};

/** The fields that settings are made of, in their order. @throws for a shape that no form of ours draws */
export function fieldsOf(settings: z.ZodObject): SettingsField[] {
  return Object.entries(settings.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const preset = schema instanceof z.ZodDefault ? schema.def.defaultValue : '';
    const needed = !(schema instanceof z.ZodDefault || schema instanceof z.ZodOptional);
    const bare = needed ? schema : ((schema as z.ZodDefault | z.ZodOptional).unwrap() as z.ZodType);
    const text = Array.isArray(preset) ? preset.join('\n') : String(preset);
    return { name, needed, preset: text, ...shapeOf(bare, name) };
  });
}

function shapeOf(schema: z.ZodType, name: string): Pick<SettingsField, 'kind' | 'values'> {
  const plain = (kind: SettingsField['kind']) => ({ kind, values: [] });
  if (schema.meta()?.['secret'] === true) return plain('secret');
  if (schema instanceof z.ZodEnum) return { kind: 'choice', values: schema.options.map(String) };
  if (schema instanceof z.ZodArray) return plain('list');
  if (schema instanceof z.ZodURL) return plain('address');
  // An address of mail, of one or the other version of IP: what its schema says of it, a person reads when it is wrong.
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodUnion)
    return plain('text');
  throw new Error(`contracts: no form draws the setting ${name}`);
}
