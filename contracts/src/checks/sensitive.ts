import { z } from 'zod';
import { defineCheck, severity, term } from './check.ts';
import { findWords } from './words.ts';

/** Words that are not published, or not without a second look. */
export const sensitive = defineCheck({
  kind: 'sensitive',
  entry: z.object({
    word: term,
    severity: severity.default('block'),
    suggestion: z.string().trim().max(200).default(''),
  }),
  columns: ['word', 'severity', 'suggestion'],
  find: (text, entries) =>
    findWords(text, entries, ({ word }) => word).map(({ start, end, entry: { severity: how, suggestion } }) => ({
      start,
      end,
      why: 'word',
      severity: how,
      suggestion,
    })),
});
