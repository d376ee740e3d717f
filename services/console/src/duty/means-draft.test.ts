import { alarmMeansKind, keptSecret } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { roomsZh } from '../words/rooms-zh.ts';
import { blankMeans, draftOfMeans, fieldsOfMeans, meansOfDraft, wrongFieldsOf } from './means-draft.ts';

const robot = {
  site: '*',
  kind: 'dingtalk' as const,
  name: '省局值班群',
  disabled: false,
  settings: {
    server: 'https://oapi.dingtalk.com',
    token: { secret: true, setAt: '2026-11-23T04:05:06.000Z' },
  },
};

describe('a means of alarm as its form has it', () => {
  it('is registered as it was, with a secret kept that nobody was shown, and none where none was', () => {
    expect(meansOfDraft(draftOfMeans(robot))).toEqual({
      ...robot,
      settings: { server: 'https://oapi.dingtalk.com', token: keptSecret },
    });
    expect(wrongFieldsOf(draftOfMeans(robot))).toEqual([]);
  });
  it('says every field that is missing', () => {
    expect(wrongFieldsOf(blankMeans('sms', '*'))).toEqual(['name', 'url']);
    expect(wrongFieldsOf(blankMeans('feishu', '*', '群'))).toEqual(['token']);
  });
  it.each(alarmMeansKind.options)('of %s has words for every field', (kind) => {
    const words = roomsZh as Record<string, string>;
    expect(fieldsOfMeans(kind).filter(({ name }) => !words[`means.field.${name}`])).toEqual([]);
  });
});
