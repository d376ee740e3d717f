import type { ReleaseFile, wordpressSettings } from '@tongsheng/contracts';
import { safeCall } from '@tongsheng/web';
import { z } from 'zod';
import {
  answered,
  endingOf,
  Halted,
  isSuccess,
  jsonOf,
  refusedBy,
  understood,
  type Answered,
  type Trouble,
} from './calls.ts';
import { withFiles, type CmsTools, type Entry, type Standing } from './entry.ts';

export type WordPressSettings = z.infer<typeof wordpressSettings>;

const Post = z.object({ id: z.int(), link: z.url(), slug: z.string(), status: z.string() });
type Post = z.infer<typeof Post>;
const Media = z.object({ id: z.int(), slug: z.string(), source_url: z.url() });
type Media = z.infer<typeof Media>;
const Category = z.object({ id: z.int(), name: z.string() });
const Complaint = z.object({
  code: z.string(),
  message: z.string(),
  data: z.looseObject({ term_id: z.int().optional() }).nullish(),
});

const mediaSlugOf = ({ slug }: Entry, hash: string) => `${slug}-${hash.slice(0, 16)}`;

const drafts = new Set(['draft', 'auto-draft', 'pending']);

/**
 * WordPress, through its REST API and an application password. WordPress knows no idempotency key, so the slug is one, and
 * whether the page is there is asked by it. Every method may throw Halted.
 */
export class WordPress {
  readonly #api: string;
  readonly #login: string;

  constructor(
    private readonly settings: WordPressSettings,
    private readonly tools: CmsTools,
  ) {
    const { url, username, password } = settings;
    this.#api = `${url.replace(/\/+$/, '')}/wp-json/wp/v2`;
    this.#login = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
  }

