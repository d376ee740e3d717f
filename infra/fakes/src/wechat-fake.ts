import { z } from 'zod';
import {
  bytesOf,
  json,
  jsonIn,
  jsonOf,
  multipartOf,
  plainText,
  strip,
  type Answer,
  type Call,
  type Upload,
} from './answers.ts';
import { action, NotThere, type Post, type Route, type World } from './fake.ts';
import { imageKind } from './images.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { dayOf, minuteOf, monthOf, spend, spentIn } from './time.ts';
import { Article, articleLimits, digestOf, wrongWith, type ArticleLimits } from './wechat-articles.ts';
import { checkUrl, eventRequest, type CallbackSettings, type Xml } from './wechat-callback.ts';

/** How the account is, and what the platform's limits are. Marked ○: of one weak source, to be confirmed with the platform. */
export type WeChatOptions = {
  appid: string;
  secret: string;
  /** 公众号 (formerly 订阅号) or 服务号. */
  account: 'subscription' | 'service';
  /** freepublish and mass sending are for verified accounts; others get 48001. [wx-O] */
  verified: boolean;
  /** Addresses that may call; null for any. [SDK-java] */
  allowedIps: string[] | null;
  limits: ArticleLimits & {
    /** ○ */
    articles: number;
    /** Fewer than this. [wx-S] api_uploadimage */
    bodyImageBytes: number;
    /** 2 MB in older pages ◐. */
    coverBytes: number;
    thumbBytes: number;
    voiceBytes: number;
    videoBytes: number;
    libraryImages: number;
    libraryOthers: number;
  };
  /** Between `submit` and the result; not stated anywhere ○. */
  publishMs: number;
  massMs: number;
  /** How long a `clientmsgid` is compared. ◐ */
  clientMsgIdMs: number;
  /** The same `clientmsgid` again before this is 45066. */
  replayGapMs: number;
  /** Mass sends wait for the administrator, 30 minutes at most. */
  sendProtection: boolean;
  /** `publish_id` is a string on one page and an integer on another. */
  publishIdAs: 'string' | 'number';
  followers: number;
  callback: CallbackSettings | null;
};

const defaults: WeChatOptions = {
  appid: 'wxfake0000000000001',
  secret: 'fake-secret-of-a-fake-account-00',
  account: 'subscription',
  verified: true,
  allowedIps: null,
  limits: {
    ...articleLimits,
    articles: 8,
    bodyImageBytes: 2 ** 20,
    coverBytes: 10 * 2 ** 20,
    thumbBytes: 64 * 1_024,
    voiceBytes: 2 * 2 ** 20,
    videoBytes: 10 * 2 ** 20,
    libraryImages: 100_000,
    libraryOthers: 1_000,
  },
  publishMs: 3_000,
  massMs: 3_000,
  clientMsgIdMs: 24 * 3_600_000,
  replayGapMs: 60_000,
  sendProtection: false,
  publishIdAs: 'string',
  followers: 1_000,
  callback: null,
};

/** [SDK-java] WxMpErrorMsgEnum, [wx-S] */
const messages: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40005: 'invalid file type',
  40007: 'invalid media_id',
  40009: 'invalid image size',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40066: 'invalid url',
  40125: 'invalid appsecret',
  40164: 'invalid ip, not in whitelist',
  41006: 'missing media_id',
  42001: 'access_token expired',
  44002: 'empty post data',
  44003: 'empty news data',
  45002: 'content size out of limit',
  45003: 'title size out of limit',
  45004: 'description size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45028: 'has no masssend quota',
  45065: 'clientmsgid exist',
  45066: 'same clientmsgid retry too fast',
  45067: 'clientmsgid size out of limit',
  45166: 'invalid content',
  47001: 'data format error',
  48001: 'api unauthorized',
  48003: 'user not agree mass-send protocol',
  48004: 'api forbidden for irregularities',
  48008: 'no permission for this msgtype',
  50002: 'user limited',
  53503: 'draft check failed',
  53504: 'please use the website to publish',
  53505: 'please save the draft manually first',
};

