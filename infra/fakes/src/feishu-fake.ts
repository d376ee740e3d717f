import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { json, jsonOf, type Answer, type Call } from './answers.ts';
import { action, type Post, type Route, type World } from './fake.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { minuteOf, secondOf, spend } from './time.ts';

/** Feishu group robot, facts F.3. ○: of one weak source, to be confirmed with the platform. */
export type FeishuOptions = {
  token: string;
  /** Null: no signature is asked for. */
  secret: string | null;
  keywords: string[];
  allowedIps: string[] | null;
  signatureMs: number;
  limits: { bytes: number; perMinute: number; perSecond: number };
  /** 9499, or 19036 ○; one project measured about 150 KiB before anything was refused. */
  tooLargeCode: 9499 | 19036;
  /** 11232 also for whoever comes in the first minute of an hour or half-hour, as everybody does then. */
  busyMinutes: boolean;
};

const defaults: FeishuOptions = {
  token: 'fake0000-0000-4000-8000-0000000000f1',
  secret: `SEC${'0'.repeat(30)}`,
  keywords: [],
  allowedIps: null,
  signatureMs: 3_600_000,
  limits: { bytes: 20 * 1_024, perMinute: 100, perSecond: 5 },
  tooLargeCode: 9499,
  busyMinutes: false,
};

const messages: Record<number, string> = {
  9499: 'Bad Request',
  11232: 'frequency limited psm[lark.oapi.app_platform_runtime]',
  19001: 'param invalid: incoming webhook access token invalid',
  19021: 'sign match fail or timestamp is not within one hour from current time',
  19022: 'Ip Not Allowed',
  19024: 'Key Words Not Found',
  19036: 'request body too large',
};

/** HMAC-SHA256 of nothing, under the time in seconds, a line end and the secret; base64. */
export const feishuSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');

type State = { messages: { at: number; title: string; text: string }[]; isThere: boolean };

const Signed = z.object({ timestamp: z.string().default(''), sign: z.string().default('') });
const some = z.string().min(1);
const PostContent = z.object({
  title: z.string().default(''),
  content: z.array(z.array(z.looseObject({ tag: z.string(), text: z.string().default('') }))),
});
const Card = z.looseObject({
  header: z.object({ title: z.object({ content: z.string() }) }).optional(),
});
const Message = z.discriminatedUnion('msg_type', [
  z.object({ msg_type: z.literal('text'), content: z.object({ text: some }) }),
  z.object({ msg_type: z.literal('post'), content: z.object({ post: z.record(z.string(), PostContent) }) }),
  z.object({ msg_type: z.literal('image'), content: z.object({ image_key: some }) }),
  z.object({ msg_type: z.literal('share_chat'), content: z.object({ share_chat_id: some }) }),
  z.object({ msg_type: z.literal('interactive'), card: Card }),
]);
type Message = z.infer<typeof Message>;

function shownOf(message: Message): { title: string; text: string } {
  switch (message.msg_type) {
    case 'text':
      return { title: '', text: message.content.text };
    case 'post': {
      const [post] = Object.values(message.content.post);
      const lines = (post?.content ?? []).map((line) => line.map(({ text }) => text).join(''));
      return { title: post?.title ?? '', text: lines.join('\n') };
    }
    case 'image':
      return { title: '', text: '［图片］' };
    case 'share_chat':
      return { title: '', text: '［群名片］' };
    case 'interactive':
      return { title: message.card.header?.title.content ?? '', text: textsIn(message.card.elements).join('\n') };
  }
}

/** Whatever a card says, wherever it says it. */
function textsIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== 'object' || part === null) return [];
  const { content, ...rest } = part as Record<string, unknown>;
  return [...(typeof content === 'string' ? [content] : textsIn(content)), ...Object.values(rest).flatMap(textsIn)];
}

function build(world: World<State>, options: FeishuOptions) {
  const { state, time, spent } = world;
  const { limits } = options;
  const refuse = (code: number): Answer => json({ code, data: {}, msg: messages[code] ?? 'error' });

  /** What the security settings hold against it, or null. */
  function suspicion({ ip }: Call, value: unknown): number | null {
    if (options.allowedIps && !options.allowedIps.includes(ip)) return 19022;
    if (options.secret !== null) {
      const { timestamp, sign } = Signed.safeParse(value).data ?? { timestamp: '', sign: '' };
      const isTimely = Math.abs(time.now() - Number(timestamp) * 1_000) <= options.signatureMs;
      if (!/^\d{10}$/.test(timestamp) || !isTimely || sign !== feishuSign(options.secret, timestamp)) return 19021;
    }
    const said = JSON.stringify(value);
    return options.keywords.length === 0 || options.keywords.some((word) => said.includes(word)) ? null : 19024;
  }

  function isTooFast(): boolean {
    const now = time.now();
    if (options.busyMinutes && minuteOf(now) % 30 === 0) return true;
    const isInMinute = spend(spent, 'minute', minuteOf(now), limits.perMinute);
    return !isInMinute || !spend(spent, 'second', secondOf(now), limits.perSecond);
  }

  const send: Route = {
    name: 'hook',
    method: 'POST',
    path: '/open-apis/bot/v2/hook/:token',
    answer(call) {
      if (!state.isThere || call.params['token'] !== options.token) return refuse(19001);
      if (call.body.length > limits.bytes) return refuse(options.tooLargeCode);
      const value = jsonOf(call);
      if (value === undefined) return refuse(9499);
      const doubt = suspicion(call, value);
      if (doubt !== null) return refuse(doubt);
      const read = Message.safeParse(value);
      if (!read.success) return refuse(9499);
      if (isTooFast()) return refuse(11232);
      const { title, text } = shownOf(read.data);
      state.messages.push({ at: time.now(), title, text });
      world.record({ action: 'message', key: keyOf(read.data), title: title || text, public: true });
      return json({ StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' });
    },
  };

  return {
    routes: [send],
    otherwise: (): Answer => ({ status: 404, type: 'text/plain', body: '404 page not found' }),
    refuse: (code: number) => refuse(code),
    /** The secret is the address: it ends when the robot is taken out. */
    expireToken: () => void (state.isThere = false),
    jobs: {},
    posts: (): Post[] =>
      state.messages.map((each) => ({ ...each, cover: null, visible: true, state: '群消息', url: null })),
    actions: {
      /** Somebody takes the robot out of the group, or puts it back. */
      setRobot: action(z.strictObject({ isThere: z.boolean() }), ({ isThere }) => void (state.isThere = isThere)),
    },
    access: () => ({
      Webhook地址: `${world.base()}/open-apis/bot/v2/hook/${options.token}`,
      ...(options.secret && { 签名密钥: options.secret }),
    }),
  };
}

export type FeishuFake = Fake<ReturnType<typeof build>['actions']>;

export const startFeishuFake = (given: Partial<FeishuOptions> = {}, shell: ShellOptions = {}): Promise<FeishuFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ messages: [], isThere: true });
  return startFake(
    { kind: 'feishu', name: '飞书群机器人', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
