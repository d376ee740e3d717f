import { join } from 'node:path';
import { startBaijiahaoFake } from './baijiahao-fake.ts';
import { startDingTalkFake } from './dingtalk-fake.ts';
import { startDouyinFake } from './douyin-fake.ts';
import { startFeishuFake } from './feishu-fake.ts';
import { startMastodonFake } from './mastodon-fake.ts';
import { startSmsFake } from './sms-fake.ts';
import type { Fake, ShellOptions } from './start.ts';
import { startWeComFake } from './wecom-fake.ts';
import { startWeChatFake } from './wechat-fake.ts';
import { startWeiboFake } from './weibo-fake.ts';

/** What a demonstration needs of each: where it is, and what one connects with. */
export type DemoFake = Pick<Fake, 'kind' | 'name' | 'port' | 'url' | 'access' | 'stop'>;

const starters = {
  wechat: (shell: ShellOptions): Promise<DemoFake> => startWeChatFake({}, shell),
  weibo: (shell: ShellOptions): Promise<DemoFake> => startWeiboFake({}, shell),
  douyin: (shell: ShellOptions): Promise<DemoFake> => startDouyinFake({}, shell),
  wecom: (shell: ShellOptions): Promise<DemoFake> => startWeComFake({}, shell),
  dingtalk: (shell: ShellOptions): Promise<DemoFake> => startDingTalkFake({}, shell),
  feishu: (shell: ShellOptions): Promise<DemoFake> => startFeishuFake({}, shell),
  mastodon: (shell: ShellOptions): Promise<DemoFake> => startMastodonFake({}, shell),
  sms: (shell: ShellOptions): Promise<DemoFake> => startSmsFake({}, shell),
  baijiahao: (shell: ShellOptions): Promise<DemoFake> => startBaijiahaoFake({}, shell),
};
export type FakeKind = keyof typeof starters;
export const fakeKinds = Object.keys(starters) as FakeKind[];

/** Starts them side by side in this process; what was posted to them is kept in `dir`. */
export const startFakes = (
  kinds: readonly FakeKind[],
  { dir, ports = {} }: { dir: string; ports?: Partial<Record<string, number>> },
): Promise<DemoFake[]> =>
  Promise.all(kinds.map((kind) => starters[kind]({ file: join(dir, `${kind}.v8`), port: ports[kind] ?? 0 })));
