import { createHash } from 'node:crypto';
import { z } from 'zod';
import { json, jsonOf, length, multipartOf, plainFormOf, redirect, type Answer, type Call } from './answers.ts';
import { action, NotThere, type Notice, type Post, type Route, type World } from './fake.ts';
import { imageKind } from './images.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';

/** How the app is, and the platform's limits. ○: of one weak source, to be confirmed with the platform. */
export type DouyinOptions = {
  clientKey: string;
  clientSecret: string;
  /** Without `video.create.bind` nothing is published. */
  scope: string;
  accessMs: number;
  refreshMs: number;
  /** How often a refresh token is renewed. */
  renewals: number;
  limits: {
    /** ◐; an older official page says 100 MB. */
    imageBytes: number;
    images: number;
    /** Nothing is stated ○. */
    textCharacters: number;
    listCount: number;
  };
  /** Between handing in and the review's word; not stated ○. */
  reviewMs: number;
  /** What the review makes of what passes: 1 published or 5 public. */
  passed: 1 | 5;
  /** Error numbers, all ○. */
  codes: { parameter: number; tokenInvalid: number; tokenExpired: number; scope: number; refreshExpired: number };
  /** Where events are sent; its header ○ and the name of the event after a review ○. */
  webhookUrl: string | null;
  signatureHeader: string;
  reviewEvent: string;
};

const day = 24 * 3_600_000;
const defaults: DouyinOptions = {
  clientKey: 'fakeclientkey001',
  clientSecret: 'fakeclientsecret0000000000000001',
  scope: 'user_info,video.create.bind,video.list.bind,video.data.bind',
  accessMs: 15 * day,
  refreshMs: 30 * day,
  renewals: 5,
  limits: { imageBytes: 20 * 2 ** 20, images: 30, textCharacters: 1_000, listCount: 20 },
  reviewMs: 5_000,
  passed: 5,
  codes: { parameter: 2100005, tokenInvalid: 2190002, tokenExpired: 2190008, scope: 2190004, refreshExpired: 10008 },
  webhookUrl: null,
  signatureHeader: 'X-Douyin-Signature',
  reviewEvent: 'image_text_audit',
};

/** SHA-1 over the client's secret and the body as it is sent. [dy] */
export const douyinSign = (clientSecret: string, body: string): string =>
  createHash('sha1')
    .update(clientSecret + body)
    .digest('hex');

/** 1 published, 2 not suitable for public, 4 under review, 5 public. */
type VideoStatus = 1 | 2 | 4 | 5;
type Item = {
  itemId: string;
  text: string;
  images: string[];
  at: number;
  status: VideoStatus;
  verdict: Exclude<VideoStatus, 4>;
  isReviewed: boolean;
  isDeleted: boolean;
};
type State = {
  openId: string;
  access: Record<string, { expiresAt: number }>;
  refresh: Record<string, { expiresAt: number; renewed: number }>;
  codes: string[];
  /** By image_id, its picture on our page. */
  images: Record<string, string>;
  items: Item[];
  webhookUrl: string | null;
};

/** What a demonstration starts with, as if an operator had authorised the app. */
const first = {
  openId: '_000fakeFAKEfakeFAKEfakeFAKEopen',
  access: 'act.fake0000000000000001',
  refresh: 'rft.fake0000000000000001',
};

const Publish = z.object({
  image_list: z.array(z.string()).min(1),
  text: z.string().default(''),
  at_users: z.array(z.string()).optional(),
  micro_app_id: z.string().optional(),
  micro_app_title: z.string().optional(),
  micro_app_url: z.string().optional(),
  poi_id: z.string().optional(),
});

