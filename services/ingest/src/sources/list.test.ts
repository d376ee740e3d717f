import iconv from 'iconv-lite';
import { expect, it } from 'vitest';
import { list } from './list.ts';

const url = 'https://tax.example/zc/';
const read = (bytes: Buffer, contentType: string | null = null) =>
  list.read(
    { bytes, contentType, url, link: '<https://hub.example/>; rel=hub' },
    {
      detector: { kind: 'list', url, selectors: { row: 'li' } },
      zone: 'Asia/Shanghai',
      now: '2026-11-23T04:00:00.000Z',
    },
  );

it('a list page in GBK brings its links with their days, its next page and its hub', async () => {
  const html =
    '<meta charset="gbk"><title>税收政策</title><ul><li><a href="1.html">关于服务的公告</a> 2026-11-20</li><li>没有链接</li></ul><a href="2/">下一页</a>';
  expect(await read(iconv.encode(html, 'gbk'))).toMatchObject({
    ok: true,
    title: '税收政策',
    charset: 'gb18030',
    entries: [
      {
        id: null,
        title: '关于服务的公告',
        link: 'https://tax.example/zc/1.html',
        published: { precision: 'day' },
        contentHtml: '',
      },
    ],
    skipped: [{ code: 'no_link', title: '没有链接' }],
    next: ['https://tax.example/zc/2/'],
    websub: { hub: 'https://hub.example/', topic: url },
  });
});

it('a list that is none has a name for it', async () => {
  expect(await read(Buffer.from('<p>改版了</p>'))).toMatchObject({ ok: false, code: 'no_rows' });
});
