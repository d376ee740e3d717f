import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bytesOf, json, jsonOf, multipartOf, type Answer, type Call } from './answers.ts';
import { action, type Post, type Route, type World } from './fake.ts';
import { imageKind } from './images.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { minuteOf, spend } from './time.ts';

/** WeCom group robot, facts F.1. ○: of one weak source, to be confirmed with the platform. */
export type WeComOptions = {
  key: string;
  limits: {
    textBytes: number;
    /** Also of `markdown_v2` ○. */
    markdownBytes: number;
    imageBytes: number;
    articles: number;
    titleBytes: number;
    descriptionBytes: number;
    fileBytes: number;
    fileMs: number;
    perMinute: number;
  };
};

const defaults: WeComOptions = {
  key: 'fake0000-0000-4000-8000-000000000001',
  limits: {
    textBytes: 2_048,
    markdownBytes: 4_096,
    imageBytes: 2 * 2 ** 20,
    articles: 8,
    titleBytes: 128,
    descriptionBytes: 512,
    fileBytes: 20 * 2 ** 20,
    fileMs: 3 * 24 * 3_600_000,
    perMinute: 20,
  },
};

const messages: Record<number, string> = {
  [-1]: 'system busy',
  0: 'ok',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40058: 'invalid Request Parameter',
  44004: 'content is empty',
  45009: 'api freq out of limit',
  93000: 'invalid webhook url',
};

type Message = { at: number; kind: string; title: string; text: string; picture: string | null };
type State = {
  messages: Message[];
  files: Record<string, { name: string; until: number }>;
  /** False once the robot was taken out of its group. */
  isThere: boolean;
};

const Wish = z.looseObject({ msgtype: z.string() });
const Text = z.object({ content: z.string().default('') });
const Image = z.object({ base64: z.base64(), md5: z.string() });
const News = z.object({
  articles: z
    .array(
      z.object({
        title: z.string().min(1),
        description: z.string().default(''),
        url: z.url(),
        picurl: z.string().default(''),
      }),
    )
    .min(1),
});
const Card = z.object({
  card_type: z.enum(['text_notice', 'news_notice', 'button_interaction', 'vote_interaction', 'multiple_interaction']),
  main_title: z.object({ title: z.string().default(''), desc: z.string().default('') }).optional(),
  sub_title_text: z.string().default(''),
});

