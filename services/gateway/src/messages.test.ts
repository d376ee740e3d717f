import { refusalCode } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { languageOf, messageFor } from './messages.ts';

it('every refusal has a sentence of its own in both languages', () => {
  for (const language of ['zh', 'en'] as const) {
    const said = refusalCode.options.map((code) => messageFor(code, language));
    expect(new Set(said).size).toBe(said.length);
    for (const sentence of said) expect(sentence).toMatch(language === 'zh' ? /^\p{Script=Han}.*。$/u : /^[A-Z].*\.$/);
  }
});

it('English is for whoever asks for it first, Chinese for everyone else', () => {
  expect(['en', 'en-US,en;q=0.9,zh;q=0.8', ' EN-gb'].map(languageOf)).toEqual(['en', 'en', 'en']);
  expect(['zh-CN,zh;q=0.9,en;q=0.8', '', 'fr', 'eng', undefined].map(languageOf)).toEqual(Array(5).fill('zh'));
});
