export { startWeiboFake, type WeiboFake, type WeiboOptions } from './weibo-fake.ts';
export { startWeChatFake, type WeChatFake, type WeChatOptions } from './wechat-fake.ts';
export { HandTime } from './time.ts';
export type { FaultWish } from './faults.ts';
export type { Post } from './fake.ts';
export { startDingTalkFake, type DingTalkFake, type DingTalkOptions } from './dingtalk-fake.ts';
export { startFeishuFake, type FeishuFake, type FeishuOptions } from './feishu-fake.ts';
export { startWeComFake, type WeComFake, type WeComOptions } from './wecom-fake.ts';