/** Douyin image-text, facts C: tokens, images, publishing under review, the own list, webhooks. */
function build(world: World<State>, options: DouyinOptions) {
  const { state, time } = world;
  const { codes, limits } = options;
  const now = () => time.now();
  if (Object.keys(state.access).length === 0) {
    state.access[first.access] = { expiresAt: now() + options.accessMs };
    state.refresh[first.refresh] = { expiresAt: now() + options.refreshMs, renewed: 0 };
  }

  const answer = (code: number, description: string, data: object): Answer =>
    json({
      data: { error_code: code, description, ...data },
      extra: {
        error_code: code,
        description,
        sub_error_code: 0,
        sub_description: '',
        logid: world.digits(30),
        now: now(),
      },
      message: code === 0 ? 'success' : 'error',
    });
  const ok = (data: object) => answer(0, '', data);
  const refuse = (code: number, description = `error ${code}`) => answer(code, description, {});

  /** Why this caller may not call, or null. The token is a header. */
  function barred({ headers, query }: Call): Answer | null {
    const token = String(headers['access-token'] ?? '');
    const known = state.access[token];
    if (!known || query.get('open_id') !== state.openId) return refuse(codes.tokenInvalid, 'access_token无效');
    if (known.expiresAt <= now()) return refuse(codes.tokenExpired, 'access_token过期');
    return options.scope.includes('video.create.bind') ? null : refuse(codes.scope, '应用未获得该能力');
  }

  const issue = (refresh: string, until: number) => {
    const access = `act.${world.id()}`;
    state.access[access] = { expiresAt: now() + options.accessMs };
    return ok({
      access_token: access,
      expires_in: Math.floor(options.accessMs / 1_000),
      open_id: state.openId,
      refresh_token: refresh,
      refresh_expires_in: Math.floor((until - now()) / 1_000),
      scope: options.scope,
    });
  };

  const formOf = (call: Call): Record<string, string> => {
    const read = z.record(z.string(), z.string()).safeParse(jsonOf(call));
    return { ...Object.fromEntries(call.query), ...plainFormOf(call), ...read.data };
  };
  /** A call of the app itself, with its key. */
  const ofApp = (path: string, name: string, run: (form: Record<string, string>) => Answer): Route => ({
    name,
    method: 'POST',
    path,
    answer(call) {
      const form = formOf(call);
      return form['client_key'] === options.clientKey ? run(form) : refuse(codes.parameter, 'client_key错误');
    },
  });

  const oauth: Route[] = [
    {
      name: 'oauth.connect',
      method: 'GET',
      path: '/platform/oauth/connect/',
      answer({ query }) {
        const back = query.get('redirect_uri') ?? '';
        const isOurs = query.get('client_key') === options.clientKey && query.get('response_type') === 'code';
        if (!isOurs || !URL.canParse(back)) return refuse(codes.parameter);
        const code = world.id();
        state.codes.push(code);
        const target = new URL(back);
        target.searchParams.set('code', code);
        target.searchParams.set('state', query.get('state') ?? '');
        return redirect(target.href);
      },
    },
    ofApp('/oauth/access_token/', 'oauth.access_token', (form) => {
      const at = state.codes.indexOf(form['code'] ?? '');
      const isOurs = form['client_secret'] === options.clientSecret && form['grant_type'] === 'authorization_code';
      if (!isOurs || at < 0) return refuse(codes.parameter, '授权码错误');
      state.codes.splice(at, 1);
      const refresh = `rft.${world.id()}`;
      const expiresAt = now() + options.refreshMs;
      state.refresh[refresh] = { expiresAt, renewed: 0 };
      return issue(refresh, expiresAt);
    }),
    ofApp('/oauth/refresh_token/', 'oauth.refresh_token', (form) => {
      const refresh = form['refresh_token'] ?? '';
      const known = state.refresh[refresh];
      if (!known || form['grant_type'] !== 'refresh_token') return refuse(codes.parameter, 'refresh_token无效');
      if (known.expiresAt <= now()) return refuse(codes.refreshExpired, 'refresh_token过期');
      return issue(refresh, known.expiresAt);
    }),
    ofApp('/oauth/renew_refresh_token/', 'oauth.renew_refresh_token', (form) => {
      const known = state.refresh[form['refresh_token'] ?? ''];
      if (!known || known.renewed >= options.renewals) return refuse(codes.parameter, 'refresh_token不能再续期');
      if (known.expiresAt <= now()) return refuse(codes.refreshExpired, 'refresh_token过期');
      delete state.refresh[form['refresh_token']!];
      const refresh = `rft.${world.id()}`;
      state.refresh[refresh] = { expiresAt: now() + options.refreshMs, renewed: known.renewed + 1 };
      return ok({ refresh_token: refresh, expires_in: Math.floor(options.refreshMs / 1_000) });
    }),
  ];

  const upload: Route = {
    name: 'upload_image',
    method: 'POST',
    path: '/api/douyin/v1/video/upload_image/',
    async answer(call) {
      const bar = barred(call);
      if (bar) return bar;
      const file = (await multipartOf(call))?.files['image'];
      const kind = file && imageKind(file.bytes);
      if (!file || !kind || file.bytes.length > limits.imageBytes) return refuse(codes.parameter, '图片错误');
      const id = world.id();
      state.images[id] = world.keepPicture(id, kind, file.bytes);
      world.record({
        action: 'upload_image',
        key: keyOf(file.bytes.toString('base64')),
        title: file.name,
        public: false,
      });
      return ok({ image: { image_id: id, width: kind.width, height: kind.height } });
    },
  };

  const publish: Route = {
    name: 'create_image_text',
    method: 'POST',
    path: '/api/douyin/v1/video/create_image_text/',
    answer(call) {
      const bar = barred(call);
      if (bar) return bar;
      const wish = Publish.safeParse(jsonOf(call)).data;
      if (!wish) return refuse(codes.parameter, '参数不合法');
      const { image_list: images, text, micro_app_id: app, poi_id: place } = wish;
      const areKnown = images.length <= limits.images && images.every((id) => Object.hasOwn(state.images, id));
      // One kind of anchor at a time.
      if (!areKnown || length(text) > limits.textCharacters || (app && place))
        return refuse(codes.parameter, '参数不合法');
      const verdict = z
        .union([z.literal(1), z.literal(2), z.literal(5)])
        .safeParse(world.fault('create_image_text', 'review')?.verdict);
      const itemId = `@${world.id()}`;
      state.items.push({
        itemId,
        text,
        images,
        at: now(),
        status: 4,
        verdict: verdict.success ? verdict.data : options.passed,
        isReviewed: false,
        isDeleted: false,
      });
      world.later(options.reviewMs, 'review', itemId);
      world.record({ action: 'create_image_text', key: keyOf(text, images), title: text, public: false });
      return ok({ item_id: itemId });
    },
  };

  const itemOf = ({ itemId, text, at, isReviewed, status, images }: Item) => ({
    item_id: itemId,
    title: text,
    cover: world.base() + (state.images[images[0]!] ?? ''),
    create_time: Math.floor(at / 1_000),
    is_reviewed: isReviewed,
    video_status: status,
    media_type: 2,
    share_url: shareUrl(itemId),
    is_top: false,
    statistics: { comment_count: 0, digg_count: 0, download_count: 0, forward_count: 0, play_count: 0, share_count: 0 },
  });
  const shareUrl = (itemId: string) => `${world.base()}/share/note/${itemId.slice(1)}`;
  const existing = () => state.items.filter(({ isDeleted }) => !isDeleted).toReversed();

  const list: Route = {
    name: 'video_list',
    method: 'GET',
    path: '/api/douyin/v1/video/video_list/',
    answer(call) {
      const bar = barred(call);
      if (bar) return bar;
      const [cursor, count] = [Number(call.query.get('cursor') ?? 0), Number(call.query.get('count') ?? Number.NaN)];
      if (!(cursor >= 0 && count >= 1 && count <= limits.listCount)) return refuse(codes.parameter, '参数不合法');
      const all = existing();
      const next = cursor + count;
      return ok({ list: all.slice(cursor, next).map(itemOf), cursor: next, has_more: next < all.length });
    },
  };
  const data: Route = {
    name: 'video_data',
    method: 'POST',
    path: '/api/douyin/v1/video/video_data/',
    answer(call) {
      const bar = barred(call);
      if (bar) return bar;
      const ids = z.object({ item_ids: z.array(z.string()).min(1) }).safeParse(jsonOf(call)).data?.item_ids;
      if (!ids) return refuse(codes.parameter, '参数不合法');
      return ok({
        list: existing()
          .filter(({ itemId }) => ids.includes(itemId))
          .map(itemOf),
      });
    },
  };

  /** The review is a fact for both outcomes: `is_reviewed` says nothing of which. */
  function review(itemId: string): void {
    const item = state.items.find((each) => each.itemId === itemId);
    if (!item || item.isReviewed) return;
    item.isReviewed = true;
    item.status = item.verdict;
    const { text, images, status } = item;
    if (status !== 2) world.record({ action: 'publish', key: keyOf(text, images), title: text, public: true });
    tell(options.reviewEvent, { item_id: itemId, video_status: status });
  }

  function tell(event: string, content: object, isTaken: Notice['isTaken'] = (status) => status === 200): void {
    world.notify({
      event,
      deliveries: 3,
      timeoutMs: 5_000,
      isTaken,
      request(forged) {
        if (!state.webhookUrl) return null;
        const { clientKey, clientSecret } = options;
        const body = JSON.stringify({ event, client_key: clientKey, from_user_id: state.openId, content });
        const sign = douyinSign(forged ? `not ${clientSecret}` : clientSecret, body);
        const headers = { 'content-type': 'application/json', [options.signatureHeader]: sign };
        return { url: state.webhookUrl, headers, body };
      },
    });
  }

  const words: Record<VideoStatus, string> = {
    1: '已发布',
    2: '审核未通过，仅自己可见',
    4: '审核中，仅自己可见',
    5: '公开',
  };
  const isPublic = ({ status, isDeleted }: Item) => !isDeleted && (status === 1 || status === 5);

  return {
    routes: [...oauth, upload, publish, list, data],
    otherwise: (): Answer => json({ data: { error_code: 404, description: 'not found' }, message: 'error' }, 404),
    refuse: (code: number) => refuse(code),
    expireToken({ headers }: Call): void {
      const known = state.access[String(headers['access-token'] ?? '')];
      if (known) known.expiresAt = now();
    },
    jobs: { review },
    posts: (): Post[] =>
      state.items.map((item) => ({
        title: '',
        text: item.text,
        cover: state.images[item.images[0]!] ?? null,
        visible: isPublic(item),
        state: item.isDeleted ? '已删除' : words[item.status],
        at: item.at,
        url: isPublic(item) ? shareUrl(item.itemId) : null,
      })),
    page(path: string) {
      const item = state.items.find(({ itemId }) => path === `/share/note/${itemId.slice(1)}`);
      if (!item) return null;
      if (!isPublic(item)) return { title: '作品不存在', html: '' };
      const pictures = item.images.map((id) => `<p><img src="${state.images[id]}" alt="图片"></p>`).join('');
      const text = item.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return { title: '图文', html: `${pictures}<p>${text}</p>` };
    },
    actions: {
      /** Enters the address for events and sends the verification to it, whose `challenge` comes back. */
      setWebhook: action(z.strictObject({ url: z.url() }), ({ url }) => {
        state.webhookUrl = url;
        const challenge = Number(world.digits(8));
        tell('verify_webhook', { challenge }, (status, text) => status === 200 && text.includes(String(challenge)));
      }),
      /** A later review, or its author, changes what became of it. */
      setStatus: action(
        z.strictObject({ itemId: z.string(), status: z.union([z.literal(1), z.literal(2), z.literal(5)]) }),
        ({ itemId, status }) => void (found(itemId).status = status),
      ),
      remove: action(z.strictObject({ itemId: z.string() }), ({ itemId }) => void (found(itemId).isDeleted = true)),
    },
    access: () => ({
      接口地址: world.base(),
      'Client Key': options.clientKey,
      'Client Secret': options.clientSecret,
      open_id: state.openId,
      access_token: first.access,
      refresh_token: first.refresh,
    }),
  };

  function found(itemId: string): Item {
    const item = state.items.find((each) => each.itemId === itemId);
    if (!item) throw new NotThere(`no item ${itemId}`);
    return item;
  }
}

export type DouyinFake = Fake<ReturnType<typeof build>['actions']>;

export const startDouyinFake = (given: Partial<DouyinOptions> = {}, shell: ShellOptions = {}): Promise<DouyinFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({
    openId: first.openId,
    access: {},
    refresh: {},
    codes: [],
    images: {},
    items: [],
    webhookUrl: options.webhookUrl,
  });
  return startFake(
    { kind: 'douyin', name: '抖音图文', shape: 1, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