  /** Makes the page public, or brings it up to date where it is `there` already. */
  async publish(entry: Entry, there: Pick<Standing, 'remoteId'> | null): Promise<Standing> {
    const old = there && (await this.#post(Number(there.remoteId)));
    // Files belong to a post, and the text names them: the post is there first, where nobody sees it.
    const draft = filesOf(entry).length > 0 && !old ? await this.#create(entry, { status: 'draft' }) : old;
    const content = {
      ...(await this.#content(entry, draft)),
      status: 'publish',
      // A page that is out keeps the moment at which it came out, and with it its address.
      ...((!draft || drafts.has(draft.status)) && { date_gmt: entry.postedAt.slice(0, 19) }),
    };
    return mustBePublic(draft ? await this.#change(draft.id, content) : await this.#create(entry, content));
  }

  /** The whole page and its files, where nobody sees them. A page that is out already stays as it is. */
  async draft(entry: Entry, there: Pick<Standing, 'remoteId'> | null): Promise<Standing> {
    const old = there && (await this.#post(Number(there.remoteId)));
    const draft = old ?? (await this.#create(entry, { status: 'draft' }));
    if (!drafts.has(draft.status)) return standing(draft);
    return standing(await this.#change(draft.id, { ...(await this.#content(entry, draft)), status: 'draft' }));
  }

  /** A draft becomes public in one call; null when there is none any more. */
  async flip(remoteId: string, postedAt: string): Promise<Standing | null> {
    const content = { status: 'publish', date_gmt: postedAt.slice(0, 19) };
    const answer = await this.#call('POST', `/posts/${Number(remoteId)}?${postFields}`, json(content));
    if (answer.status === 404) return null;
    return mustBePublic(understood(Post, this.#must(answer)));
  }

  /** By its number; null when it is gone or in the trash. */
  async named(remoteId: string): Promise<Standing | null> {
    const post = await this.#post(Number(remoteId));
    return post && standing(post);
  }

  /** A second copy, which a slow WordPress may have made after we had given it up, goes: the oldest one stays. */
  async find(entry: Entry, known: Pick<Standing, 'remoteId'> | null): Promise<Standing | null> {
    const named = known?.remoteId ? await this.#post(Number(known.remoteId)) : null;
    const [first, ...others] = [...(named ? [named] : []), ...(await this.#copies(entry))].filter(
      ({ id }, at, all) => all.findIndex((each) => each.id === id) === at,
    );
    for (const { id } of others) await this.#delete(`/posts/${id}?force=true`);
    return first ? standing(first) : null;
  }

  /** Like `find`, and changes nothing: a copy that is public comes first. */
  async look(entry: Entry, known: Pick<Standing, 'remoteId'> | null): Promise<Standing | null> {
    const named = known?.remoteId ? await this.#post(Number(known.remoteId)) : null;
    const copies = [...(named ? [named] : []), ...(await this.#copies(entry))];
    const found = copies.find(({ status }) => status === 'publish') ?? copies[0];
    return found ? standing(found) : null;
  }

  /** Takes every copy from the public, with its files; one that is gone already is removed. */
  async remove(entry: Entry, { remoteId }: Pick<Standing, 'remoteId'>): Promise<void> {
    const { onRemove } = this.settings;
    const named = remoteId ? await this.#post(Number(remoteId)) : null;
    const copies = [...(named ? [named] : []), ...(await this.#copies(entry))];
    for (const id of new Set(copies.map((post) => post.id))) {
      if (onRemove === 'private') await this.#change(id, { status: 'private' });
      else await this.#delete(`/posts/${id}${onRemove === 'delete' ? '?force=true' : ''}`);
    }
    // Files can be neither in the trash nor private. Our own copies stay with the item.
    for (const { hash } of filesOf(entry)) {
      for (const { id } of await this.#media(entry, hash)) await this.#delete(`/media/${id}?force=true`);
    }
  }

  /** Whether it would let us in; changes nothing there. */
  async test(): Promise<Trouble | null> {
    const shape = z.object({ capabilities: z.record(z.string(), z.unknown()) });
    const { capabilities } = await this.#get('/users/me?context=edit&_fields=capabilities', shape);
    const lacking = ['publish_posts', 'edit_published_posts', 'delete_published_posts', 'upload_files'].filter(
      (each) => capabilities[each] !== true,
    );
    if (lacking.length === 0) return null;
    const detail = `${this.settings.username} lacks: ${lacking.join(', ')}`;
    return { code: 'rights_missing', detail, outcome: 'rejected_permanent' };
  }

  async #content(entry: Entry, draft: Post | null): Promise<Record<string, unknown>> {
    const media = draft ? await this.#files(entry, draft.id) : new Map<string, Media>();
    const addresses = new Map([...media].map(([hash, { source_url: at }]) => [hash, at]));
    const cover = media.get(entry.cover ?? '');
    return {
      title: titleOf(entry),
      content: contentOf(withFiles(entry.html, addresses)),
      categories: await this.#categories(),
      ...(cover && { featured_media: cover.id }),
    };
  }

  async #post(id: number): Promise<Post | null> {
    const answer = await this.#call('GET', `/posts/${id}?context=edit&${postFields}`);
    if (answer.status === 404) return null;
    const post = understood(Post, this.#must(answer));
    return post.status === 'trash' ? null : post;
  }

  /** All that bear our slug, or the one that WordPress makes of it when it is taken, oldest first. */
  #copies(entry: Entry): Promise<Post[]> {
    const slugs = ['', '-2', '-3'].map((more) => `${entry.slug}${more}`).join(',');
    const query = `slug=${slugs}&status=any&context=edit&orderby=id&order=asc&${postFields}`;
    return this.#get(`/posts?${query}`, z.array(Post));
  }

  async #create(entry: Entry, content: Record<string, unknown>): Promise<Post> {
    const { slug } = entry;
    const closed = { comment_status: 'closed', ping_status: 'closed' };
    const post = await this.#send(`/posts?${postFields}`, { title: titleOf(entry), slug, ...closed, ...content }, Post);
    if (post.slug === slug) return post;
    // The slug was taken in this very moment. Had another post of ours taken it, then it is the one, and this a copy.
    const older = (await this.#copies(entry)).find((each) => each.id < post.id);
    if (!older) return post;
    await this.#delete(`/posts/${post.id}?force=true`);
    return this.#change(older.id, content);
  }

  #change(id: number, content: Record<string, unknown>): Promise<Post> {
    return this.#send(`/posts/${id}?${postFields}`, content, Post);
  }

  /** The page's files as WordPress has them; those that are not there yet are put there. */
  async #files(entry: Entry, post: number): Promise<Map<string, Media>> {
    const there = new Map<string, Media>();
    for (const file of filesOf(entry)) {
      const [known] = await this.#media(entry, file.hash);
      there.set(file.hash, known ?? (await this.#upload(entry, file, post)));
    }
    return there;
  }

  #media(entry: Entry, hash: string) {
    const query = `slug=${mediaSlugOf(entry, hash)}&context=edit&_fields=id,slug,source_url`;
    return this.#get(`/media?${query}`, z.array(Media));
  }

  async #upload(entry: Entry, file: ReleaseFile, post: number): Promise<Media> {
    const slug = mediaSlugOf(entry, file.hash);
    const title = encodeURIComponent(file.name.trim().toWellFormed() || slug);
    const answer = await this.#call(
      'POST',
      `/media?slug=${slug}&title=${title}&post=${post}&_fields=id,slug,source_url`,
      {
        body: await this.tools.file(file.hash),
        timeoutMs: this.tools.patienceMs * 3,
        headers: {
          'content-type': file.mediaType,
          'content-disposition': `attachment; filename="${slug}.${endingOf(file)}"`,
        },
      },
    );
    // WordPress says 500 of a kind of file that it does not take.
    if (/^rest_upload_\w+_error$/.test(complaintOf(answer)?.code ?? ''))
      throw new Halted({
        code: 'file_refused',
        detail: `${file.name}: ${said(answer)}`,
        outcome: 'rejected_permanent',
      });
    return understood(Media, this.#must(answer));
  }

  async #categories(): Promise<number[] | undefined> {
    const ids: number[] = [];
    for (const name of this.settings.categories) ids.push(await this.#category(name));
    return ids.length > 0 ? ids : undefined;
  }

  async #category(name: string): Promise<number> {
    const query = `search=${encodeURIComponent(name)}&per_page=100&_fields=id,name`;
    const found = await this.#get(`/categories?${query}`, z.array(Category));
    const same = found.find((each) => each.name === name || each.name === name.replaceAll('&', '&amp;'));
    if (same) return same.id;
    const answer = await this.#call('POST', '/categories?_fields=id,name', json({ name }));
    // Somebody made it in this moment.
    const taken = complaintOf(answer)?.data?.term_id;
    return taken ?? understood(Category, this.#must(answer)).id;
  }

  async #get<S extends z.ZodType>(path: string, shape: S): Promise<z.infer<S>> {
    return understood(shape, this.#must(await this.#call('GET', path)));
  }

  async #send<S extends z.ZodType>(path: string, content: Record<string, unknown>, shape: S): Promise<z.infer<S>> {
    return understood(shape, this.#must(await this.#call('POST', path, json(content))));
  }

  /** What is gone already is deleted. */
  async #delete(path: string): Promise<void> {
    const answer = await this.#call('DELETE', path);
    if (answer.status !== 404 && answer.status !== 410) this.#must(answer);
  }

  async #call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    more: { body?: string | Uint8Array; headers?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<Answered> {
    const { allow, patienceMs } = this.tools;
    const headers = { authorization: this.#login, accept: 'application/json', ...more.headers };
    return answered(await safeCall(`${this.#api}${path}`, { method, timeoutMs: patienceMs, ...more, allow, headers }));
  }

  /** @throws Halted when it is no success. */
  #must(answer: Answered): Answered {
    if (isSuccess(answer)) return answer;
    // Who is not known may not ask for what is not public, and is told so with 400.
    const isStranger = answer.status === 400 && answer.body.includes('"rest_forbidden_');
    throw new Halted(refusedBy({ ...answer, status: isStranger ? 401 : answer.status }, said(answer)));
  }
}

const postFields = '_fields=id,link,slug,status';
const json = (content: Record<string, unknown>) => ({
  body: JSON.stringify(content),
  headers: { 'content-type': 'application/json' },
});

const standing = ({ id, link, status }: Post): Standing => ({
  url: link,
  remoteId: String(id),
  isPublic: status === 'publish',
});

/** @throws Halted when it is not what was asked for */
function mustBePublic(post: Post): Standing {
  if (post.status === 'publish') return standing(post);
  throw new Halted({ code: 'not_public', detail: `the post is ${post.status}`, outcome: 'rejected_retryable' });
}

/** Each once; the cover may be a picture of the text as well. */
const filesOf = ({ files }: Entry): ReleaseFile[] => [...new Map(files.map((file) => [file.hash, file])).values()];

/** To WordPress a title is HTML. */
const titleOf = ({ title }: Entry): string =>
  title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A block of HTML, in which WordPress makes no paragraphs of its own; what looks like a shortcode is text. */
const contentOf = (html: string): string =>
  `<!-- wp:html -->
${html.replaceAll('[', '&#91;')}
<!-- /wp:html -->`;

const complaintOf = ({ body }: Answered) => Complaint.safeParse(jsonOf(body)).data ?? null;
function said(answer: Answered): string | undefined {
  const complaint = complaintOf(answer);
  return complaint ? `${complaint.code}: ${complaint.message}` : undefined;
}