function build(world: World<State>, { key, limits }: WeComOptions) {
  const { state, time, spent } = world;
  const refuse = (code: number, said = messages[code] ?? 'error'): Answer => json({ errcode: code, errmsg: said });

  const isOurs = ({ query }: Call) => state.isThere && query.get('key') === key;

  const send: Route = {
    name: 'webhook.send',
    method: 'POST',
    path: '/cgi-bin/webhook/send',
    answer(call) {
      if (!isOurs(call)) return refuse(93000);
      const wish = Wish.safeParse(jsonOf(call)).data;
      if (!wish) return refuse(40058);
      const read = messageOf(wish);
      if (typeof read === 'number') return refuse(read);
      if ('tooLong' in read) return refuse(40058, `${read.tooLong} exceed max length ${read.limit}`);
      if (!spend(spent, 'messages', minuteOf(time.now()), limits.perMinute)) return refuse(45009);
      state.messages.push({ ...read, at: time.now() });
      const { title, text } = read;
      world.record({ action: 'message', key: keyOf(wish), title: title || text, public: true });
      return refuse(0);
    },
  };

  type Read = Omit<Message, 'at'>;
  /** What the group sees, or the code of what is wrong. */
  function messageOf(wish: z.infer<typeof Wish>): Read | number | { tooLong: string; limit: number } {
    const kind = wish.msgtype;
    const content = wish[kind];
    switch (kind) {
      case 'text':
      case 'markdown':
      case 'markdown_v2': {
        const text = Text.safeParse(content).data?.content;
        if (!text) return 44004;
        const limit = kind === 'text' ? limits.textBytes : limits.markdownBytes;
        return bytesOf(text) > limit ? { tooLong: `${kind}.content`, limit } : { kind, title: '', text, picture: null };
      }
      case 'image': {
        const image = Image.safeParse(content).data;
        if (!image) return 40058;
        const bytes = Buffer.from(image.base64, 'base64');
        const sort = imageKind(bytes);
        const isRight = createHash('md5').update(bytes).digest('hex') === image.md5.toLowerCase();
        if (!isRight || bytes.length > limits.imageBytes || (sort?.type !== 'jpg' && sort?.type !== 'png'))
          return 40058;
        return { kind, title: '', text: '［图片］', picture: world.keepPicture(world.id(), sort, bytes) };
      }
      case 'news': {
        const articles = News.safeParse(content).data?.articles;
        if (!articles || articles.length > limits.articles) return 40058;
        const shown = articles.map(
          ({ title, description }) => `${cut(title, limits.titleBytes)}\n${cut(description, limits.descriptionBytes)}`,
        );
        return { kind, title: cut(articles[0]!.title, limits.titleBytes), text: shown.join('\n'), picture: null };
      }
      case 'file': {
        const id = z.object({ media_id: z.string() }).safeParse(content).data?.media_id;
        const file = state.files[id ?? ''];
        if (!file || file.until <= time.now()) return 40007;
        return { kind, title: '', text: `［文件］${file.name}`, picture: null };
      }
      case 'template_card': {
        const card = Card.safeParse(content).data;
        if (!card) return 40058;
        const text = [card.main_title?.desc, card.sub_title_text].filter(Boolean).join('\n');
        return { kind, title: card.main_title?.title ?? '', text, picture: null };
      }
      default:
        return 40008;
    }
  }

  const upload: Route = {
    name: 'webhook.upload_media',
    method: 'POST',
    path: '/cgi-bin/webhook/upload_media',
    async answer(call) {
      if (!isOurs(call)) return refuse(93000);
      const file = (await multipartOf(call))?.files['media'];
      const isSized = file && file.bytes.length > 5 && file.bytes.length <= limits.fileBytes;
      if (!isSized || call.query.get('type') !== 'file') return refuse(40058);
      const id = world.id();
      state.files[id] = { name: file.name, until: time.now() + limits.fileMs };
      world.record({ action: 'upload', key: keyOf(file.bytes.toString('base64')), title: file.name, public: false });
      const created = String(Math.floor(time.now() / 1_000));
      return json({ errcode: 0, errmsg: 'ok', type: 'file', media_id: id, created_at: created });
    },
  };

  return {
    routes: [send, upload],
    otherwise: (): Answer => ({ status: 404, type: 'text/plain', body: '' }),
    refuse: (code: number) => refuse(code),
    /** The secret is the address: it ends when the robot is taken out. */
    expireToken: () => void (state.isThere = false),
    jobs: {},
    posts: (): Post[] =>
      state.messages.map(({ at, title, text, picture }) => ({
        title,
        text,
        cover: picture,
        visible: true,
        state: '群消息',
        at,
        url: null,
      })),
    actions: {
      /** Somebody takes the robot out of the group, or puts it back. */
      setRobot: action(z.strictObject({ isThere: z.boolean() }), ({ isThere }) => void (state.isThere = isThere)),
    },
    access: () => ({ Webhook地址: `${world.base()}/cgi-bin/webhook/send?key=${key}` }),
  };
}

/** The longest beginning that fits, between characters. */
const cut = (text: string, limit: number): string => {
  let kept = '';
  for (const each of text) {
    if (bytesOf(kept + each) > limit) break;
    kept += each;
  }
  return kept;
};

export type WeComFake = Fake<ReturnType<typeof build>['actions']>;

export const startWeComFake = (given: Partial<WeComOptions> = {}, shell: ShellOptions = {}): Promise<WeComFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ messages: [], files: {}, isThere: true });
  return startFake(
    { kind: 'wecom', name: '企业微信群机器人', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
