import type { Channel } from '@tongsheng/contracts';
import type { ChannelKind } from './channel.ts';
import { assisted } from './assisted.ts';
import { dingtalk } from './dingtalk.ts';
import { douyin } from './douyin.ts';
import { email } from './email.ts';
import { feishu } from './feishu.ts';
import { ftps } from './ftps.ts';
import { mastodon } from './mastodon.ts';
import { micropub } from './micropub.ts';
import { newsPush } from './news-push.ts';
import { sftp } from './sftp.ts';
import { webhook } from './webhook.ts';
import { wechatMass } from './wechat-mass.ts';
import { wechat } from './wechat.ts';
import { wecom } from './wecom.ts';
import { weiboShare } from './weibo-share.ts';
import { weibo } from './weibo.ts';
import { wordpress } from './wordpress.ts';

/** Every kind of channel, a line each; the compiler asks for a new one as soon as it is described in the contracts. */
export const adapters: Record<Channel['kind'], ChannelKind> = {
  email,
  webhook,
  wechat,
  wechat_mass: wechatMass,
  wecom,
  dingtalk,
  feishu,
  mastodon,
  weibo,
  weibo_share: weiboShare,
  douyin,
  sftp,
  ftps,
  news_push: newsPush,
  wordpress,
  micropub,
  assisted,
};
