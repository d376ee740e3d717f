import { expect, it } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

it('fills the same slots in both languages', () => {
  for (const [word, text] of Object.entries(zh)) {
    expect({ word, slots: slots(en[word as keyof typeof en]) }).toEqual({ word, slots: slots(text) });
  }
});

it('has no Chinese in the English words but the name of the other language', () => {
  const chinese = Object.entries(en).filter(([, text]) => /\p{Script=Han}/u.test(text));
  expect(chinese).toEqual([['app.language', '中文']]);
});
