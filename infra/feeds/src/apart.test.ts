import { describe, expect, it } from 'vitest';
import { readFeedApart } from './apart.ts';

const rss = Buffer.from('<rss version="2.0"><channel><item><title>公告</title></item></channel></rss>');

describe('a feed read apart', () => {
  it('is what it is when read here', async () => {
    const found = await readFeedApart(rss, {});
    expect(found).toMatchObject({ ok: true, entries: [{ title: '公告' }], replaced: 0, truncated: false });
    expect(await readFeedApart(Buffer.from('404'), {})).toMatchObject({ ok: false, code: 'not_a_feed' });
  });
  it('is given up when it takes too long', async () => {
    expect(await readFeedApart(rss, {}, { limitMs: 1 })).toMatchObject({ ok: false, code: 'too_slow' });
  });
  it('holds up nobody else', async () => {
    const large = Buffer.from(
      `<rss><channel>${`<item><title>公告</title><description>${'税'.repeat(1_000)}</description></item>`.repeat(4_000)}</channel></rss>`,
    );
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    expect(await readFeedApart(large, {})).toMatchObject({ ok: true });
    clearInterval(others);
    // Read here, it would have been none.
    expect(turns).toBeGreaterThan(5);
  });
});
