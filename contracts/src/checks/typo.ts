import { z } from 'zod';
import { defineCheck, term } from './check.ts';
import { findWords } from './words.ts';

/** What is often written wrong, and how it is right. */
export const typo = defineCheck({
  kind: 'typo',
  entry: z.object({ wrong: term, right: z.string().trim().min(1).max(200) }),
  columns: ['wrong', 'right'],
  // 登录 may be the beginning of what is right: 「截止」 is wrong where 「截至」 is meant, 「截止日期」 is not.
  find: (text, entries) =>
    findWords(text, [...entries, ...entries.map(({ right }) => ({ wrong: right, right }))], ({ wrong }) => wrong)
      .filter(({ entry: { wrong, right } }) => wrong !== right)
      .map(({ start, end, entry: { right } }) => ({ start, end, why: 'word', severity: 'warn', suggestion: right })),
});
