import { reportForms } from '@tongsheng/contracts';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { complianceEn } from './compliance-en.ts';
import { complianceZh, type ComplianceWords } from './compliance-zh.ts';
import { en } from './en.ts';
import { reportFormsEn } from './report-forms-en.ts';
import { roomsEn } from './rooms-en.ts';
import { roomsZh } from './rooms-zh.ts';
import { zh } from './zh.ts';

const chinese = { ...zh, ...roomsZh };
const english: Record<keyof typeof chinese, string> = { ...en, ...roomsEn };
const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

it('fills the same slots in both languages', () => {
  for (const [word, text] of Object.entries(chinese)) {
    expect({ word, slots: slots(english[word as keyof typeof english]) }).toEqual({ word, slots: slots(text) });
  }
});

it('has no Chinese in the English words but the name of the other language', () => {
  const found = Object.entries(english).filter(([, text]) => /\p{Script=Han}/u.test(text));
  expect(found).toEqual([['app.language', '中文']]);
});

it('has each word once: with the first screen, or with the rooms', () => {
  expect(Object.keys(zh).filter((word) => word in roomsZh)).toEqual([]);
});

it('has with the first screen whatever that says', () => {
  const source = fileURLToPath(new URL('..', import.meta.url));
  const files = new Set<string>();
  const walk = (file: string) => {
    if (files.has(file) || file.includes('/words/')) return;
    files.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, from] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm))
      walk(join(dirname(file), from!));
    // What the first screen opens later, it opens without the rooms; a room brings its words by itself.
    if (!file.endsWith('/routes.tsx'))
      for (const [, from] of text.matchAll(/import\('(\.[^']+)'\)/g)) walk(join(dirname(file), from!));
  };
  walk(join(source, 'main.tsx'));
  const said = [...files].map((file) => readFileSync(file, 'utf8'));
  const words = Object.keys(roomsZh).filter((word) => said.some((text) => text.includes(`'${word}'`)));
  const begun = said.flatMap((text) => [...text.matchAll(/`([a-z_]+\.[\w.]*)\$\{/g)].map(([, begin]) => begin!));
  // An entry of a task's log is one of these three; the other logs are read in their rooms.
  const ofOthers = /^event\.(?!repost|routing|cluster)/;
  const composed = Object.keys(roomsZh).filter(
    (word) => !ofOthers.test(word) && begun.some((begin) => word.startsWith(begin)),
  );
  expect({ files: files.size > 50, words, composed }).toEqual({ files: true, words: [], composed: [] });
});

it('says in both languages what comes with the compliance page', () => {
  const slotsOf = (words: ComplianceWords) => Object.entries(words).map(([word, text]) => [word, slots(text)]);
  expect(slotsOf(complianceEn)).toEqual(slotsOf(complianceZh));
  expect(Object.values(complianceEn).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
});

it('has a name in English for every form, and for all that stands in it', () => {
  const named = reportForms.flatMap(({ kind, sections }) => [
    kind,
    ...sections.flatMap(({ name, fields }) => [name, ...fields.map(({ id }) => id)]),
  ]);
  expect(named.filter((name) => !(name in reportFormsEn))).toEqual([]);
  expect(Object.keys(reportFormsEn).filter((name) => !named.includes(name))).toEqual([]);
  expect(Object.values(reportFormsEn).filter((text) => /\p{Script=Han}/u.test(text))).toEqual([]);
});
