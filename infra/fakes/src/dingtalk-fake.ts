import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { json, jsonOf, type Answer, type Call } from './answers.ts';
import { action, type Post, type Route, type World } from './fake.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { minuteOf, spend } from './time.ts';

/** DingTalk group robot, facts F.2. ○: of one weak source, to be confirmed with the platform. */
export type DingTalkOptions = {
  accessToken: string;
  /** Security by signature; null: not asked for. */
  secret: string | null;
  /** Security by keywords: one of them must be in the text; none: not asked for. */
  keywords: string[];
  /** Security by address; null: any. */
  allowedIps: string[] | null;
  /** A signature is good for so long, both ways ○. */
  signatureMs: number;
  limits: { bytes: number; perMinute: number; blockMs: number };
  /** What too many messages are told: 130101, or the other form that was seen. */
  throttle: 'code' | 'punish';
  /** For a message without its parts, and for one of no known type ○ (general knowledge). */
  codes: { missing: number; type: number };
};

const defaults: DingTalkOptions = {
  accessToken: 'fake00000000000000000000000000000000000000000000000000000000d1',
  secret: `SEC${'0'.repeat(30)}`,
  keywords: [],
  allowedIps: null,
  signatureMs: 3_600_000,
  limits: { bytes: 20_000, perMinute: 20, blockMs: 10 * 60_000 },
  throttle: 'code',
  codes: { missing: 40035, type: 400105 },
};

const messages: Record<number, string> = {
  [-1]: 'system busy',
  0: 'ok',
  130101: 'send too fast, exceed 20 times per minute',
  300001: 'token is not exist',
  310000: 'sign not match',
  40035: 'missing parameter',
  400105: 'unsupported msgtype',
  460101: 'message too long, exceed 20000 bytes',
};

/** HMAC-SHA256 under the secret over the time in milliseconds, a line end and the secret; base64. */
export const dingTalkSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');

type State = {
  messages: { at: number; title: string; text: string }[];
  blockedUntil: number;
  isThere: boolean;
};

const some = z.string().min(1);
const Message = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('text'), text: z.object({ content: some }) }),
  z.object({
    msgtype: z.literal('link'),
    link: z.object({ title: some, text: some, messageUrl: some, picUrl: z.string().optional() }),
  }),
  z.object({ msgtype: z.literal('markdown'), markdown: z.object({ title: some, text: some }) }),
  z.object({ msgtype: z.literal('actionCard'), actionCard: z.object({ title: some, text: some }) }),
  z.object({
    msgtype: z.literal('feedCard'),
    feedCard: z.object({ links: z.array(z.object({ title: some, messageURL: some, picURL: some })).min(1) }),
  }),
]);
type Message = z.infer<typeof Message>;

function shownOf(message: Message): { title: string; text: string } {
  switch (message.msgtype) {
    case 'text':
      return { title: '', text: message.text.content };
    case 'link':
      return message.link;
    case 'markdown':
      return message.markdown;
    case 'actionCard':
      return message.actionCard;
    case 'feedCard':
      return { title: '', text: message.feedCard.links.map(({ title }) => title).join('\n') };
  }
}

function build(world: World<State>, options: DingTalkOptions) {
  const { state, time, spent } = world;
  const { limits, codes } = options;
  const refuse = (code: number, said = messages[code] ?? 'error'): Answer => json({ errcode: code, errmsg: said });
  const throttled = () =>
    options.throttle === 'code'
      ? refuse(130101)
      : json({ status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: world.id() });

  /** What the security settings hold against it, or null. */
  function suspicion({ query, ip }: Call, body: string): string | null {
    if (options.allowedIps && !options.allowedIps.includes(ip)) return `ip ${ip} not in whitelist`;
    if (options.keywords.length > 0 && !options.keywords.some((word) => body.includes(word)))
      return 'keywords not in content';
    if (options.secret === null) return null;
    const [timestamp, sign] = [query.get('timestamp') ?? '', query.get('sign') ?? ''];
    if (!/^\d{13}$/.test(timestamp) || Math.abs(time.now() - Number(timestamp)) > options.signatureMs)
      return 'invalid timestamp';
    return sign === dingTalkSign(options.secret, timestamp) ? null : 'sign not match';
  }

  const send: Route = {
    name: 'robot.send',
    method: 'POST',
    path: '/robot/send',
    answer(call) {
      if (!state.isThere || call.query.get('access_token') !== options.accessToken) return refuse(300001);
      if (time.now() < state.blockedUntil) return throttled();
      const value = jsonOf(call);
      const doubt = suspicion(call, JSON.stringify(value ?? ''));
      if (doubt) return refuse(310000, doubt);
      if (call.body.length > limits.bytes) return refuse(460101);
      const read = Message.safeParse(value);
      if (!read.success) {
        const isType = Message.options.some(({ shape }) => shape.msgtype.safeParse(Object(value)['msgtype']).success);
        return refuse(isType ? codes.missing : codes.type);
      }
      if (!spend(spent, 'messages', minuteOf(time.now()), limits.perMinute)) {
        state.blockedUntil = time.now() + limits.blockMs;
        return throttled();
      }
      const { title, text } = shownOf(read.data);
      state.messages.push({ at: time.now(), title, text });
      world.record({ action: 'message', key: keyOf(read.data), title: title || text, public: true });
      return refuse(0);
    },
  };

  return {
    routes: [send],
    otherwise: (): Answer => ({ status: 404, type: 'text/plain', body: '' }),
    refuse: (code: number) => (code === 130101 ? throttled() : refuse(code)),
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
      Webhook地址: `${world.base()}/robot/send?access_token=${options.accessToken}`,
      ...(options.secret && { 加签密钥: options.secret }),
    }),
  };
}

export type DingTalkFake = Fake<ReturnType<typeof build>['actions']>;

export const startDingTalkFake = (
  given: Partial<DingTalkOptions> = {},
  shell: ShellOptions = {},
): Promise<DingTalkFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ messages: [], blockedUntil: 0, isThere: true });
  return startFake(
    { kind: 'dingtalk', name: '钉钉群机器人', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
