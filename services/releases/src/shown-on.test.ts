import { describe, expect, it } from 'vitest';
import { isShownOn } from './shown-on.ts';

const release = {
  title: '我市推出“便民办税”十项措施',
  html: '<p>自今年七月一日起，全市办税服务厅一律延时服务。</p><p>纳税人可以在网上预约任何一个窗口的时间。</p>',
};
const page = (title: string, ...lines: string[]) =>
  `<html><head><title>门户</title></head><body><h1>${title}</h1>${lines.map((line) => `<p>${line}</p>`).join('')}</body></html>`;

describe('a page of another house', () => {
  it('shows a release under its title, however that is spaced', () => {
    expect(isShownOn(page('我市推出 "便民办税" 十项措施', '正文另写'), release)).toBe(true);
  });
  it('shows it under another title, when half of its lines are there', () => {
    expect(isShownOn(page('便民措施来了', '自今年七月一日起， 全市办税服务厅一律延时服务。'), release)).toBe(true);
  });
  it('does not show it when it speaks of something else, or says the title in a script alone', () => {
    expect(isShownOn(page('便民措施来了', '自今年八月起实行'), release)).toBe(false);
    expect(isShownOn(`<script>var title = '${release.title}'</script><p>首页</p>`, release)).toBe(false);
  });
});
