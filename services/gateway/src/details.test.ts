import type { ItemEvent } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import { expect, it } from 'vitest';
import { presenceOf } from './details.ts';

const key = { itemId: 'item', sourceId: 'national-policy' };
const lost = { ...key, reason: 'gone' as const, detail: 'HTTP 404' };
const missing: ItemEvent = { type: 'item.missing', ...lost, missingAt: noon };
const withdrawn: ItemEvent = { type: 'item.withdrawn', ...lost, missingSince: noon, withdrawnAt: noon };
const returned: ItemEvent = { type: 'item.returned', ...key, returnedAt: noon };
const kept: ItemEvent = { type: 'item.files_kept', ...key, version: 1, files: [], failed: [], keptAt: noon };

it('an item is there, perhaps withdrawn, withdrawn, or there again, by what was said of its page last', () => {
  expect(presenceOf([kept])).toBe('present');
  expect(presenceOf([missing, kept])).toBe('missing');
  expect(presenceOf([missing, withdrawn])).toBe('withdrawn');
  expect(presenceOf([missing, withdrawn, returned, kept])).toBe('present');
});
