import { readFeed } from '@tongsheng/feeds';
import { z } from 'zod';
import { found, parseJson, plainEntry, type SourceAdapter } from './source.ts';

/**
 * What an upstream tells us by Standard Webhooks 1.0.0: `type`, `timestamp` and `data`, which is an item of JSON Feed 1.1
 * or a list of them. The signature was checked at the door.
 */
const Told = z.object({
  type: z.string(),
  timestamp: z.string().optional(),
  data: z.union([z.looseObject({ items: z.array(z.looseObject({})) }), z.looseObject({})]),
});

export const webhook: SourceAdapter = {
  kind: 'webhook',
  arrives: 'push',
  textOnPages: false,

  async read({ bytes, url }, { zone, now }) {
    const told = Told.safeParse(parseJson(bytes));
    if (!told.success) return { ok: false, code: 'malformed', detail: 'not a Standard Webhooks message with `data`' };
    const { data } = told.data;
    const items = Array.isArray(data['items']) ? data['items'] : [data];
    const asFeed = JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: url, items });
    const read = await readFeed(Buffer.from(asFeed), { url, zone, now });
    if (!read.ok) return read;
    return found({ title: read.feed.title, entries: read.entries.map(plainEntry), replaced: read.replaced });
  },
};
