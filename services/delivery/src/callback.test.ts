import type { CallbackCommand, CallbackEvent } from '@tongsheng/contracts';
import { hashA, noon, service, specify } from '@tongsheng/test/support';
import { describe, it } from 'vitest';
import { callback } from './callback.ts';

const given = specify(callback);
const key = { callbackId: 'c1', site: 'province', channelId: 'wechat', channelName: '公众号', channelKind: 'wechat' };
const head = { id: 'c', at: noon, actor: service };
const news = [{ about: 'publish_id 1', deliveryId: 'd', finding: 'present' as const, detail: '0: published' }];
const hear: CallbackCommand = { type: 'callback.hear', ...head, ...key, news, body: hashA };
const heard: CallbackEvent = { type: 'callback.heard', ...key, news, body: hashA, heardAt: noon };
const because = 'wrong_signature' as const;
const refuse: CallbackCommand = { type: 'callback.refuse', ...head, ...key, because, detail: 'no' };
const refused: CallbackEvent = { type: 'callback.refused', ...key, because, detail: 'no', refusedAt: noon };

describe('a call of a platform', () => {
  it('is kept once, with what it told', () => {
    given().when(hear).yields(heard);
    given(heard).when(hear).yields();
  });
  it('that was refused is kept once, with the reason', () => {
    given().when(refuse).yields(refused);
    given(refused).when(refuse).yields();
  });
});
