import { isIP } from 'node:net';
import { z } from 'zod';
import {
  bytesOf,
  json,
  length,
  multipartOf,
  plainFormOf,
  plainText,
  redirect,
  strip,
  type Answer,
  type Call,
} from './answers.ts';
import { action, NotThere, type Post, type Route, type World } from './fake.ts';
import { imageKind } from './images.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { dayOf, hourOf, spend } from './time.ts';

/** How the app is, and the platform's limits. ○: of one weak source, to be confirmed with the platform. */
export type WeiboOptions = {
  appKey: string;
  appSecret: string;
  /** 安全域名 bound to the app: one link of a post must lead there, or below. */
  domains: string[];
  /** Opened by the account manager, for government, media and institutions only. */
  articles: boolean;
  /** Lifetime of a token: 1 to 90 days by the app's level ○. */
  tokenMs: number;
  limits: {
    articleTitle: number;
    articleContent: number;
    articleText: number;
    statusCharacters: number;
    /** What an ASCII character counts for ○. */
    asciiWeight: number;
    pictureBytes: number;
    /** For one user of the app, all calls together; an older revision has other figures. */
    callsPerDay: number;
    callsPerIpAndHour: number;
    postsPerHour: number;
    /** 11001 beyond it; the figure is not published ○. */
    articlesPerHour: number;
  };
  /** How long the same text is refused ○, and with which of 20017, 20019 and 20111. */
  repeatMs: number;
  repeatCode: number;
  /** After 20032 a post shows this much later; "1–2 minutes". */
  syncMs: number;
  /** Whether `code` of the article call is a string or a number: both are documented. */
  codeAs: 'string' | 'number';
  /** HTTP status of `error_code` answers; 403 is used too. */
  errorStatus: number;
};

const defaults: WeiboOptions = {
  appKey: '1000000001',
  appSecret: 'fake-secret-of-a-fake-app-000001',
  domains: ['tax.example', '127.0.0.1', 'localhost'],
  articles: true,
  tokenMs: 15 * 24 * 3_600_000,
  limits: {
    articleTitle: 32,
    articleContent: 90_000,
    articleText: 1_900,
    statusCharacters: 140,
    asciiWeight: 0.5,
    pictureBytes: 5 * 2 ** 20,
    callsPerDay: 100,
    callsPerIpAndHour: 15_000,
    postsPerHour: 30,
    articlesPerHour: 30,
  },
  repeatMs: 24 * 3_600_000,
  repeatCode: 20019,
  syncMs: 90_000,
  codeAs: 'string',
  errorStatus: 400,
};

/** [wb] error tables ◐ */
const messages: Record<number, string> = {
  10001: 'system error',
  10002: 'service unavailable',
  10003: 'remote service error',
  10004: 'IP limit',
  10005: 'permission denied, need a high level appkey',
  10006: 'source paramter (appkey) is missing',
  10008: 'param error, see doc for more info',
  10009: 'too many pending tasks, system is busy',
  10010: 'job expired',
  10011: 'RPC error',
  10014: 'insufficient app permissions',
  10016: 'miss required parameter, see doc for more info',
  10017: 'parameter value is not legal, see doc for more info',
  10018: 'request body length over limit, see doc for more info',
  10022: 'IP requests out of rate limit',
  10023: 'user requests out of rate limit',
  10024: 'user requests for this api out of rate limit',
  11001: 'publishing too often',
  11002: 'accompanying post failed',
  11003: 'binding of article and post failed',
  20005: 'unsupport image type, only support JPG, GIF, PNG',
  20006: 'image size too large',
  20007: 'does multipart has image',
  20012: 'text too long, please input text less than 140 characters',
  20013: 'text too long, please input text less than 300 characters',
  20016: 'out of limit',
  20017: 'repeat content (similar)',
  20019: 'repeat content',
  20031: 'need captcha',
  20032: 'update success, while server slow now, please wait 1-2 minutes',
  20101: 'target weibo does not exist',
  20111: 'repeated weibo text',
  21327: 'expired token',
  21332: 'invalid access token',
};

type Status = {
  mid: string;
  text: string;
  picture: string | null;
  at: number;
  /** Readers and timelines see it from here on. */
  visibleAt: number;
  isDeleted: boolean;
};
type ArticlePost = {
  id: string;
  /** Null where the accompanying post failed. */
  mid: string | null;
  title: string;
  content: string;
  cover: string;
  text: string;
  at: number;
  isDeleted: boolean;
};
type State = {
  tokens: Record<string, { uid: string; expiresAt: number }>;
  codes: Record<string, { redirectUri: string }>;
  statuses: Status[];
  articles: ArticlePost[];
};