type Status = 0 | 1 | 2 | 3 | 4 | 5 | 6;
type Publish = {
  publishId: string;
  mediaId: string;
  articleId: string;
  articles: Article[];
  status: Status;
  /** What the review will say. */
  verdict: 0 | 2 | 3 | 4;
  at: number;
  /** 0-based. */
  deleted: number[];
};
type MassStatus = 'SEND_SUCCESS' | 'SENDING' | 'SEND_FAIL' | 'DELETE';
type Mass = {
  msgId: string;
  dataId: string;
  mediaId: string | null;
  articleId: string;
  title: string;
  text: string;
  articles: Article[];
  status: MassStatus;
  /** What `Status` of the callback will be. */
  result: string;
  awaitsAdministrator: boolean;
  at: number;
  /** 0-based. */
  deleted: number[];
};
type State = {
  tokens: { value: string; expiresAt: number }[];
  forcedAt: number | null;
  verified: boolean;
  allowedIps: string[] | null;
  callback: CallbackSettings | null;
  /** Permanent material by `media_id`. */
  materials: Record<string, { type: string; url: string; picture: string | null }>;
  /** Addresses of images that may stand in an article, with their picture on our page. */
  images: Record<string, string>;
  drafts: Record<string, { articles: Article[]; updatedAt: number }>;
  publishes: Record<string, Publish>;
  masses: Record<string, Mass>;
  /** By `clientmsgid`, or by a digest of range and content. */
  sent: Record<string, { msgId: string; at: number; triedAt: number }>;
};

const tokenSeconds = 7_200;
const overlapMs = 300_000;
const administratorMs = 30 * 60_000;

const stateWords: Record<Status, string> = {
  0: '已发布',
  1: '发布中',
  2: '原创校验未通过',
  3: '发布失败',
  4: '平台审核未通过',
  5: '已删除',
  6: '已被平台封禁',
};

const TokenWish = z.object({
  grant_type: z.literal('client_credential'),
  appid: z.string(),
  secret: z.string(),
  force_refresh: z.boolean().default(false),
});
const MediaId = z.object({ media_id: z.string().min(1) });
const PublishId = z.object({ publish_id: z.union([z.string(), z.number()]).transform(String) });
const Batch = z.object({
  offset: z.number().int().min(0),
  count: z.number().int().min(1).max(20),
  no_content: z.union([z.literal(0), z.literal(1)]).default(0),
});
const MassWish = z.object({
  filter: z.object({ is_to_all: z.boolean().default(false), tag_id: z.union([z.string(), z.number()]).optional() }),
  msgtype: z.string(),
  mpnews: z.object({ media_id: z.string() }).optional(),
  text: z.object({ content: z.string() }).optional(),
  images: z.object({ media_ids: z.array(z.string()).min(1), recommend: z.string().default('') }).optional(),
  voice: z.object({ media_id: z.string() }).optional(),
  mpvideo: z.object({ media_id: z.string() }).optional(),
  send_ignore_reprint: z.union([z.literal(0), z.literal(1)]).default(0),
  clientmsgid: z.string().optional(),
});
type MassWish = z.infer<typeof MassWish>;
const MsgId = z.object({
  msg_id: z.union([z.string(), z.number()]).transform(String),
  article_idx: z.number().int().min(0).default(0),
});

/** An escape in the bytes of JSON, where the platform wants UTF-8. A backslash that was itself escaped is none. */
const hasEscapes = (text: string) => /(?<!\\)(?:\\\\)*\\u[0-9a-f]{4}/i.test(text);

/** WeChat Official Account, facts A: tokens, images, drafts, publishing, mass sending, callbacks. */
const define = (options: WeChatOptions) => ({
  kind: 'wechat',
  name: '微信公众号',
  shape: 1,
  begin: (): State => ({
    tokens: [],
    forcedAt: null,
    verified: options.verified,
    allowedIps: options.allowedIps,
    callback: options.callback,
    materials: {},
    images: {},
    drafts: {},
    publishes: {},
    masses: {},
    sent: {},
  }),
  build: (world: World<State>) => build(world, options),
});

