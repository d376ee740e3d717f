import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readFeedCommand } from './feed.ts';

const folder = mkdtempSync(join(tmpdir(), 'tongsheng-ctl-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'feed.xml');
writeFileSync(
  file,
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>https://a.example/</link><description>d</description>
<item><guid>1</guid><title>关于示例的公告</title><link>/1.html</link><pubDate>2026-11-23 09:30</pubDate><description>摘要</description></item>
</channel></rss>`,
);
const options = { zone: 'Asia/Shanghai' };

it('prints one entry a line with just the fields that scripts rely on, in their order', async () => {
  const [line = '', ...more] = await readFeedCommand(file, { ...options, json: true }, []);
  expect(more).toEqual([]);
  const entry = JSON.parse(line) as Record<string, unknown>;
  expect(Object.keys(entry)).toEqual(
    'id title link publishedAt updatedAt summary contentHtml author categories'.split(' '),
  );
  expect(entry).toMatchObject({ id: '1', link: 'https://a.example/1.html', publishedAt: '2026-11-23T01:30:00.000Z' });
});

it('puts the feed itself in the first line when asked', async () => {
  const [first = ''] = await readFeedCommand(file, { ...options, json: true, feed: true }, []);
  const feed = JSON.parse(first) as Record<string, unknown>;
  expect(Object.keys(feed)).toEqual('title link description id language updatedAt format encoding'.split(' '));
  expect(feed).toMatchObject({ title: '政策', format: 'rss-2.0', encoding: 'utf-8' });
});

it('reads a file as if HTTP had brought it', async () => {
  const path = join(folder, 'latin.xml');
  const text =
    '<rss version="2.0"><channel><title>caf\u00e9</title><item><title>t</title><link>/x</link></item></channel></rss>';
  writeFileSync(path, Buffer.from(text, 'latin1'));
  const told = { contentType: 'text/xml; charset=windows-1252', url: 'https://b.example/feed' };
  const [feed = '', entry = ''] = await readFeedCommand(path, { ...options, ...told, json: true, feed: true }, []);
  expect(JSON.parse(feed)).toMatchObject({ title: 'caf\u00e9', encoding: 'windows-1252' });
  expect(JSON.parse(entry)).toMatchObject({ link: 'https://b.example/x' });
});

it('reads dates as of now', async () => {
  const path = join(folder, 'list.xml');
  writeFileSync(path, '<rss><channel><item><title>公告</title><pubDate>3小时前</pubDate></item></channel></rss>');
  const [entry = ''] = await readFeedCommand(path, { ...options, json: true }, []);
  const { publishedAt } = JSON.parse(entry) as { publishedAt: string };
  expect(Math.abs(Date.now() - 3 * 3_600_000 - Date.parse(publishedAt))).toBeLessThan(120_000);
});

it('says what is wrong, by name', async () => {
  writeFileSync(join(folder, 'page.html'), '<html><body>404</body></html>');
  await expect(readFeedCommand(join(folder, 'page.html'), options, [])).rejects.toThrow(/not_a_feed/);
  await expect(readFeedCommand(join(folder, 'nothing.xml'), options, [])).rejects.toThrow(/there is no such file/);
  await expect(readFeedCommand('http://127.0.0.1:1/feed', options, [])).rejects.toThrow(/address_refused.*WEB_ALLOW/);
});