/** The token that a demonstration starts with, as if an operator had authorised the app. */
const firstToken = '2.00FAKEfakeFAKEfakeFAKEfakeFAKE';
const uid = '1000000000000001';

/** Weibo, facts B: articles, link posts, the own timeline, tokens. */
function build(world: World<State>, options: WeiboOptions) {
  const { state, time, spent } = world;
  const { limits } = options;
  const now = () => time.now();
  state.tokens[firstToken] ??= { uid, expiresAt: now() + options.tokenMs };

  const refuse = (code: number, call: Call, status = options.errorStatus): Answer =>
    json({ request: call.path, error_code: code, error: messages[code] ?? 'error' }, status);
  const codeOf = (code: number) => (options.codeAs === 'string' ? String(code) : code);
  const refuseArticle = (code: number): Answer =>
    json({ code: codeOf(code), msg: messages[code] ?? 'error', data: {} });
  const isArticleCall = ({ path }: Call) => path === '/proxy/article/publish.json';

  /** Why this caller may not call, or null; a call that was let in is counted. */
  function barred(token: string | null | undefined, { ip }: Call): number | null {
    if (!spend(spent, `ip ${ip}`, hourOf(now()), limits.callsPerIpAndHour)) return 10022;
    if (!token) return 10006;
    const known = state.tokens[token];
    if (!known) return 21332;
    if (known.expiresAt <= now()) return 21327;
    return spend(spent, 'calls', dayOf(now()), limits.callsPerDay) ? null : 10023;
  }

  const ArticleWish = z.object({
    title: z
      .string()
      .min(1)
      .refine((text) => length(text) <= limits.articleTitle),
    content: z
      .string()
      .min(1)
      .refine((text) => length(text) <= limits.articleContent),
    cover: z.url({ protocol: /^https?$/ }),
    text: z
      .string()
      .min(1)
      .refine((text) => length(text) <= limits.articleText),
    rip: z.string().refine((ip) => isIP(ip) !== 0),
    summary: z.string().default(''),
  });

  const article: Route = {
    name: 'article.publish',
    method: 'POST',
    path: '/proxy/article/publish.json',
    answer(call) {
      const form = plainFormOf(call);
      if (!form) return refuse(10008, call);
      const bar = barred(form['access_token'], call);
      if (bar !== null) return refuse(bar, call);
      if (!options.articles) return refuse(10014, call, 403);
      const read = ArticleWish.safeParse(form);
      if (!read.success) return refuseArticle(10008);
      if (!spend(spent, 'articles', hourOf(now()), limits.articlesPerHour)) return refuseArticle(11001);
      const { title, content, cover, text } = read.data;
      const [id, mid] = [`2309${world.digits(15)}`, world.digits(16)];
      state.articles.push({
        id,
        mid,
        title,
        content: strip(content, () => true),
        cover,
        text,
        at: now(),
        isDeleted: false,
      });
      world.record({ action: 'article', key: keyOf('article', title, content), title, public: true });
      return json({
        code: codeOf(100000),
        msg: 'ok',
        data: { object_id: `1022:${id}`, url: articleUrl(id), mid },
      });
    },
  };

  const share: Route = {
    name: 'statuses.share',
    method: 'POST',
    path: '/2/statuses/share.json',
    async answer(call) {
      const parts = await multipartOf(call);
      const form = parts?.fields ?? plainFormOf(call);
      if (!form) return refuse(10008, call);
      const bar = barred(form['access_token'], call);
      if (bar !== null) return refuse(bar, call);
      if (!form['status'] || !form['rip']) return refuse(10016, call);
      const code = wrongWith(form['status'], form['rip']);
      if (code !== null) return refuse(code, call);
      const picture = parts?.files['pic'];
      const kind = picture && imageKind(picture.bytes);
      // A picture that is named in a plain form is none.
      if ('pic' in form || (parts && !picture)) return refuse(20007, call);
      if (picture && (!kind || kind.type === 'bmp')) return refuse(20005, call);
      if (picture && picture.bytes.length >= limits.pictureBytes) return refuse(20006, call);
      const text = form['status'];
      const before = state.statuses.find((each) => each.text === text && now() - each.at < options.repeatMs);
      if (before && !before.isDeleted) return refuse(options.repeatCode, call);
      if (!spend(spent, 'posts', hourOf(now()), limits.postsPerHour)) return refuse(20016, call);
      const mid = world.digits(17);
      const shown = picture && kind ? world.keepPicture(mid, kind, picture.bytes) : null;
      const status = { mid, text, picture: shown, at: now(), visibleAt: now(), isDeleted: false };
      state.statuses.push(status);
      world.record({ action: 'statuses.share', key: keyOf('status', text), title: text, public: true });
      return json(statusOf(status));
    },
  };

  function wrongWith(text: string, rip: string): number | null {
    if (isIP(rip) === 0) return 10017;
    const count = [...text].reduce((sum, each) => sum + (bytesOf(each) === 1 ? limits.asciiWeight : 1), 0);
    if (count > limits.statusCharacters) return 20012;
    if (/#[^#\s]+#/.test(text)) return 10017;
    const hosts = [...text.matchAll(/https?:\/\/[^\s\u4e00-\u9fff，。；！？、]+/g)].map(([url]) => hostOf(url));
    const isBound = (host: string) => options.domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
    return hosts.some(isBound) ? null : 10017;
  }

  /** `id` is written past 2^53, as the platform does; its text is `idstr` and `mid`. */
  const statusOf = ({ mid, text, picture, at }: Status) => ({
    created_at: new Date(at).toUTCString(),
    id: BigInt(mid),
    idstr: mid,
    mid,
    text,
    source: 'fake',
    ...(picture && { thumbnail_pic: `${world.base()}${picture}` }),
    user: { id: BigInt(uid), idstr: uid, screen_name: '模拟账号' },
  });
  const isShown = ({ isDeleted, visibleAt }: Status) => !isDeleted && visibleAt <= now();

  /** ○ path and shape by general knowledge; counts against the day's calls. */
  const timeline: Route = {
    name: 'statuses.user_timeline',
    method: 'GET',
    path: '/2/statuses/user_timeline.json',
    answer(call) {
      const bar = barred(call.query.get('access_token'), call);
      if (bar !== null) return refuse(bar, call);
      const count = Math.min(Number(call.query.get('count') ?? 20), 100);
      const page = Number(call.query.get('page') ?? 1);
      if (!(count >= 1 && page >= 1)) return refuse(10017, call);
      const all = state.statuses.filter(isShown).toReversed();
      const statuses = all.slice((page - 1) * count, page * count).map(statusOf);
      return json({ statuses, total_number: all.length });
    },
  };
  const show: Route = {
    name: 'statuses.show',
    method: 'GET',
    path: '/2/statuses/show.json',
    answer(call) {
      const bar = barred(call.query.get('access_token'), call);
      if (bar !== null) return refuse(bar, call);
      const found = state.statuses.find(({ mid }) => mid === call.query.get('id'));
      return found && isShown(found) ? json(statusOf(found)) : refuse(20101, call);
    },
  };
  /** Ordinary apps may not. */
  const update: Route = {
    name: 'statuses.update',
    method: 'POST',
    path: '/2/statuses/update.json',
    answer: (call) => refuse(10014, call, 403),
  };

  /** ○ paths of OAuth 2 by general knowledge. The fake's person agrees at once. */
  const authorise: Route = {
    name: 'oauth2.authorize',
    method: 'GET',
    path: '/oauth2/authorize',
    answer(call) {
      const { query } = call;
      const back = query.get('redirect_uri') ?? '';
      if (query.get('client_id') !== options.appKey || !URL.canParse(back)) return refuse(10017, call);
      const code = world.id().slice(0, 32);
      state.codes[code] = { redirectUri: back };
      const target = new URL(back);
      target.searchParams.set('code', code);
      if (query.has('state')) target.searchParams.set('state', query.get('state')!);
      return redirect(target.href);
    },
  };
  const accessToken: Route = {
    name: 'oauth2.access_token',
    method: 'POST',
    path: '/oauth2/access_token',
    answer(call) {
      const form = { ...plainFormOf(call), ...Object.fromEntries(call.query) };
      const code = form['code'] ?? '';
      const known = state.codes[code];
      const isOurs = form['client_id'] === options.appKey && form['client_secret'] === options.appSecret;
      if (form['grant_type'] !== 'authorization_code' || !isOurs || known?.redirectUri !== form['redirect_uri'])
        return json({ error: 'invalid_grant', error_code: 21325, request: call.path }, 400);
      delete state.codes[code];
      const token = `2.00${world.id().slice(0, 28)}`;
      state.tokens[token] = { uid, expiresAt: now() + options.tokenMs };
      const expiresIn = Math.floor(options.tokenMs / 1_000);
      return json({ access_token: token, remind_in: String(expiresIn), expires_in: expiresIn, uid });
    },
  };

  const articleUrl = (id: string) => `${world.base()}/ttarticle/p/show?id=${id}`;
  const statusUrl = (mid: string) => `${world.base()}/${uid}/${mid}`;

  function posts(): Post[] {
    return [
      ...state.articles.map(({ id, title, content, at, isDeleted, mid }) => ({
        title,
        text: plainText(content),
        cover: null,
        visible: !isDeleted,
        state: isDeleted ? '已删除' : mid ? '头条文章' : '头条文章（无配文微博）',
        at,
        url: isDeleted ? null : articleUrl(id),
      })),
      ...state.statuses.map((each) => ({
        title: '',
        text: each.text,
        cover: each.picture,
        visible: isShown(each),
        state: each.isDeleted ? '已删除' : isShown(each) ? '微博' : '同步中，读者还看不到',
        at: each.at,
        url: isShown(each) ? statusUrl(each.mid) : null,
      })),
    ];
  }

  function page(path: string, query: URLSearchParams) {
    const found = state.articles.find(({ id }) => path === '/ttarticle/p/show' && id === query.get('id'));
    if (found) return found.isDeleted ? gone : { title: found.title, html: found.content, note: found.text };
    const status = state.statuses.find(({ mid }) => path === `/${uid}/${mid}`);
    if (!status) return null;
    const text = status.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return isShown(status) ? { title: '微博', html: `<p>${text}</p>` } : gone;
  }
  const gone = { title: '抱歉，此内容不存在或已被删除', html: '' };

  return {
    routes: [article, share, timeline, show, update, authorise, accessToken],
    otherwise: (call: Call): Answer =>
      json({ request: call.path, error_code: 10020, error: 'request api not found' }, 404),
    refuse(code: number, call: Call): Answer {
      const newest = state.statuses.at(-1);
      // Published, and synchronised later.
      if (code === 20032 && newest?.at === now()) newest.visibleAt = now() + options.syncMs;
      const written = state.articles.at(-1);
      if ((code === 11002 || code === 11003) && written?.at === now()) written.mid = null;
      return isArticleCall(call) && code < 20_000 ? refuseArticle(code) : refuse(code, call);
    },
    expireToken(call: Call): void {
      const given = plainFormOf(call)?.['access_token'] ?? call.query.get('access_token') ?? '';
      // In a multipart form it would have to be looked for; all of them expire then.
      for (const [token, each] of Object.entries(state.tokens))
        if (given === '' || given === token) each.expiresAt = now();
    },
    jobs: {},
    posts,
    page,
    actions: {
      /** The platform or a person deletes a post or an article, by `mid`, `object_id` or article id. */
      remove: action(z.strictObject({ id: z.string() }), ({ id }) => {
        const bare = id.replace(/^1022:/, '');
        const found = state.statuses.find(({ mid }) => mid === id) ?? state.articles.find((each) => each.id === bare);
        if (!found) throw new NotThere(`no post ${id}`);
        found.isDeleted = true;
      }),
      /** An operator authorises the app anew; the token. */
      authorise: action(z.strictObject({}), () => {
        const token = `2.00${world.id().slice(0, 28)}`;
        state.tokens[token] = { uid, expiresAt: now() + options.tokenMs };
        return token;
      }),
    },
    access: () => ({
      接口地址: world.base(),
      'App Key': options.appKey,
      'App Secret': options.appSecret,
      access_token: firstToken,
      安全域名: options.domains.join('、'),
    }),
  };
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).hostname : '');

export type WeiboFake = Fake<ReturnType<typeof build>['actions']>;

export const startWeiboFake = (given: Partial<WeiboOptions> = {}, shell: ShellOptions = {}): Promise<WeiboFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ tokens: {}, codes: {}, statuses: [], articles: [] });
  return startFake(
    { kind: 'weibo', name: '微博', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
