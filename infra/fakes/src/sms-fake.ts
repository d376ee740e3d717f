import { z } from 'zod';
import { json, jsonOf, type Answer } from './answers.ts';
import { action, type Post, type Route, type World } from './fake.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { minuteOf, spend } from './time.ts';

/**
 * A gateway of text messages as houses have them; there is no common interface, so this is one of many ○: a token in the
 * header, JSON, 200 to everything with a code inside, and one number is not written to too often.
 */
export type SmsOptions = { token: string; limits: { characters: number; perMinuteAndNumber: number } };

const defaults: SmsOptions = {
  token: 'fake-sms-token-0000000000000001',
  limits: { characters: 500, perMinuteAndNumber: 20 },
};

const messages: Record<number, string> = {
  0: 'ok',
  1001: 'token error',
  1002: 'parameter error',
  1003: 'phone in blacklist',
  1004: 'too frequent',
  1005: 'balance not enough',
};

type State = { messages: { at: number; phone: string; text: string; ref: string }[]; blocked: string[] };

const Wish = z.object({
  phone: z.string().regex(/^\+?\d{5,20}$/),
  text: z.string().min(1),
  ref: z.string().default(''),
});

function build(world: World<State>, { token, limits }: SmsOptions) {
  const { state, time, spent } = world;
  const refuse = (code: number): Answer => json({ code, msg: messages[code] ?? 'error' });

  const send: Route = {
    name: 'sms.send',
    method: 'POST',
    path: '/sms/send',
    answer(call) {
      if (call.headers.authorization !== `Bearer ${token}`) return refuse(1001);
      const wish = Wish.safeParse(jsonOf(call)).data;
      if (!wish || [...wish.text].length > limits.characters) return refuse(1002);
      const { phone, text, ref } = wish;
      if (state.blocked.includes(phone)) return refuse(1003);
      if (!spend(spent, `to ${phone}`, minuteOf(time.now()), limits.perMinuteAndNumber)) return refuse(1004);
      state.messages.push({ at: time.now(), phone, text, ref });
      world.record({ action: 'text', key: keyOf({ phone, text }), title: text, public: true });
      return json({ code: 0, msg: 'ok', id: world.digits(12) });
    },
  };

  return {
    routes: [send],
    otherwise: (): Answer => ({ status: 404, type: 'text/plain', body: '' }),
    refuse,
    expireToken: () => {},
    jobs: {},
    posts: (): Post[] =>
      state.messages.map(({ at, phone, text }) => ({
        title: phone,
        text,
        cover: null,
        visible: true,
        state: '短信',
        at,
        url: null,
      })),
    actions: {
      /** A number wants none any more. */
      block: action(z.strictObject({ phone: z.string() }), ({ phone }) => void state.blocked.push(phone)),
    },
    access: () => ({ 接口地址: `${world.base()}/sms/send`, 令牌: token }),
  };
}

export type SmsFake = Fake<ReturnType<typeof build>['actions']>;

export const startSmsFake = (given: Partial<SmsOptions> = {}, shell: ShellOptions = {}): Promise<SmsFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ messages: [], blocked: [] });
  return startFake(
    { kind: 'sms', name: '短信网关', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
