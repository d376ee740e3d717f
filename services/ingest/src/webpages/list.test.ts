import { describe, expect, it } from 'vitest';
import { readList } from './list.ts';
import { proposeLists } from './propose.ts';

const url = 'https://tax.example/col/zcfg/index.html';
const now = '2026-11-23T04:00:00.000Z';
const reading = { url, zone: 'Asia/Shanghai', now };
const names = ['增值税', '消费税', '个人所得税', '印花税', '车辆购置税', '环境保护税'];
const titleOf = (name: string) => `国家税务总局关于${name}有关事项的公告`;
const page = (body: string) => `<html><head><title>税收政策</title></head><body>
  <div id="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/a/">总局概况与机构职能</a></li><li><a href="/b/">信息公开工作年度报告</a></li><li><a href="/c/">纳税服务办税指南专栏</a></li></ul></div>
  ${body}
  <div class="footer"><ul class="links"><li><a href="https://gov.example/">中华人民共和国中央人民政府门户网站</a></li><li><a href="https://mof.example/">中华人民共和国财政部门户网站</a></li><li><a href="https://npc.example/">全国人民代表大会网站首页</a></li></ul></div></body></html>`;
const row = (name: string, i: number) => ({
  title: titleOf(name),
  link: `https://tax.example/col/zcfg/art_${i}.html`,
  day: `2026-11-1${i}`,
});
const rows = names.map(row);

/** How sites write their lists. */
const lists: Record<string, string> = {
  'a plain list': `<ul class="list whlist">${rows.map(({ title, link, day }) => `<li><span>${day}</span><a href="${link}">${title}</a></li>`).join('')}</ul>`,
  'a table': `<table class="tb">${rows.map(({ title, link, day }, i) => `<tr><td>${i + 1}</td><td><a href="${link}" title="${title}">${title.slice(0, 12)}…</a></td><td>${day}</td></tr>`).join('')}</table>`,
  boxes: `<div class="news_box">${rows.map(({ title, link, day }) => `<div class="item"><h4><a href="${link}">${title}</a></h4><p>摘要</p><em>[${day}]</em></div>`).join('')}</div>`,
  definitions: `<dl class="dl-list">${rows.map(({ title, link, day }) => `<dd><a href="${link}">${title}</a><i>${day.replaceAll('-', '/')}</i></dd>`).join('')}</dl>`,
  'groups of five': `<div id="lists">${[rows.slice(0, 3), rows.slice(3)].map((group) => `<ul class="group">${group.map(({ title, link, day }, i) => `<li class="line${i}"><a href="${link}">${title}</a> ${day}</li>`).join('')}</ul><hr>`).join('')}</div>`,
  'calendar leaves': `<ul class="leaf">${rows.map(({ title, link, day }) => `<li><div class="date"><b>${day.slice(8)}</b><i>${day.slice(0, 7)}</i></div><a href="${link}">${title}</a></li>`).join('')}</ul>`,
  'links that are rows': `<div class="alist">${rows.map(({ title, link, day }) => `<a class="row" href="${link}"><span>${title}</span><time>${day}</time></a>`).join('')}</div>`,
};

describe('a list finds its own selectors:', () => {
  it.each(Object.entries(lists))('%s', (_, html) => {
    const [best] = proposeLists(page(html), reading);
    expect(best).toMatchObject({ count: 6, dated: 6 });
    const read = readList(page(html), { ...reading, selectors: best!.selectors });
    if (!read.ok) throw new Error(read.code);
    expect(read.entries.slice(0, 10)).toEqual(best!.samples);
    expect(read.entries.map(({ link }) => link)).toEqual(rows.map(({ link }) => link));
    expect(read.entries.map(({ published }) => published.at)).toEqual(
      rows.map(({ day }) => new Date(`${day}T00:00:00+08:00`).toISOString()),
    );
    for (const [i, { title }] of read.entries.entries()) expect(title).toContain(rows[i]!.title);
  });
  it('a menu, friends’ links and a page without a list are none', () => {
    const found = proposeLists(page('<p>本页没有列表</p>'), reading);
    expect(found.every(({ score, dated }) => score < 1 && dated === 0)).toBe(true);
  });
});

