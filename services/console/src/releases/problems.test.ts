import {
  channelKinds,
  draft as draftShape,
  type Channel,
  type ChannelRow,
  type DraftInProgress,
} from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { measured, ownTexts, problemsOf, problemsToSave } from './problems.ts';

const row = (kind: Channel['kind']): ChannelRow => {
  const { limits, body } = channelKinds[kind];
  return { channelId: kind, name: kind, site: 'province', kind, paused: false, limits, body };
};
const all = (['wechat', 'mastodon', 'douyin', 'weibo_share', 'email'] as const).map(row);
const hash = 'a'.repeat(64);
const file = { hash, name: '图.gif', bytes: 900, mediaType: 'image/gif' };
const draft = (more: Partial<DraftInProgress> = {}): DraftInProgress => ({
  ...draftShape.parse({
    kind: 'press',
    title: '标题',
    summary: '',
    html: '<p>文</p>',
    rumor: null,
    channels: ['email'],
  }),
  ...more,
});
const words = (more: Partial<DraftInProgress>) => problemsOf(draft(more), all).map(({ word }) => word);

describe('what keeps a draft from review', () => {
  it('is said all at once', () => {
    const rumor = { claim: ' ', seenWhere: '', verdict: 'false' as const, rumorCaseId: null, publicLink: 'x' };
    expect(words({ title: '', html: '<p></p>', channels: [], rumor })).toEqual([
      'editor.need.title',
      'editor.need.claim',
      'rumor.need.link',
      'editor.need.body',
      'editor.need.channels',
    ]);
  });
  it('is less than what keeps it from being saved', () => {
    expect(problemsToSave(draft({ title: '', html: '', channels: [] })).map(({ word }) => word)).toEqual([
      'editor.need.title',
    ]);
  });
  it('is a picture that is missing or says nothing, and a recording that an interpretation lacks', () => {
    expect(words({ html: `<img src="files/${hash}" alt="">` })).toEqual(['editor.need.picture', 'editor.need.alt']);
    expect(words({ html: `<img src="files/${hash}" alt="图">`, files: [file] })).toEqual([]);
    expect(words({ kind: 'interpretation', format: 'video' })).toEqual(['editor.need.recording']);
    expect(words({ kind: 'interpretation', format: 'chart' })).toEqual(['editor.need.chart']);
  });
  it('is what a chosen channel would refuse, at the field and in the text where it can be mended', () => {
    const long = draft({ title: '长'.repeat(33), channels: ['wechat', 'mastodon', 'email'] });
    expect(problemsOf(long, all)).toEqual([
      {
        field: 'own-title-wechat',
        word: 'editor.over.title',
        view: { channelId: 'wechat' },
        values: { channel: 'wechat', n: '33', max: '32', over: '1', unit: 'characters' },
      },
    ]);
    expect(problemsOf({ ...long, variants: { wechat: { title: '短' } } }, all)).toEqual([]);
    expect(words({ html: `<p>${'字'.repeat(20_000)}</p>`, channels: ['wechat', 'mastodon'] })).toEqual([
      'editor.over.body',
    ]);
    expect(words({ html: `<img src="files/${hash}" alt="图">`, files: [file], channels: ['wechat'] })).toEqual([
      'editor.over.type',
    ]);
    expect(words({ channels: ['douyin'] })).toEqual(['editor.need.cover']);
  });
});

it('a channel gets its own words, and else the common ones; lengths are the platform’s own', () => {
  expect(ownTexts(draft({ variants: { wechat: { title: '短' } } }), 'wechat')).toMatchObject({
    title: '短',
    html: '<p>文</p>',
  });
  expect(measured('税收ab', { max: 3, unit: 'hanzi' })).toEqual({ count: 3, max: 3, unit: 'hanzi', isOver: false });
  expect(measured('税收', { max: 5, unit: 'bytes' })).toMatchObject({ count: 6, isOver: true });
  expect(measured('税收', undefined)).toBeNull();
});
