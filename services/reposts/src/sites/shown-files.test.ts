import type { PublicDocument } from '@tongsheng/contracts';
import { hashA, hashB, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { shownFiles } from './shown-files.ts';

const url = 'https://tax.example/province/repost/task';
const picture = { name: '流程图', hash: hashA, mediaType: 'image/png', bytes: 10 };
const form = { name: '申报表', hash: hashB, mediaType: 'application/pdf', bytes: 20 };
const document: PublicDocument = {
  documentId: 'task',
  site: 'province',
  siteName: '省局',
  kind: 'repost',
  column: '税收政策',
  title: '公告',
  summary: '',
  html: `<p><img src="${url}/files/${hashA}" alt="流程图"></p><p><a href="${url}/files/${hashB}">附件：申报表.pdf</a></p>`,
  url,
  source: null,
  files: [picture, form],
  verdict: null,
  postedAt: noon,
  version: 1,
  contentHash: hashA,
};
const placesOn = (page: string, of = document) =>
  shownFiles(page, 'https://cms.example/news/1', of).map(({ role, addresses }) => ({ role, addresses }));

describe('where a page has the files of a document', () => {
  it('is our own address where the page has it', () => {
    expect(placesOn(document.html)).toEqual([
      { role: 'image', addresses: [`${url}/files/${hashA}`] },
      { role: 'attachment', addresses: [`${url}/files/${hashB}`] },
    ]);
  });
  it('is the picture described alike and the link with the same words elsewhere', () => {
    const page =
      '<img src="/logo.png" alt="徽标"><img src="/up/1-300x200.webp" alt="流程图"><a href="/">首页</a><a href="../up/f.pdf"><b>附件：</b> 申报表.pdf</a>';
    expect(placesOn(page)).toEqual([
      { role: 'image', addresses: ['https://cms.example/up/1-300x200.webp'] },
      { role: 'attachment', addresses: ['https://cms.example/up/f.pdf'] },
    ]);
  });
  it('may be any picture where none is described, and nowhere where there is none', () => {
    expect(placesOn('<img src="/a.png"><img src="/b.png">')).toEqual([
      { role: 'image', addresses: ['https://cms.example/a.png', 'https://cms.example/b.png'] },
      { role: 'attachment', addresses: [] },
    ]);
  });
  it('is not looked for in what is nested beyond all reason', () => {
    expect(placesOn('<div>'.repeat(600) + '<img src="/a.png">')[0]!.addresses).toEqual([]);
  });
});
