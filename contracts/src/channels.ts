import { z } from 'zod';
import {
  brokenLines,
  changeSecrets,
  secretSetAt,
  type ChannelDescription,
  type ChannelLimits,
  type ShownSecret,
} from './channel.ts';
import { assisted } from './channels/assisted.ts';
import { dingtalk } from './channels/dingtalk.ts';
import { douyin } from './channels/douyin.ts';
import { email } from './channels/email.ts';
import { feishu } from './channels/feishu.ts';
import { mastodon } from './channels/mastodon.ts';
import { micropub } from './channels/micropub.ts';
import { newsPush } from './channels/news-push.ts';
import { ftps, sftp } from './channels/transfer.ts';
import { webhook } from './channels/webhook.ts';
import { wechat, wechatMass } from './channels/wechat.ts';
import { wecom } from './channels/wecom.ts';
import { weibo, weiboShare } from './channels/weibo.ts';
import { wordpress } from './channels/wordpress.ts';

/**
 * Every kind of channel. A new one is its file in `channels/` and its line here; the compiler then asks for its adapter,
 * which is a file, its test and a line in `services/delivery/src/channels`.
 */
const kinds = [
  email,
  webhook,
  wechat,
  wechatMass,
  weibo,
  weiboShare,
  douyin,
  wecom,
  dingtalk,
  feishu,
  mastodon,
  sftp,
  ftps,
  newsPush,
  wordpress,
  micropub,
  assisted,
] as const;

type Shapes<T extends readonly { shape: z.ZodObject }[]> = { -readonly [I in keyof T]: T[I]['shape'] };
const shapes = kinds.map(({ shape }) => shape) as unknown as Shapes<typeof kinds>;

/** A place that a release is pushed to; the settings are its kind's own. */
export const channel = z.discriminatedUnion('kind', shapes);
export type Channel = z.infer<typeof channel>;

/** What is known of each kind without its adapter. */
export const channelKinds = Object.fromEntries(
  kinds.map((kind): [string, ChannelDescription] => [kind.kind, kind]),
) as Record<Channel['kind'], ChannelDescription>;

/** What a channel can bear: its kind's limits, and its own where they differ. */
export function limitsOf({ kind, limits }: Pick<Channel, 'kind' | 'limits'>): ChannelLimits {
  const own = Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined));
  return { ...channelKinds[kind].limits, ...own };
}

/** A channel with every secret in it changed. */
export function withSecrets(of: Channel, change: (value: string, path: string) => string): Channel {
  return { ...of, settings: changeSecrets(channelKinds[of.kind].settings, of.settings, change) } as Channel;
}

/** The settings as a screen may see them: a secret is only the moment at which it was set. */
export function shownSettings(of: Channel): Record<string, unknown> {
  const shown = (value: string): ShownSecret => ({ secret: true, setAt: secretSetAt(value) });
  const { settings, kind } = of;
  const known = changeSecrets<Record<string, unknown>>(channelKinds[kind].settings, settings, shown);
  return Object.fromEntries(Object.entries(known).map(([name, value]) => [name, withoutLogin(value)]));
}

/** Addresses of before the login had fields of its own carried it inside. */
function withoutLogin(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1') : value;
}

/** Settings come to stand in headers, addresses and commands of protocols, where a line break would begin another one. */
export function mustBeLines({ kind, settings }: Channel, context: z.RefinementCtx): void {
  for (const path of brokenLines(channelKinds[kind].settings, settings))
    context.addIssue({
      code: 'custom',
      path: ['settings', ...path],
      message: 'is one line, without line breaks or control characters',
    });
}

/** A login inside an address would be shown and logged with it: it has fields of its own. */
export function mustKeepSecretsApart({ settings }: Channel, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'string' && withoutLogin(value) !== value)
      context.addIssue({
        code: 'custom',
        path: ['settings', name],
        message: 'has a login in it; it has its own fields',
      });
  }
}
