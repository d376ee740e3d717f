import { z } from 'zod';
import { json, jsonOf, length, multipartOf, plainText, type Answer, type Call } from './answers.ts';
import { action, NotThere, type Post, type Route, type World } from './fake.ts';
import { imageKind } from './images.ts';
import { keyOf } from './ledger.ts';
import { startFake, type Fake, type ShellOptions } from './start.ts';
import { spend, spentIn } from './time.ts';

/** Mastodon, facts G.5. ○: general knowledge, differs between servers. */
export type MastodonOptions = {
  token: string;
  /** How long an `Idempotency-Key` is kept. */
  idempotencyMs: number;
  /** A post is scheduled at least so far ahead. */
  scheduleMs: number;
  /** How long a picture is worked on: until then it is 202, 206 when it is asked for, and no status may name it. */
  mediaMs: number;
  limits: {
    /** ○ */
    characters: number;
    /** ○ */
    media: number;
    /** ○ */
    mediaBytes: number;
    calls: number;
    callsMs: number;
    mediaCalls: number;
    mediaCallsMs: number;
  };
};

const defaults: MastodonOptions = {
  token: 'fake-token-of-a-fake-account',
  idempotencyMs: 3_600_000,
  scheduleMs: 5 * 60_000,
  mediaMs: 0,
  limits: {
    characters: 500,
    media: 4,
    mediaBytes: 16 * 2 ** 20,
    calls: 300,
    callsMs: 5 * 60_000,
    mediaCalls: 30,
    mediaCallsMs: 30 * 60_000,
  },
};

type Status = {
  id: string;
  text: string;
  spoiler: string;
  visibility: string;
  language: string | null;
  media: string[];
  at: number;
  editedAt: number | null;
  /** Not public before; null when it was posted at once. */
  scheduledAt: number | null;
  isDeleted: boolean;
};
type State = {
  tokenIsGood: boolean;
  statuses: Status[];
  /** By `Idempotency-Key`. */
  keys: Record<string, { id: string; at: number }>;
  media: Record<string, { picture: string; description: string | null; readyAt: number }>;
};

const Wish = z.object({
  status: z.string().default(''),
  media_ids: z.array(z.string()).default([]),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']).default('public'),
  language: z.string().optional(),
  spoiler_text: z.string().default(''),
  scheduled_at: z.string().optional(),
});
type Wish = z.infer<typeof Wish>;

