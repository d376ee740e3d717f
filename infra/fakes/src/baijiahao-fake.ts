import { z } from 'zod';
import { json, jsonIn, jsonOf, plainFormOf, plainText, strip, type Answer } from './answers.ts';
import { action, NotThere, type Post, type Route, type World } from './fake.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { dayOf, spend } from './time.ts';

/** 百家号, facts D. Everything here is ○: it stands on examples alone, and no adapter may rely on it. */
export type BaijiahaoOptions = {
  appId: string;
  appToken: string;
  perDay: number;
  /** Error numbers are not documented in what is known. */
  codes: { parameter: number; credentials: number; quota: number };
  /** Pictures are processed later. */
  processMs: number;
};

const defaults: BaijiahaoOptions = {
  appId: '1600000000000001',
  appToken: 'fake-token-of-a-fake-account',
  perDay: 10,
  codes: { parameter: 1, credentials: 2, quota: 3 },
  processMs: 5_000,
};

type ArticleState = 'draft' | 'processing' | 'public' | 'hidden';
type Article = { id: string; title: string; content: string; at: number; state: ArticleState; picturesFail: boolean };
type State = { articles: Article[] };

const Wish = z.object({
  app_id: z.string(),
  app_token: z.string(),
  title: z.string().min(1),
  content: z.string().min(1),
  origin_url: z.string(),
  cover_images: z.string().default('[]'),
  is_original: z.union([z.literal(0), z.literal(1), z.literal('0'), z.literal('1')]).default(0),
});
const Covers = z.array(z.object({ src: z.url() })).max(3);

function build(world: World<State>, options: BaijiahaoOptions) {
  const { state, time, spent } = world;
  const { codes } = options;
  const refuse = (errno: number, errmsg = `error ${errno}`): Answer => json({ errno, errmsg, data: {} });

  const publish: Route = {
    name: 'article.publish',
    method: 'POST',
    path: '/builderinner/open/resource/article/publish',
    answer(call) {
      const wish = Wish.safeParse(jsonOf(call) ?? plainFormOf(call)).data;
      const covers = Covers.safeParse(jsonIn(wish?.cover_images ?? '')).data;
      if (!wish || !covers) return refuse(codes.parameter);
      if (wish.app_id !== options.appId || wish.app_token !== options.appToken) return refuse(codes.credentials);
      if (!spend(spent, 'articles', dayOf(time.now()), options.perDay)) return refuse(codes.quota);
      const { title } = wish;
      const content = strip(wish.content, () => true);
      const id = world.digits(19);
      const isDraft = covers.length === 0;
      const picturesFail = world.fault('article.publish', 'review') !== null;
      state.articles.push({
        id,
        title,
        content,
        at: time.now(),
        state: isDraft ? 'draft' : 'processing',
        picturesFail,
      });
      if (!isDraft) world.later(options.processMs, 'process', id);
      world.record({ action: 'article.publish', key: keyOf(title, content), title, public: false });
      return json({ errno: 0, errmsg: 'success', data: { article_id: id } });
    },
  };
  const status: Route = {
    name: 'query.status',
    method: 'POST',
    path: '/builderinner/open/resource/query/status',
    answer(call) {
      const form = z
        .object({ app_id: z.string(), app_token: z.string(), article_id: z.string() })
        .safeParse(jsonOf(call) ?? plainFormOf(call)).data;
      if (form?.app_id !== options.appId || form.app_token !== options.appToken) return refuse(codes.credentials);
      const article = state.articles.find(({ id }) => id === form.article_id);
      if (!article) return refuse(codes.parameter);
      return json({
        errno: 0,
        errmsg: 'success',
        data: { article_id: article.id, status: article.state, url: urlOf(article) },
      });
    },
  };

  const urlOf = ({ id, state: is }: Article) => (is === 'public' ? `${world.base()}/s?id=${id}` : '');
  const words: Record<ArticleState, string> = {
    draft: '草稿（没有封面）',
    processing: '图片处理中',
    public: '已发布',
    hidden: '图片处理失败，读者看不到',
  };

  return {
    routes: [publish, status],
    otherwise: (): Answer => ({ status: 404, type: 'text/plain', body: '' }),
    refuse: (code: number) => refuse(code),
    /** The token is fixed. */
    expireToken() {},
    jobs: {
      process(id: string) {
        const article = state.articles.find((each) => each.id === id);
        if (article?.state !== 'processing') return;
        article.state = article.picturesFail ? 'hidden' : 'public';
        const { title, content } = article;
        if (article.state === 'public')
          world.record({ action: 'publish', key: keyOf(title, content), title, public: true });
      },
    },
    posts: (): Post[] =>
      state.articles.map((article) => ({
        title: article.title,
        text: plainText(article.content),
        cover: null,
        visible: article.state === 'public',
        state: words[article.state],
        at: article.at,
        url: urlOf(article) || null,
      })),
    page(path: string, query: URLSearchParams) {
      const article = state.articles.find(({ id }) => path === '/s' && id === query.get('id'));
      return article?.state === 'public' ? { title: article.title, html: article.content } : null;
    },
    actions: {
      hide: action(z.strictObject({ id: z.string() }), ({ id }) => {
        const article = state.articles.find((each) => each.id === id);
        if (!article) throw new NotThere(`no article ${id}`);
        article.state = 'hidden';
      }),
    },
    access: () => ({ 接口地址: world.base(), app_id: options.appId, app_token: options.appToken }),
  };
}

export type BaijiahaoFake = Fake<ReturnType<typeof build>['actions']>;

export const startBaijiahaoFake = (
  given: Partial<BaijiahaoOptions> = {},
  shell: ShellOptions = {},
): Promise<BaijiahaoFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ articles: [] });
  return startFake(
    { kind: 'baijiahao', name: '百家号', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
