export { startWeiboFake, type WeiboFake, type WeiboOptions } from './weibo-fake.ts';
export { startWeChatFake, type WeChatFake, type WeChatOptions } from './wechat-fake.ts';
export { HandTime } from './time.ts';
export type { FaultWish } from './faults.ts';
export type { Post } from './fake.ts';
