import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { publicationSettings } from './site-publication.ts';
import { fieldsOf } from './settings-fields.ts';

describe('settings as a form draws them', () => {
  it('are in the order of their schema, each with what it is and what stands in it at first', () => {
    const fields = fieldsOf(publicationSettings.wordpress);
    expect(fields.map(({ name, kind, needed, preset }) => [name, kind, needed, preset])).toEqual([
      ['url', 'address', true, ''],
      ['username', 'text', true, ''],
      ['password', 'secret', true, ''],
      ['categories', 'list', false, ''],
      ['onRemove', 'choice', false, 'trash'],
    ]);
    expect(fields.at(-1)!.values).toEqual(['trash', 'delete', 'private']);
  });
  it('are drawn for every kind of site', () => {
    for (const settings of Object.values(publicationSettings)) expect(() => fieldsOf(settings)).not.toThrow();
    expect(fieldsOf(publicationSettings.webhook).map(({ kind }) => kind)).toEqual(['address', 'secret']);
    expect(fieldsOf(publicationSettings.micropub).map(({ needed }) => needed)).toEqual([true, true, false, false]);
  });
  it('of a shape that no form knows are a fault of ours', () => {
    expect(() => fieldsOf(z.object({ at: z.date() }))).toThrow('no form draws the setting at');
  });
});