function build(world: World<State>, options: WeChatOptions) {
  const { state, time, spent } = world;
  const { limits } = options;
  const now = () => time.now();
  const seconds = () => Math.floor(now() / 1_000);

  const rid = () => `rid: ${seconds().toString(16)}-${world.digits(8)}-${world.digits(8)}`;
  const refuse = (code: number, more: object = {}): Answer =>
    json({ errcode: code, errmsg: `${messages[code] ?? (code === 0 ? 'ok' : 'error')} ${rid()}`, ...more });
  const ok = (more: object = {}): Answer => json({ errcode: 0, errmsg: 'ok', ...more });

  /** Why this caller may not call, or null. */
  function barred({ query, ip }: Call): number | null {
    if (state.allowedIps && !state.allowedIps.includes(ip)) return 40164;
    const given = query.get('access_token');
    if (!given) return 40014;
    const token = state.tokens.find(({ value }) => value === given);
    if (!token) return 40001;
    return token.expiresAt <= now() ? 42001 : null;
  }

  /** A call with a token and JSON. */
  const called = <I extends z.ZodType>(
    path: string,
    input: I,
    run: (input: z.output<I>, call: Call) => Answer,
    { verified = false, missing = 47001 } = {},
  ): Route => ({
    name: path.replace('/cgi-bin/', '').replaceAll('/', '.'),
    method: 'POST',
    path,
    answer(call) {
      const bar = barred(call);
      if (bar !== null) return refuse(bar);
      if (verified && !state.verified) return refuse(48001);
      const read = readBody(call, input, missing);
      return 'code' in read ? refuse(read.code) : run(read.input, call);
    },
  });

  function readBody<I extends z.ZodType>(call: Call, input: I, missing: number) {
    const raw = call.body.toString('utf8');
    if (raw === '') return { code: 44002 };
    const value = jsonOf(call);
    if (value === undefined) return { code: 47001 };
    if (hasEscapes(raw)) return { code: 40033 };
    const read = input.safeParse(value);
    return read.success ? { input: read.data } : { code: missing };
  }

  /** The token that is in use, or a new one: five minutes before the end both are good. [wx-S] */
  function issueToken(forced: boolean): { access_token: string; expires_in: number } {
    const mayForce =
      forced &&
      (state.forcedAt === null || now() - state.forcedAt >= 30_000) &&
      spend(spent, 'forced token', dayOf(now()), 20);
    if (mayForce) {
      state.tokens = [];
      state.forcedAt = now();
    }
    state.tokens = state.tokens.filter(({ expiresAt }) => expiresAt > now() - 24 * 3_600_000);
    const newest = state.tokens.at(-1);
    if (newest && newest.expiresAt - now() > overlapMs)
      return { access_token: newest.value, expires_in: Math.floor((newest.expiresAt - now()) / 1_000) };
    const value = `FAKE_${world.id()}${world.id()}${world.id()}`;
    state.tokens.push({ value, expiresAt: now() + tokenSeconds * 1_000 });
    return { access_token: value, expires_in: tokenSeconds };
  }

  const token: Route = {
    name: 'stable_token',
    method: 'POST',
    path: '/cgi-bin/stable_token',
    answer(call) {
      if (state.allowedIps && !state.allowedIps.includes(call.ip)) return refuse(40164);
      if (!spend(spent, 'token minute', minuteOf(now()), 10_000)) return refuse(45011);
      if (!spend(spent, 'token day', dayOf(now()), 500_000)) return refuse(45009);
      const read = readBody(call, TokenWish, 47001);
      if ('code' in read) return refuse(read.code);
      const { appid, secret, force_refresh: forced } = read.input;
      if (appid !== options.appid) return refuse(40013);
      return secret === options.secret ? json(issueToken(forced)) : refuse(40125);
    },
  };

  /** A file that a call with a token brought in its `media` field. */
  const uploaded = (
    path: string,
    run: (file: Upload, call: Call, fields: Record<string, string>) => Answer,
  ): Route => ({
    name: path.replace('/cgi-bin/', '').replaceAll('/', '.'),
    method: 'POST',
    path,
    async answer(call) {
      const bar = barred(call);
      if (bar !== null) return refuse(bar);
      const parts = await multipartOf(call);
      const file = parts?.files['media'];
      return file ? run(file, call, parts.fields) : refuse(40005);
    },
  });

  /** Keeps an image; its address is the platform's own. [wx-S] api_uploadimage */
  function keepImage(bytes: Buffer): { id: string; url: string; picture: string } | null {
    const kind = imageKind(bytes);
    if (!kind) return null;
    const id = world.id();
    const url = `http://mmbiz.qpic.cn/mmbiz_${kind.type}/${id}/0?wx_fmt=${kind.type}`;
    const picture = world.keepPicture(id, kind, bytes);
    state.images[url] = picture;
    return { id, url, picture };
  }

  const bodyImage = uploaded('/cgi-bin/media/uploadimg', ({ bytes }) => {
    const kind = imageKind(bytes);
    if (kind?.type !== 'jpg' && kind?.type !== 'png') return refuse(40005);
    if (bytes.length >= limits.bodyImageBytes) return refuse(40009);
    world.record({ action: 'media.uploadimg', key: keyOf(bytes.toString('base64')), title: '', public: false });
    return ok({ url: keepImage(bytes)!.url });
  });

  const material = uploaded('/cgi-bin/material/add_material', (file, call, fields) => {
    const type = call.query.get('type') ?? '';
    const wrong = wrongMaterial(type, file.bytes, fields);
    if (wrong !== null) return refuse(wrong);
    const isImage = type === 'image';
    const kept = Object.values(state.materials).filter((each) => (each.type === 'image') === isImage).length;
    if (kept >= (isImage ? limits.libraryImages : limits.libraryOthers)) return refuse(45009);
    const image = keepImage(file.bytes);
    const mediaId = world.id() + world.id().slice(0, 21);
    state.materials[mediaId] = { type, url: image?.url ?? '', picture: image?.picture ?? null };
    const key = keyOf(type, file.bytes.toString('base64'));
    world.record({ action: 'material.add_material', key, title: file.name, public: false });
    return json({ media_id: mediaId, ...(image && { url: image.url }) });
  });

  function wrongMaterial(type: string, bytes: Buffer, fields: Record<string, string>): number | null {
    const kind = imageKind(bytes)?.type;
    switch (type) {
      case 'image':
        if (!kind) return 40005;
        return bytes.length > limits.coverBytes ? 40009 : null;
      case 'thumb':
        if (kind !== 'jpg') return 40005;
        return bytes.length > limits.thumbBytes ? 40009 : null;
      case 'voice':
        return bytes.length > limits.voiceBytes ? 40009 : null;
      case 'video': {
        if (bytes.subarray(4, 8).toString('latin1') !== 'ftyp') return 40005;
        const description = z.object({ title: z.string(), introduction: z.string() });
        const read = description.safeParse(jsonIn(fields['description'] ?? ''));
        if (!read.success) return 47001;
        return bytes.length > limits.videoBytes ? 40009 : null;
      }
      default:
        return 40005;
    }
  }

  const isMaterial = (id: string) => state.materials[id]?.type === 'image' || state.materials[id]?.type === 'thumb';
  const wrong = (article: Article) => wrongWith(article, limits, isMaterial);
  /** As it is stored: without script and without images from elsewhere, silently. */
  const stored = (article: Article, isAlone: boolean): Article => {
    const content =
      article.article_type === 'newspic'
        ? plainText(article.content)
        : strip(article.content, (src) => Object.hasOwn(state.images, src));
    return { ...article, content, digest: digestOf(article, isAlone) };
  };
  const newsItems = (articles: Article[], url: (index: number) => string, deleted?: number[]) =>
    articles.map((article, index) => ({
      ...article,
      url: url(index),
      ...(deleted && { is_deleted: deleted.includes(index) }),
    }));
  const draftUrl = (mediaId: string) => (index: number) => `${world.base()}/s?tempkey=${mediaId}&idx=${index + 1}`;
  const articleUrl = (articleId: string) => (index: number) =>
    `${world.base()}/s?__biz=fake&mid=${articleId}&idx=${index + 1}`;
  /** `no_content` leaves out the text. */
  const listed = (items: object[], isBare: boolean) =>
    isBare
      ? items.map((item) => Object.fromEntries(Object.entries(item).filter(([field]) => field !== 'content')))
      : items;

  const drafts: Route[] = [
    called(
      '/cgi-bin/draft/add',
      z.object({ articles: z.array(Article).min(1).max(limits.articles) }),
      ({ articles }) => {
        const code = articles.map(wrong).find((each) => each !== null);
        if (code !== undefined) return refuse(code);
        const mediaId = world.id() + world.id().slice(0, 21);
        const kept = articles.map((article) => stored(article, articles.length === 1));
        state.drafts[mediaId] = { articles: kept, updatedAt: seconds() };
        world.record({ action: 'draft.add', key: contentKey(kept), title: kept[0]!.title, public: false });
        // Success has no errcode here: a reader must not insist on one.
        return json({ media_id: mediaId, item: [] });
      },
    ),
    called(
      '/cgi-bin/draft/get',
      MediaId,
      ({ media_id: id }) => {
        const draft = state.drafts[id];
        return draft ? json({ news_item: newsItems(draft.articles, draftUrl(id)) }) : refuse(40007);
      },
      { missing: 41006 },
    ),
    called(
      '/cgi-bin/draft/update',
      MediaId.extend({ index: z.number().int().min(0), articles: Article }),
      ({ media_id: id, index, articles: article }) => {
        const draft = state.drafts[id];
        if (!draft) return refuse(40007);
        if (index >= draft.articles.length) return refuse(47001);
        const code = wrong(article);
        if (code !== null) return refuse(code);
        draft.articles[index] = stored(article, draft.articles.length === 1);
        draft.updatedAt = seconds();
        world.record({ action: 'draft.update', key: contentKey(draft.articles), title: article.title, public: false });
        return ok();
      },
    ),
    called(
      '/cgi-bin/draft/delete',
      MediaId,
      ({ media_id: id }) => {
        const draft = state.drafts[id];
        if (draft) {
          const [first] = draft.articles;
          delete state.drafts[id];
          world.record({ action: 'draft.delete', key: contentKey(draft.articles), title: first!.title, public: false });
        }
        return ok();
      },
      { missing: 41006 },
    ),
    {
      name: 'draft.count',
      method: 'GET',
      path: '/cgi-bin/draft/count',
      answer(call) {
        const bar = barred(call);
        return bar === null ? json({ total_count: Object.keys(state.drafts).length }) : refuse(bar);
      },
    },
    called('/cgi-bin/draft/batchget', Batch, ({ offset, count, no_content: bare }) => {
      const all = Object.entries(state.drafts).toReversed();
      const item = all.slice(offset, offset + count).map(([id, { articles, updatedAt }]) => ({
        media_id: id,
        content: { news_item: listed(newsItems(articles, draftUrl(id)), bare === 1) },
        update_time: updatedAt,
      }));
      return json({ total_count: all.length, item_count: item.length, item });
    }),
  ];

  const contentKey = (articles: Article[]) =>
    keyOf(articles.map(({ title, content, content_source_url: source }) => [title, content, source]));

  const publishing: Route[] = [
    called(
      '/cgi-bin/freepublish/submit',
      MediaId,
      ({ media_id: mediaId }) => {
        const draft = state.drafts[mediaId];
        if (!draft) return refuse(40007);
        const publishId = `22${world.digits(8)}`;
        const review = world.fault('freepublish.submit', 'review');
        const verdict = z.union([z.literal(2), z.literal(3), z.literal(4)]).safeParse(review?.verdict);
        state.publishes[publishId] = {
          publishId,
          mediaId,
          articleId: world.id(),
          articles: structuredClone(draft.articles),
          status: 1,
          verdict: verdict.success ? verdict.data : 0,
          at: now(),
          deleted: [],
        };
        world.later(options.publishMs, 'publish', publishId);
        const key = contentKey(draft.articles);
        world.record({ action: 'freepublish.submit', key, title: draft.articles[0]!.title, public: false });
        const id = options.publishIdAs === 'number' ? Number(publishId) : publishId;
        return ok({ publish_id: id, msg_data_id: world.digits(10) });
      },
      { verified: true, missing: 41006 },
    ),
    called(
      '/cgi-bin/freepublish/get',
      PublishId,
      ({ publish_id: id }) => {
        const publish = state.publishes[id];
        // No code is documented for a publish_id that is not known ○.
        return publish ? json(resultOf(publish)) : refuse(40007);
      },
      { verified: true },
    ),
    called(
      '/cgi-bin/freepublish/getarticle',
      z.object({ article_id: z.string() }),
      ({ article_id: id }) => {
        const publish = publishOf(id);
        if (!publish) return refuse(40007);
        const gone = isGone(publish) ? publish.articles.map((_, index) => index) : publish.deleted;
        return json({ news_item: newsItems(publish.articles, articleUrl(id), gone) });
      },
      { verified: true },
    ),
    called(
      '/cgi-bin/freepublish/batchget',
      Batch,
      ({ offset, count, no_content: bare }) => {
        const all = Object.values(state.publishes)
          .filter(({ status }) => status === 0)
          .toReversed();
        const item = all.slice(offset, offset + count).map(({ articleId, articles, at, deleted }) => ({
          article_id: articleId,
          content: { news_item: listed(newsItems(articles, articleUrl(articleId), deleted), bare === 1) },
          update_time: Math.floor(at / 1_000),
        }));
        return json({ total_count: all.length, item_count: item.length, item });
      },
      { verified: true },
    ),
    called(
      '/cgi-bin/freepublish/delete',
      z.object({ article_id: z.string(), index: z.number().int().min(0).default(0) }),
      ({ article_id: id, index }) => {
        const publish = publishOf(id);
        if (!publish || index > publish.articles.length) return refuse(40007);
        erase(publish, index);
        const key = contentKey(publish.articles);
        world.record({ action: 'freepublish.delete', key, title: publish.articles[0]!.title, public: false });
        return ok();
      },
      { verified: true },
    ),
  ];

  const isGone = ({ status }: Publish) => status === 5 || status === 6;
  const wasLive = ({ status }: Publish) => status === 0 || status === 5 || status === 6;
  const publishOf = (articleId: string) =>
    Object.values(state.publishes).find((each) => each.articleId === articleId && wasLive(each));
  /** `index` counts from 1; 0 is all of them. */
  function erase(publish: Publish, index: number): void {
    publish.deleted =
      index === 0 ? publish.articles.map((_, each) => each) : [...new Set([...publish.deleted, index - 1])];
    if (publish.status === 0 && publish.deleted.length === publish.articles.length) publish.status = 5;
  }

  const articleDetail = ({ articles, articleId }: Publish) => ({
    count: articles.length,
    item: articles.map((_, index) => ({ idx: index + 1, article_url: articleUrl(articleId)(index) })),
  });
  /** Reviews name the articles they refused, counted from 1. */
  const failIdx = ({ status, articles }: Publish) =>
    status === 2 || status === 4 ? articles.map((_, i) => i + 1) : [];
  const resultOf = (publish: Publish) => ({
    publish_id: options.publishIdAs === 'number' ? Number(publish.publishId) : publish.publishId,
    publish_status: publish.status,
    ...(wasLive(publish) && { article_id: publish.articleId, article_detail: articleDetail(publish) }),
    fail_idx: failIdx(publish),
  });

  function publish(publishId: string): void {
    const job = state.publishes[publishId];
    if (job?.status !== 1) return;
    job.status = job.verdict;
    if (job.verdict === 0) {
      delete state.drafts[job.mediaId];
      world.record({ action: 'publish', key: contentKey(job.articles), title: job.articles[0]!.title, public: true });
    }
    tell('PUBLISHJOBFINISH', {
      PublishEventInfo: {
        publish_id: job.publishId,
        publish_status: job.status,
        ...(job.status === 0 && { article_id: job.articleId, article_detail: articleDetail(job) }),
        fail_idx: failIdx(job),
      },
    });
  }

  /** Sender by the text of the documentation. [wx-O] Callback_on_finish */
  function tell(event: string, more: { [name: string]: Xml }): void {
    const { appid } = options;
    world.notify({
      event,
      deliveries: 3,
      timeoutMs: 5_000,
      isTaken: (status, text) => status === 200 && (text === '' || text === 'success'),
      request(forged) {
        if (!state.callback) return null;
        const head = { toUser: 'gh_fake00000001', fromUser: 'mphelper', createTime: seconds(), event, more };
        return eventRequest(state.callback, head, { appid, forged });
      },
    });
  }

  const mass: Route[] = [
    called('/cgi-bin/message/mass/sendall', MassWish, sendAll, { verified: true }),
    called('/cgi-bin/message/mass/get', MsgId, ({ msg_id: id }) => {
      const sent = state.masses[id];
      return sent ? json({ msg_id: Number(id), msg_status: sent.status }) : refuse(40007);
    }),
    called('/cgi-bin/message/mass/delete', MsgId, ({ msg_id: id, article_idx: index }) => {
      const sent = state.masses[id];
      if (!sent || index > sent.articles.length) return refuse(40007);
      // One send of a material takes the link of all its sends with it.
      for (const each of Object.values(state.masses))
        if (each === sent || (sent.mediaId && each.mediaId === sent.mediaId)) eraseMass(each, index);
      world.record({ action: 'message.mass.delete', key: keyOf(id, index), title: sent.title, public: false });
      return ok();
    }),
  ];

  function eraseMass(sent: Mass, index: number): void {
    sent.deleted = index === 0 ? sent.articles.map((_, each) => each) : [...new Set([...sent.deleted, index - 1])];
    if (sent.deleted.length >= sent.articles.length) sent.status = 'DELETE';
  }

  function sendAll(wish: MassWish): Answer {
    const content = massContent(wish);
    if (typeof content === 'number') return refuse(content);
    if (wish.clientmsgid !== undefined && bytesOf(wish.clientmsgid) > 64) return refuse(45067);
    if (!wish.filter.is_to_all && wish.filter.tag_id === undefined) return refuse(47001);
    if (!spend(spent, 'mass minute', minuteOf(now()), 60)) return refuse(45011);

    const key = wish.clientmsgid ?? `digest ${keyOf(wish.filter, content.text, content.articles)}`;
    const before = state.sent[key];
    if (before && now() - before.at < options.clientMsgIdMs) {
      const gap = now() - before.triedAt;
      before.triedAt = now();
      return gap < options.replayGapMs ? refuse(45066) : refuse(45065, { msg_id: Number(before.msgId) });
    }
    if (!spendMass(wish)) return refuse(45028);

    const msgId = `10${world.digits(8)}`;
    const review = world.fault('message.mass.sendall', 'review');
    const result = review ? String(review.verdict) : 'send success';
    state.sent[key] = { msgId, at: now(), triedAt: now() };
    state.masses[msgId] = {
      msgId,
      dataId: world.digits(19),
      articleId: world.id(),
      ...content,
      status: 'SENDING',
      result,
      awaitsAdministrator: options.sendProtection,
      at: now(),
      deleted: [],
    };
    if (options.sendProtection) world.later(administratorMs, 'massUnanswered', msgId);
    else world.later(options.massMs, 'mass', msgId);
    world.record({ action: 'message.mass.sendall', key: keyOf(key), title: content.title, public: false });
    const { dataId } = state.masses[msgId];
    return json({
      errcode: 0,
      errmsg: 'send job submission success',
      msg_id: Number(msgId),
      msg_data_id: BigInt(dataId),
    });
  }

  /** What is sent, or the code of what is wrong with it. */
  function massContent(wish: MassWish): number | Pick<Mass, 'title' | 'text' | 'articles' | 'mediaId'> {
    const bare = { articles: [], mediaId: null, title: '' };
    const known = (id: string | undefined, type: string) => id !== undefined && state.materials[id]?.type === type;
    switch (wish.msgtype) {
      case 'mpnews': {
        const mediaId = wish.mpnews?.media_id;
        if (!mediaId) return 41006;
        const draft = state.drafts[mediaId];
        if (!draft) return 40007;
        const [first] = draft.articles;
        return {
          articles: structuredClone(draft.articles),
          mediaId,
          title: first!.title,
          text: plainText(first!.content),
        };
      }
      case 'text':
        return wish.text?.content ? { ...bare, text: wish.text.content } : 44002;
      case 'images': {
        const ids = wish.images?.media_ids ?? [];
        return ids.length > 0 && ids.every((id) => known(id, 'image'))
          ? { ...bare, text: wish.images!.recommend, mediaId: ids[0]! }
          : 40007;
      }
      case 'voice':
        return known(wish.voice?.media_id, 'voice') ? { ...bare, text: '', mediaId: wish.voice!.media_id } : 40007;
      case 'mpvideo':
        return known(wish.mpvideo?.media_id, 'video') ? { ...bare, text: '', mediaId: wish.mpvideo!.media_id } : 40007;
      default:
        return 48008;
    }
  }

  /**
   * 公众号: one successful call a day. 服务号: to all once a day, and four a month for everyone who is reached; here
   * counted for "all" and for each tag, as the fake knows no users.
   */
  function spendMass({ filter }: MassWish): boolean {
    const day = dayOf(now());
    if (options.account === 'subscription') return spend(spent, 'mass day', day, 1);
    const reached = filter.is_to_all ? 'all' : `tag ${filter.tag_id}`;
    if (filter.is_to_all && spentIn(spent, 'mass day', day).count >= 1) return false;
    if (!spend(spent, `mass month ${reached}`, monthOf(now()), 4)) return false;
    return !filter.is_to_all || spend(spent, 'mass day', day, 1);
  }

  function finishMass(msgId: string, result?: string): void {
    const sent = state.masses[msgId];
    if (sent?.status !== 'SENDING') return;
    if (result) sent.result = result;
    sent.awaitsAdministrator = false;
    const isSent = sent.result === 'send success';
    sent.status = isSent ? 'SEND_SUCCESS' : 'SEND_FAIL';
    if (isSent) {
      if (sent.mediaId) delete state.drafts[sent.mediaId];
      const { title, text, articles } = sent;
      const key = articles.length > 0 ? contentKey(articles) : keyOf(text, sent.mediaId);
      world.record({ action: 'mass', key, title: title || text, public: true });
    }
    const total = isSent ? options.followers : 0;
    const url = articleUrl(sent.articleId);
    const ArticleUrl = sent.articles.map((_, i) => ({ ArticleIdx: i + 1, ArticleUrl: url(i) }));
    tell('MASSSENDJOBFINISH', {
      MsgID: Number(msgId),
      Status: sent.result,
      TotalCount: total,
      FilterCount: total,
      SentCount: total,
      ErrorCount: 0,
      CopyrightCheckResult: { Count: 0, ResultList: [], CheckState: 1 },
      ArticleUrlResult: isSent
        ? { Count: ArticleUrl.length, ResultList: { item: ArticleUrl } }
        : { Count: 0, ResultList: [] },
    });
  }

  const coverOf = (article: Article | undefined): string | null =>
    state.materials[article?.thumb_media_id ?? '']?.picture ??
    state.materials[article?.image_info?.image_list[0]?.image_media_id ?? '']?.picture ??
    null;

  function posts(): Post[] {
    const drafted = Object.entries(state.drafts).flatMap(([id, { articles, updatedAt }]) =>
      articles.map((article, index) => ({
        title: article.title,
        text: plainText(article.content),
        cover: coverOf(article),
        visible: false,
        state: '草稿（读者看不到）',
        at: updatedAt * 1_000,
        url: draftUrl(id)(index),
      })),
    );
    const published = Object.values(state.publishes).flatMap((each) =>
      each.articles.map((article, index) => {
        const isDeleted = each.status === 0 && each.deleted.includes(index);
        return {
          title: article.title,
          text: plainText(article.content),
          cover: coverOf(article),
          visible: each.status === 0 && !isDeleted,
          state: isDeleted ? stateWords[5] : stateWords[each.status],
          at: each.at,
          url: wasLive(each) ? articleUrl(each.articleId)(index) : null,
        };
      }),
    );
    const massWords = { SEND_SUCCESS: '已群发', SENDING: '群发中', SEND_FAIL: '群发失败', DELETE: '群发已删除' };
    const sent = Object.values(state.masses).map((each) => ({
      title: each.title,
      text: each.text,
      cover: coverOf(each.articles[0]),
      visible: each.status === 'SEND_SUCCESS',
      state:
        each.status === 'SEND_FAIL'
          ? `群发失败：${each.result}`
          : each.awaitsAdministrator
            ? '等待管理员确认'
            : massWords[each.status],
      at: each.at,
      url: each.articles.length > 0 && each.status === 'SEND_SUCCESS' ? articleUrl(each.articleId)(0) : null,
    }));
    return [...drafted, ...published, ...sent];
  }

  /** Our page shows the platform's images from its own store. */
  const shown = (content: string) => {
    let html = content;
    for (const [url, picture] of Object.entries(state.images))
      html = html.replaceAll(url, picture).replaceAll(url.replaceAll('&', '&amp;'), picture);
    return html;
  };

  function page(path: string, query: URLSearchParams) {
    if (path !== '/s') return null;
    const index = Number(query.get('idx') ?? 1) - 1;
    const temporary = query.get('tempkey');
    const id = query.get('mid') ?? '';
    const published = publishOf(id);
    const sent = Object.values(state.masses).find(({ articleId }) => articleId === id);
    const article = (temporary ? state.drafts[temporary] : (published ?? sent))?.articles[index];
    if (!article || (sent && !published && sent.status !== 'SEND_SUCCESS' && sent.status !== 'DELETE')) return null;
    // The words of both pages are general knowledge ○; what is documented is `is_deleted` and status 5 and 6.
    if (published?.status === 6) return { title: '此内容因违规无法查看', html: '' };
    if (published && (isGone(published) || published.deleted.includes(index)))
      return { title: '该内容已被发布者删除', html: '' };
    if (sent?.deleted.includes(index)) return { title: '该内容已被发布者删除', html: '' };
    const source = article.content_source_url;
    const original = /^https?:/.test(source) ? `<p><a href="${source.replaceAll('"', '%22')}">阅读原文</a></p>` : '';
    const note = temporary ? '草稿预览' : article.author;
    return { title: article.title, html: shown(article.content) + original, ...(note && { note }) };
  }

  const known = (publishId: string): Publish => {
    const found = state.publishes[publishId];
    if (!found) throw new NotThere(`no publish_id ${publishId}`);
    return found;
  };
  const Settings = z.strictObject({
    url: z.url(),
    token: z.string().regex(/^[a-zA-Z0-9]{3,32}$/),
    mode: z.enum(['plain', 'encrypted']),
    aesKey: z.string().regex(/^[a-zA-Z0-9]{43}$/),
  });
  const Publishing = z.strictObject({ publishId: z.string() });

  return {
    routes: [token, bodyImage, material, ...drafts, ...publishing, ...mass],
    otherwise: (call: Call): Answer =>
      call.path.startsWith('/cgi-bin/') ? refuse(40066) : { status: 404, type: 'text/plain', body: '' },
    refuse(code: number, call: Call): Answer {
      if (code !== 45065) return refuse(code);
      const wish = MassWish.safeParse(jsonOf(call)).data;
      const found = state.sent[wish?.clientmsgid ?? '']?.msgId ?? Object.keys(state.masses).at(-1);
      return refuse(code, found ? { msg_id: Number(found) } : {});
    },
    expireToken({ query }: Call): void {
      for (const each of state.tokens) if (each.value === query.get('access_token')) each.expiresAt = now();
    },
    jobs: {
      publish,
      mass: (id: string) => finishMass(id),
      massUnanswered: (id: string) => finishMass(id, 'err(40002)'),
    },
    posts,
    page,
    actions: {
      /** Enters the address for callbacks; answers whether the check of the address passed. */
      setCallback: action(Settings, async (settings) => {
        const passed = await checkUrl(settings, now());
        if (passed) state.callback = settings;
        return passed;
      }),
      /** The system bans a published article: status 6. */
      ban: action(Publishing, ({ publishId }) => void (known(publishId).status = 6)),
      /** Somebody deletes it on the website: status 5. */
      deleteOnWebsite: action(Publishing, ({ publishId }) => erase(known(publishId), 0)),
      administratorConfirms: action(z.strictObject({ msgId: z.string() }), ({ msgId }) =>
        world.later(options.massMs, 'mass', msgId),
      ),
      administratorRefuses: action(z.strictObject({ msgId: z.string() }), ({ msgId }) =>
        finishMass(msgId, 'err(40001)'),
      ),
      /** Whether the account is verified. */
      verify: action(z.strictObject({ verified: z.boolean() }), ({ verified }) => void (state.verified = verified)),
      allowIps: action(
        z.strictObject({ ips: z.array(z.string()).nullable() }),
        ({ ips }) => void (state.allowedIps = ips),
      ),
    },
    access: () => ({
      接口地址: world.base(),
      AppID: options.appid,
      AppSecret: options.secret,
      账号类型: options.account === 'subscription' ? '公众号' : '服务号',
    }),
  };
}

export type WeChatFake = Fake<ReturnType<typeof build>['actions']>;

export const startWeChatFake = (options: Partial<WeChatOptions> = {}, shell: ShellOptions = {}): Promise<WeChatFake> =>
  startFake(define({ ...defaults, ...options }), shell);
