import { describe, expect, it } from 'vitest';
import { pageEntries } from './page-entries.ts';

const today = '2026-11-26';
const read = (body: string) => pageEntries(body, 'https://city.example/tzgg/', today);

describe('a page’s entries', () => {
  it('are the lines with a link and a date, however the date is written', () => {
    const page = `<ul><li><a href="a.html">关于开展便民办税的通知</a><span>2026-11-20</span></li>
      <li><a href="b.html">公告</a> 2026年9月3日</li><li><a href="/c">通告</a>[2026/10/1]</li></ul>`;
    expect(read(page)).toEqual({
      newest: '2026-11-20',
      entries: 3,
      links: ['https://city.example/tzgg/a.html', 'https://city.example/tzgg/b.html', 'https://city.example/c'],
    });
  });
  it('are found in tables, in boxes beside each other, and by the date that is for machines', () => {
    expect(read('<table><tr><td><a href="a">公告</a></td><td>2026.01.05</td></tr></table>').newest).toBe('2026-01-05');
    expect(read('<div><div><a href="a">公告</a></div><div>2026-02-03</div></div>').newest).toBe('2026-02-03');
    expect(read('<p><a href="a">公告</a><time datetime="2026-03-04T08:00:00+08:00">昨天</time></p>').newest).toBe(
      '2026-03-04',
    );
  });
  it('are not the day that the head of the page shows, nor days to come, nor what only scripts say', () => {
    const head = '<div class="today">今天是2026年11月26日</div>';
    expect(read(`${head}<ul><li><a href="a">公告</a>2026-01-05</li></ul>`).newest).toBe('2026-01-05');
    expect(read('<li><a href="a">报名截至</a>2026-12-31</li>').newest).toBeNull();
    expect(read('<script>var d="<li><a href=x>x</a>2026-11-25</li>"</script>').newest).toBeNull();
  });
  it('that say only month and day are of the last such day', () => {
    expect(read('<li><a href="a">公告</a>[11-25]</li><li><a href="b">公告</a>12-30</li>').newest).toBe('2026-11-25');
    expect(read('<li><a href="b">公告</a>12-30</li>').newest).toBe('2025-12-30');
  });
  it('without any date are counted by their titles, and an empty column has none', () => {
    expect(read('<a href="/">首页</a><a href="a">关于纳税服务的若干问题解答</a>')).toMatchObject({
      newest: null,
      entries: 1,
    });
    expect(read('<a href="/">首页</a><a href="/x">栏目</a>')).toMatchObject({ newest: null, entries: 0 });
  });
  it('lead to addresses of the web alone', () => {
    expect(read('<a href="javascript:x()">x</a><a href="mailto:a@b">y</a><a href="#top">z</a>').links).toEqual([
      'https://city.example/tzgg/',
    ]);
  });
  it('of a page that is nested without end are nobody’s trouble', () => {
    expect(() => read('<div>'.repeat(200_000))).not.toThrow();
  });
});
