import { expect, it } from 'vitest';
import { webhook } from './webhook.ts';

const url = 'https://tax.example/zc/';
const read = (message: unknown) =>
  webhook.read(
    {
      bytes: Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      contentType: null,
      url,
      link: null,
    },
    { detector: { kind: 'webhook', url }, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' },
  );
const item = {
  id: '1',
  url: '/zc/1.html',
  title: '公告',
  content_html: '<p>正文</p>',
  date_published: '2026-11-23 09:30',
};

it('a message brings one item of JSON Feed, or several', async () => {
  const entry = {
    id: '1',
    title: '公告',
    link: 'https://tax.example/zc/1.html',
    published: { at: '2026-11-23T01:30:00.000Z' },
  };
  expect(await read({ type: 'item.published', data: item })).toMatchObject({ ok: true, entries: [entry] });
  const both = { items: [item, { ...item, id: '2' }] };
  expect(await read({ type: 'items.published', data: both })).toMatchObject({
    entries: [entry, { ...entry, id: '2' }],
  });
});

it('what is no such message has a name for it', async () => {
  for (const message of ['', 'x', '[]', { type: 'item.published' }, { data: item }])
    expect(await read(message)).toMatchObject({ ok: false, code: 'malformed' });
});