const accountId = '109000000000000001';
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function build(world: World<State>, options: MastodonOptions) {
  const { state, time, spent } = world;
  const { limits } = options;
  const now = () => time.now();
  const iso = (at: number) => new Date(at).toISOString();
  const refuse = (status: number, error: string): Answer => json({ error }, status);
  const notFound = () => refuse(404, 'Record not found');

  /** Every answer says what is left of the window; past it there is 429. */
  const limited = (
    name: string,
    path: string,
    method: Route['method'],
    run: (call: Call) => Answer | Promise<Answer>,
  ): Route => ({
    name,
    method,
    path,
    async answer(call) {
      const isMedia = name === 'media';
      const [limit, ms] = isMedia ? [limits.mediaCalls, limits.mediaCallsMs] : [limits.calls, limits.callsMs];
      const [what, window] = [isMedia ? 'media' : 'calls', Math.floor(now() / ms)];
      const isLetIn = spend(spent, what, window, limit);
      const headers = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(limit - spentIn(spent, what, window).count),
        'x-ratelimit-reset': iso((window + 1) * ms),
      };
      const answer = isLetIn ? await authorised(call, run) : refuse(429, 'Too many requests');
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
  });

  function authorised(call: Call, run: (call: Call) => Answer | Promise<Answer>): Answer | Promise<Answer> {
    const isOurs = call.headers.authorization === `Bearer ${options.token}` && state.tokenIsGood;
    return isOurs ? run(call) : refuse(401, 'The access token is invalid');
  }

  /** A form, as the documentation has it, or JSON. */
  async function wishOf(call: Call): Promise<Wish | null> {
    const value = jsonOf(call);
    if (value !== undefined) return Wish.safeParse(value).data ?? null;
    const parts = await multipartOf(call);
    const pairs = parts ? Object.entries(parts.fields) : [...new URLSearchParams(call.body.toString('utf8'))];
    const media = pairs.filter(([name]) => name === 'media_ids[]').map(([, id]) => id);
    return Wish.safeParse({ ...Object.fromEntries(pairs), media_ids: media }).data ?? null;
  }

  /** What is wrong, in the platform's words, or null. */
  function wrongWith({ status, media_ids: media, spoiler_text: spoiler, scheduled_at: at }: Wish): string | null {
    if (status === '' && media.length === 0) return "Validation failed: Text can't be blank";
    if (length(status) + length(spoiler) > limits.characters)
      return `Validation failed: Text character limit of ${limits.characters} exceeded`;
    if (media.length > limits.media) return 'Validation failed: Cannot attach more than 4 files';
    if (media.some((id) => !Object.hasOwn(state.media, id))) return 'Validation failed: Media not found';
    if (media.some((id) => !isReady(id)))
      return 'Validation failed: Cannot attach files that have not finished processing. Try again in a moment!';
    if (at !== undefined && !(Date.parse(at) >= now() + options.scheduleMs))
      return 'Validation failed: Scheduled at must be in the future';
    return null;
  }

  const statusOf = (status: Status) => ({
    id: status.id,
    created_at: iso(status.at),
    edited_at: status.editedAt === null ? null : iso(status.editedAt),
    content: `<p>${escape(status.text).replaceAll('\n', '<br />')}</p>`,
    spoiler_text: status.spoiler,
    visibility: status.visibility,
    language: status.language,
    uri: urlOf(status),
    url: urlOf(status),
    account: { id: accountId, username: 'fake', acct: 'fake' },
    media_attachments: status.media.map(mediaOf),
  });
  const scheduledOf = (status: Status) => ({
    id: status.id,
    scheduled_at: iso(status.scheduledAt!),
    params: { text: status.text, visibility: status.visibility },
    media_attachments: status.media.map(mediaOf),
  });
  const mediaOf = (id: string) => ({
    id,
    type: 'image',
    url: isReady(id) ? world.base() + (state.media[id]?.picture ?? '') : null,
    description: state.media[id]?.description ?? null,
  });
  const isReady = (id: string) => (state.media[id]?.readyAt ?? 0) <= now();
  const urlOf = ({ id }: Status) => `${world.base()}/@fake/${id}`;
  const isPublic = ({ isDeleted, scheduledAt }: Status) => !isDeleted && scheduledAt === null;
  const found = (id: string | undefined) => state.statuses.find((each) => each.id === id && isPublic(each));
  const key = (status: Status) => keyOf(status.text, status.spoiler, status.media);
  const recordPublic = (status: Status) =>
    world.record({ action: 'publish', key: key(status), title: status.text, public: status.visibility !== 'direct' });

  const create = limited('statuses', '/api/v1/statuses', 'POST', async (call) => {
    const wish = await wishOf(call);
    if (!wish) return refuse(422, 'Validation failed');
    const given = call.headers['idempotency-key'];
    const before = typeof given === 'string' ? state.keys[given] : undefined;
    if (before && now() - before.at < options.idempotencyMs) {
      const same = state.statuses.find(({ id }) => id === before.id)!;
      return json(same.scheduledAt === null ? statusOf(same) : scheduledOf(same));
    }
    const wrong = wrongWith(wish);
    if (wrong) return refuse(422, wrong);
    const status: Status = {
      id: `11${world.digits(16)}`,
      text: wish.status,
      spoiler: wish.spoiler_text,
      visibility: wish.visibility,
      language: wish.language ?? null,
      media: wish.media_ids,
      at: now(),
      editedAt: null,
      scheduledAt: wish.scheduled_at ? Date.parse(wish.scheduled_at) : null,
      isDeleted: false,
    };
    state.statuses.push(status);
    if (typeof given === 'string') state.keys[given] = { id: status.id, at: now() };
    world.record({ action: 'statuses', key: key(status), title: status.text, public: false });
    if (status.scheduledAt === null) {
      recordPublic(status);
      return json(statusOf(status));
    }
    world.later(status.scheduledAt - now(), 'publish', status.id);
    return json(scheduledOf(status));
  });

  const routes: Route[] = [
    create,
    limited('statuses.get', '/api/v1/statuses/:id', 'GET', ({ params }) => {
      const status = found(params['id']);
      return status ? json(statusOf(status)) : notFound();
    }),
    limited('statuses.edit', '/api/v1/statuses/:id', 'PUT', async (call) => {
      const status = found(call.params['id']);
      if (!status) return notFound();
      const wish = await wishOf(call);
      const wrong = wish ? wrongWith(wish) : 'Validation failed';
      if (!wish || wrong) return refuse(422, wrong ?? '');
      Object.assign(status, { text: wish.status, spoiler: wish.spoiler_text, media: wish.media_ids, editedAt: now() });
      world.record({ action: 'statuses.edit', key: key(status), title: status.text, public: false });
      return json(statusOf(status));
    }),
    limited('statuses.delete', '/api/v1/statuses/:id', 'DELETE', ({ params }) => {
      const status = found(params['id']);
      if (!status) return notFound();
      status.isDeleted = true;
      world.record({ action: 'statuses.delete', key: key(status), title: status.text, public: false });
      return json({ ...statusOf(status), text: status.text });
    }),
    limited('scheduled_statuses.get', '/api/v1/scheduled_statuses/:id', 'GET', ({ params }) => {
      const status = state.statuses.find(({ id, scheduledAt }) => id === params['id'] && scheduledAt !== null);
      return status && !status.isDeleted ? json(scheduledOf(status)) : notFound();
    }),
    limited('scheduled_statuses.delete', '/api/v1/scheduled_statuses/:id', 'DELETE', ({ params }) => {
      const status = state.statuses.find(({ id, scheduledAt }) => id === params['id'] && scheduledAt !== null);
      if (!status || status.isDeleted) return notFound();
      status.isDeleted = true;
      return json({});
    }),
    limited('media', '/api/v2/media', 'POST', async (call) => {
      const parts = await multipartOf(call);
      const file = parts?.files['file'];
      const kind = file && imageKind(file.bytes);
      if (!file || !kind || file.bytes.length > limits.mediaBytes)
        return refuse(422, 'Validation failed: File content type is invalid');
      const id = `10${world.digits(16)}`;
      state.media[id] = {
        picture: world.keepPicture(id, kind, file.bytes),
        description: parts.fields['description'] ?? null,
        readyAt: now() + options.mediaMs,
      };
      world.record({ action: 'media', key: keyOf(file.bytes.toString('base64')), title: file.name, public: false });
      return json(mediaOf(id), isReady(id) ? 200 : 202);
    }),
    limited('media.get', '/api/v1/media/:id', 'GET', ({ params: { id = '' } }) =>
      Object.hasOwn(state.media, id) ? json(mediaOf(id), isReady(id) ? 200 : 206) : notFound(),
    ),
    limited('verify_credentials', '/api/v1/accounts/verify_credentials', 'GET', () =>
      json({ id: accountId, username: 'fake', acct: 'fake', display_name: '模拟账号', url: `${world.base()}/@fake` }),
    ),
    limited('accounts.statuses', '/api/v1/accounts/:account/statuses', 'GET', ({ params, query }) => {
      if (params['account'] !== accountId) return notFound();
      const limit = Math.min(Number(query.get('limit') ?? 20) || 20, 40);
      const before = query.get('max_id');
      const all = state.statuses.filter(isPublic).toReversed();
      const from = before ? all.findIndex(({ id }) => id === before) + 1 : 0;
      return json(all.slice(from, from + limit).map(statusOf));
    }),
  ];

  return {
    routes,
    otherwise: (): Answer => refuse(404, 'Not found'),
    /** The platform answers with statuses of HTTP. */
    refuse: (code: number) => refuse(code >= 400 && code <= 599 ? code : 500, 'fault'),
    expireToken: () => void (state.tokenIsGood = false),
    jobs: {
      publish(id: string) {
        const status = state.statuses.find((each) => each.id === id);
        if (!status || status.isDeleted || status.scheduledAt === null) return;
        Object.assign(status, { at: now(), scheduledAt: null });
        recordPublic(status);
      },
    },
    posts: (): Post[] =>
      state.statuses.map((status) => ({
        title: status.spoiler,
        text: plainText(status.text),
        cover: state.media[status.media[0] ?? '']?.picture ?? null,
        visible: isPublic(status) && status.visibility !== 'direct',
        state: status.isDeleted
          ? '已删除'
          : status.scheduledAt !== null
            ? '定时，未发出'
            : status.editedAt !== null
              ? '已修改'
              : '已发布',
        at: status.at,
        url: isPublic(status) ? urlOf(status) : null,
      })),
    page(path: string) {
      const status = state.statuses.find((each) => path === `/@fake/${each.id}`);
      return status && isPublic(status)
        ? { title: status.spoiler || '嘟文', html: `<p>${escape(status.text)}</p>` }
        : null;
    },
    actions: {
      /** A moderator, or the author elsewhere, deletes a post. */
      remove: action(z.strictObject({ id: z.string() }), ({ id }) => {
        const status = found(id);
        if (!status) throw new NotThere(`no status ${id}`);
        status.isDeleted = true;
      }),
      setToken: action(z.strictObject({ isGood: z.boolean() }), ({ isGood }) => void (state.tokenIsGood = isGood)),
    },
    access: () => ({ 服务器地址: world.base(), access_token: options.token }),
  };
}

export type MastodonFake = Fake<ReturnType<typeof build>['actions']>;

export const startMastodonFake = (
  given: Partial<MastodonOptions> = {},
  shell: ShellOptions = {},
): Promise<MastodonFake> => {
  const options = { ...defaults, ...given };
  const begin = (): State => ({ tokenIsGood: true, statuses: [], keys: {}, media: {} });
  return startFake(
    { kind: 'mastodon', name: 'Mastodon', shape: 2, begin, build: (world: World<State>) => build(world, options) },
    shell,
  );
};
