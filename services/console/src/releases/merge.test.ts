import { draft as draftShape, type DraftInProgress } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeBlocks, mergeDrafts, type Choice, type Stretch } from './merge.ts';

const blocksOf = (html: string) => html.match(/<p>.*?<\/p>/gs) ?? [];
const draft = (more: Partial<DraftInProgress> = {}): DraftInProgress => ({
  ...draftShape.parse({
    kind: 'press',
    title: '标题',
    summary: '摘要',
    html: '<p>一</p><p>二</p><p>三</p>',
    rumor: null,
    channels: ['a', 'b'],
  }),
  ...more,
});
const merged = (
  mine: Partial<DraftInProgress>,
  theirs: Partial<DraftInProgress>,
  base: Partial<DraftInProgress> = {},
) => mergeDrafts(draft(base), draft({ ...base, ...mine }), draft({ ...base, ...theirs }), blocksOf);

describe('two people in one draft', () => {
  it('who changed different places have both changes, and nobody is asked', () => {
    const merge = merged(
      { title: '新标题', html: '<p>一</p><p>二</p><p>三甲</p>' },
      { summary: '新摘要', html: '<p>一乙</p><p>二</p><p>三</p>' },
    );
    expect(merge.conflicts).toEqual([]);
    expect(merge.taken).toBe(2);
    expect(merge.draft({})).toMatchObject({
      title: '新标题',
      summary: '新摘要',
      html: '<p>一乙</p><p>二</p><p>三甲</p>',
    });
  });
  it('who changed the same place see both side by side, and choose one or keep both', () => {
    const merge = merged({ html: '<p>一</p><p>二甲</p><p>三</p>' }, { html: '<p>一</p><p>二乙</p><p>三</p>' });
    expect(merge.conflicts).toMatchObject([
      { field: 'html', base: '<p>二</p>', mine: '<p>二甲</p>', theirs: '<p>二乙</p>' },
    ]);
    const { id } = merge.conflicts[0]!;
    const html = (choice?: Choice) => merge.draft(choice ? { [id]: choice } : {}).html;
    expect(html('mine')).toBe('<p>一</p><p>二甲</p><p>三</p>');
    expect(html('theirs')).toBe('<p>一</p><p>二乙</p><p>三</p>');
    expect(html('both')).toBe('<p>一</p><p>二甲</p><p>二乙</p><p>三</p>');
    expect(html()).toBe(html('both'));
  });
  it('who gave the same title another wording choose one of the two', () => {
    const merge = merged({ title: '甲' }, { title: '乙' });
    expect(merge.conflicts).toEqual([
      { id: 'title', field: 'title', isHtml: false, base: '标题', mine: '甲', theirs: '乙' },
    ]);
    expect(merge.draft({ title: 'theirs' }).title).toBe('乙');
    expect(merge.draft({}).title).toBe('甲');
  });
  it('have every channel and every channel’s own words that either added, and none that either took out', () => {
    const merge = merged(
      { channels: ['a', 'b', 'c'], variants: { a: { title: '甲' } } },
      { channels: ['b', 'd'], variants: { a: { summary: '乙' }, d: { html: '<p>丁</p>' } } },
    );
    expect(merge.conflicts).toEqual([]);
    const { channels, variants } = merge.draft({});
    expect(channels).toEqual(['b', 'c', 'd']);
    expect(variants).toEqual({ a: { title: '甲', summary: '乙' }, d: { html: '<p>丁</p>' } });
  });
  it('keep a picture that one of them shows although the other took it out', () => {
    const file = { hash: 'e'.repeat(64), name: '图', bytes: 1, mediaType: 'image/png' };
    const shown = `<p><img src="files/${file.hash}" alt="图"></p>`;
    const base = { html: `<p>一</p>${shown}`, files: [file] };
    const merge = merged({ html: '<p>一</p>', files: [] }, { html: `<p>一</p>${shown.replace('图"', '大厅"')}` }, base);
    expect(merge.conflicts).toHaveLength(1);
    expect(merge.draft({}).files).toEqual([file]);
    expect(merge.draft({ [merge.conflicts[0]!.id]: 'mine' }).html).toBe('<p>一</p>');
  });
  it('change their own copy of the rumor field by field', () => {
    const rumor = { claim: '说法', seenWhere: '', verdict: 'false' as const, rumorCaseId: null, publicLink: null };
    const merge = merged(
      { rumor: { ...rumor, claim: '说法甲' } },
      { rumor: { ...rumor, seenWhere: '某群' } },
      { kind: 'rebuttal', rumor },
    );
    expect(merge.draft({}).rumor).toEqual({ ...rumor, claim: '说法甲', seenWhere: '某群' });
  });
});

const blocks = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { maxLength: 12 });
const parts = (stretch: Stretch) => ('settled' in stretch ? stretch.settled : [...stretch.mine, ...stretch.theirs]);

describe('whatever two people wrote', () => {
  it('no block of either vanishes without being shown, unless the other deleted it unchanged', () => {
    fc.assert(
      fc.property(blocks, blocks, blocks, (base, mine, theirs) => {
        const shown = mergeBlocks(base, mine, theirs).flatMap(parts);
        for (const block of [...mine, ...theirs]) if (!base.includes(block)) expect(shown).toContain(block);
        for (const block of base) if (mine.includes(block) && theirs.includes(block)) expect(shown).toContain(block);
      }),
    );
  });
  it('each side’s choice gives that side’s text wherever the two disagree, and its whole text where the other did nothing', () => {
    fc.assert(
      fc.property(blocks, blocks, (base, changed) => {
        const settled = (stretches: Stretch[]) =>
          stretches.flatMap((each) => ('settled' in each ? each.settled : ['?']));
        expect(settled(mergeBlocks(base, changed, base))).toEqual(changed);
        expect(settled(mergeBlocks(base, base, changed))).toEqual(changed);
        expect(settled(mergeBlocks(base, changed, changed))).toEqual(changed);
      }),
    );
  });
  it('it does not matter who of them saved first', () => {
    fc.assert(
      fc.property(blocks, blocks, blocks, (base, mine, theirs) => {
        const flip = (stretch: Stretch): Stretch =>
          'settled' in stretch ? stretch : { base: stretch.base, mine: stretch.theirs, theirs: stretch.mine };
        expect(mergeBlocks(base, theirs, mine).map(flip)).toEqual(mergeBlocks(base, mine, theirs));
      }),
    );
  });
  it('no text of a draft vanishes: it is in the merged draft, or in a conflict', () => {
    const text = fc
      .array(fc.constantFrom('一', '二', '三', '四', '五'), { maxLength: 6 })
      .map((all) => all.map((each) => `<p>${each}</p>`).join(''));
    const some = fc.record({
      title: fc.constantFrom('x', 'y', 'z'),
      summary: fc.constantFrom('', 'u', 'v'),
      html: text,
      variants: fc.constantFrom({}, { a: { title: 'p' } }, { a: { title: 'q', html: '<p>六</p>' } }),
    });
    fc.assert(
      fc.property(some, some, some, (base, mine, theirs) => {
        const merge = mergeDrafts(draft(base), draft(mine), draft(theirs), blocksOf);
        const result = JSON.stringify([merge.draft({}), merge.conflicts]);
        const was = JSON.stringify(base);
        for (const word of JSON.stringify([mine, theirs])) if (!was.includes(word)) expect(result).toContain(word);
      }),
    );
  });
});
