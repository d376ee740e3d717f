import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPaste } from './clean.ts';
import { largeWord, wordDocument, wpsDocument } from './samples.ts';

const textOf = (html: string) => html.replace(/<[^>]*>/g, '').replace(/\s+/g, '');

describe('a paste from Word', () => {
  const { html, missing } = cleanPaste(wordDocument);
  it('has headings, paragraphs, lists, tables and links of ours', () => {
    expect(html).toContain('<h2>关于优化办税服务的公告</h2>');
    expect(html).toContain('<h3>办理流程</h3>');
    expect(html).toContain('<p>根据<strong>《中华人民共和国税收征收管理法》</strong>，现公告如下：</p>');
    expect(html).toContain(
      '<ul><li><p>线上办理</p><ul><li><p>电子税务局</p></li></ul></li><li><p>窗口办理</p></li></ul>',
    );
    expect(html).toContain('<ol><li><p>提交申请</p></li><li><p>领取结果</p></li></ol>');
    expect(html).toContain('<a href="https://tax.example/a?b=1&amp;c=2">办事指南</a>');
    expect(html).toContain(
      '<table><tbody><tr><td rowspan="2"><p>税种</p></td><td><p>期限</p></td></tr><tr><td><p>15日</p></td></tr></tbody></table>',
    );
    expect(html).toContain('10<sup>3</sup>');
  });
  it('keeps the numbering that people cite: 一、 and （二） are words of the document', () => {
    expect(html).toContain('<p>一、总体要求</p>');
    expect(html).toContain('<p>（二）工作目标</p>');
  });
  it('marks where a picture of the writer’s disk stood, and says how many', () => {
    expect(missing).toBe(1);
    expect(html).toMatch(/<img src="files\/0{64}" alt="流程图">/);
  });
  it('has nothing of what was deleted, hidden or noted in the margin, and no style, class or Office element', () => {
    expect(html).not.toMatch(/已删除的话|隐藏的话|批注/);
    expect(html).not.toMatch(/style=|class=|mso|<o:|<\?|\[if|file:/i);
  });
});

describe('a paste from WPS', () => {
  const { html, missing } = cleanPaste(wpsDocument);
  it('is as clean', () => {
    expect(html).toBe(
      [
        '<h2>开票申请书</h2>',
        '<p>中华人民共和国增值税暂行条例第二十一条规定：请完整填写以下内容。</p>',
        '<p>一、<strong>基本信息</strong></p>',
        '<ol><li><p>名称</p></li><li><p>税号</p></li></ol>',
        `<img src="files/${'0'.repeat(64)}" alt="wps1.jpg">`,
        '<table><tbody><tr><td><p>全部</p></td><td colspan="2"><p>合计</p></td></tr></tbody></table>',
      ].join(''),
    );
    expect(missing).toBe(1);
  });
});

describe('whatever is pasted', () => {
  it('its words are there, and nothing that runs', () => {
    const word = fc.constantFrom(
      '甲',
      '乙',
      '丙',
      '<b>丁</b>',
      '<p>戊',
      '</p>',
      '<ul><li>己',
      '</ul>',
      '<td>庚</td>',
      '<table><tr><td>辛</td></tr></table>',
      '<img src=x onerror=alert(1)>',
      '<a href="javascript:alert(1)">壬</a>',
      '<![if !supportLists]>',
      '<![endif]>',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (parts) => {
        const { html } = cleanPaste(parts.join(''));
        expect(html).not.toMatch(/onerror|javascript:/);
        const outside = parts.join('').replace(/<table>.*?<\/table>/gs, '');
        for (const character of '甲乙丙丁戊己庚壬')
          if (outside.includes(character)) expect(textOf(html)).toContain(character);
      }),
    );
  });
  it('may be nested without end', () => {
    expect(textOf(cleanPaste(`${'<div><span>'.repeat(20_000)}深`).html)).toBe('深');
    expect(textOf(cleanPaste(`${'<table><tr><td>'.repeat(3_000)}深`).html)).toBe('深');
  });
  it('of five megabytes keeps every paragraph', () => {
    const large = largeWord(5 * 2 ** 20);
    const { html } = cleanPaste(large);
    expect(html.match(/<p>/g)).toHaveLength(large.match(/<p class=MsoNormal/g)!.length);
    expect(html.length).toBeLessThan(large.length / 4);
  });
});