describe('a row', () => {
  const read = (inside: string, selectors = {}) => {
    const found = readList(`<ul><li>${inside}</li></ul>`, { ...reading, selectors: { row: 'li', ...selectors } });
    if (!found.ok) throw new Error(found.code);
    return found.entries[0]!;
  };
  it('has the whole title where the page shows its beginning', () => {
    expect(read('<a href="1.html" title="国家税务总局关于增值税的公告">国家税务总局关于…</a>').title).toBe(
      '国家税务总局关于增值税的公告',
    );
    expect(read('<a href="1.html" title="点击查看">关于增值税的公告</a>').title).toBe('关于增值税的公告');
  });
  it('takes the link that has the title, not the one of its column', () => {
    expect(read('<a href="/col/">[公告]</a><a href="1.html">关于增值税的公告</a>')).toMatchObject({
      link: 'https://tax.example/col/zcfg/1.html',
    });
  });
  it('has a date that is not its title’s', () => {
    expect(read('<a href="1.html">关于2019年1月1日起施行的公告</a><span>2026-11-20</span>').published.at).toBe(
      '2026-11-19T16:00:00.000Z',
    );
    expect(read('<a href="1.html">关于增值税的公告</a><span>3小时前</span>').published.at).toBe(
      '2026-11-23T01:00:00.000Z',
    );
    expect(read('<a href="1.html">关于增值税的公告</a><span>11-20</span>').published.at).toBe(
      '2026-11-19T16:00:00.000Z',
    );
  });
  it('is read by selectors where they are given', () => {
    const inside =
      '<a href="a.html">附件下载链接在这里</a><a class="t" href="1.html"><b>公告</b>全文</a><i>2026-01-01</i><em>2026-11-20</em>';
    expect(read(inside, { link: '.t', title: 'b', date: 'em' })).toEqual({
      title: '公告',
      link: 'https://tax.example/col/zcfg/1.html',
      published: { at: '2026-11-19T16:00:00.000Z', precision: 'day', text: '2026-11-20' },
    });
  });
  it('that leads nowhere is told, and empty lines between rows are not', () => {
    const html =
      '<ul><li><a href="1.html">关于增值税的公告</a></li><li></li><li>没有链接的公告</li><li><a href="javascript:open()">打不开的公告</a></li></ul>';
    const found = readList(html, { ...reading, selectors: { row: 'li' } });
    expect(found).toMatchObject({ ok: true, entries: [{}], skipped: [{ code: 'no_link' }, { code: 'no_link' }] });
  });
});

describe('a list’s next page', () => {
  const next = (html: string, selectors = {}) => {
    const found = readList(`<ul><li><a href="1.html">关于增值税的公告</a></li></ul>${html}`, {
      ...reading,
      selectors: { row: 'li', ...selectors },
    });
    return found.ok && found.next;
  };
  it('is where it says so', () => {
    expect(next('<a href="index_1.html">下一页</a>')).toBe('https://tax.example/col/zcfg/index_1.html');
    expect(next('<a rel="next" href="?page=2">2</a>')).toBe(`${url}?page=2`);
    expect(next('<a class="n" href="b.html">后面</a>', { next: '.n' })).toBe('https://tax.example/col/zcfg/b.html');
    expect(next('<a href="javascript:void(0)">下一页</a>')).toBeNull();
  });
});

describe('what makers of sites use instead of pages', () => {
  it('jpage', () => {
    const records = rows
      .map(
        ({ title, link, day }) =>
          `<record><![CDATA[<li><a href="${link}" title="${title}">${title}</a><span>${day}</span></li>]]></record>`,
      )
      .join('');
    const xml = `<?xml version="1.0" encoding="UTF-8"?><datastore><totalrecord>6</totalrecord><recordset>${records}</recordset></datastore>`;
    const [best] = proposeLists(xml, reading);
    expect(best).toMatchObject({ count: 6, dated: 6 });
    expect(readList(xml, { ...reading, selectors: best!.selectors })).toMatchObject({
      ok: true,
      entries: { length: 6 },
    });
  });
  it('gkmlpt', () => {
    const json = JSON.stringify({
      articles: rows.map(({ title, link }) => ({ title, url: link, display_publish_time: 1_795_406_400 })),
    });
    const [best] = proposeLists(json, reading);
    expect(best!.samples[0]).toMatchObject({ title: rows[0]!.title, published: { at: now } });
  });
});

describe('a page that can’t be read has a name for it:', () => {
  const code = (html: string, row = 'li') => {
    const found = readList(html, { ...reading, selectors: { row } });
    return found.ok ? null : found.code;
  };
  it.each([
    ['no row', '<p>改版了</p>', 'no_rows'],
    ['rows without links', '<ul><li>甲</li></ul>', 'no_links'],
    ['an endless depth', '<div>'.repeat(100_000), 'too_deep'],
    ['an endless length', 'x'.repeat(6 * 2 ** 20), 'too_large'],
    ['endless elements', '<br>'.repeat(200_000), 'too_large'],
  ])('%s', (_, html, expected) => expect(code(html)).toBe(expected));
  it('a selector that is none', () =>
    expect(code('<ul><li><a href="1">公告</a></li></ul>', 'li[')).toBe('bad_selector'));
});
