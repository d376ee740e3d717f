import { createHash } from 'node:crypto';
import { publicationSettings, type PublicDocument } from '@tongsheng/contracts';
import { renderContent } from '@tongsheng/pages';
import { safeCall } from '@tongsheng/web';
import { z } from 'zod';
import {
  answered,
  endingOf,
  Halted,
  isSuccess,
  jsonOf,
  refusedBy,
  settled,
  understood,
  withFiles,
  type Answered,
} from './calls.ts';
import { checkForeignPage, shownOnForeign } from './foreign-page.ts';
import { defineSiteKind, type Published, type Removed, type Tools, type Trouble } from './site-kind.ts';

type Settings = z.infer<typeof publicationSettings.wordpress>;

const Post = z.object({ id: z.int(), link: z.url(), slug: z.string(), status: z.string() });
type Post = z.infer<typeof Post>;
const Media = z.object({ id: z.int(), slug: z.string(), source_url: z.url() });
const Category = z.object({ id: z.int(), name: z.string() });
const Complaint = z.object({
  code: z.string(),
  message: z.string(),
  data: z.looseObject({ term_id: z.int().optional() }).nullish(),
});

/**
 * WordPress, through its REST API and an application password. WordPress knows no idempotency key, so the slug is one: it
 * follows from the task alone, and whether the page is there is asked by it.
 */
export const wordpress = defineSiteKind({
  kind: 'wordpress',
  settings: publicationSettings.wordpress,
  onUnknown: 'probe',
  open(settings, tools) {
    const site = new WordPress(settings, tools);
    return {
      publish: (document, there) => settled(site.publish(document, there)),
      find: (document, known) => settled(site.find(document, known)),
      remove: (document, published) => settled(site.remove(document, published)),
      test: () => settled(site.test()),
    };
  },
  check: checkForeignPage,
  shown: shownOnForeign,
});

/** The name of a task's page; lower case, because WordPress makes it so. */
const slugOf = ({ site, documentId }: PublicDocument): string =>
  `tongsheng-${createHash('sha256').update(`${site}/${documentId}`).digest('hex').slice(0, 20)}`;
const mediaSlugOf = (document: PublicDocument, hash: string) => `${slugOf(document)}-${hash.slice(0, 16)}`;

const drafts = new Set(['draft', 'auto-draft', 'pending']);

class WordPress {
  readonly #api: string;
  readonly #login: string;

  constructor(
    private readonly settings: Settings,
    private readonly tools: Tools,
  ) {
    const { url, username, password } = settings;
    this.#api = `${url.replace(/\/+$/, '')}/wp-json/wp/v2`;
    this.#login = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
  }

  async publish(document: PublicDocument, there: Published | null): Promise<Published> {
    const old = there && (await this.#post(Number(there.remoteId)));
    // Files belong to a post, and the text names them: the post is there first, where nobody sees it.
    const draft = document.files.length > 0 && !old ? await this.#create(document, { status: 'draft' }) : old;
    const media = draft ? await this.#files(document, draft.id) : new Map<string, string>();
    const content = {
      title: titleOf(document),
      content: contentOf(withFiles(document, media)),
      status: 'publish',
      categories: await this.#categories(),
      // A page that is out keeps the moment at which it came out, and with it its address.
      ...((!draft || drafts.has(draft.status)) && { date_gmt: document.postedAt.slice(0, 19) }),
    };
    const post = draft ? await this.#change(draft.id, content) : await this.#create(document, content);
    if (post.status !== 'publish')
      throw new Halted({ code: 'not_public', detail: `the post is ${post.status}`, outcome: 'rejected_retryable' });
    return pageOf(post);
  }

  /** A second copy, which a slow WordPress may have made after we had given it up, goes: the oldest one stays. */
  async find(document: PublicDocument, known: Published | null): Promise<Published | null> {
    const named = known?.remoteId ? await this.#post(Number(known.remoteId)) : null;
    const [first, ...others] = [...(named ? [named] : []), ...(await this.#copies(document))].filter(
      ({ id }, at, all) => all.findIndex((each) => each.id === id) === at,
    );
    for (const { id } of others) await this.#delete(`/posts/${id}?force=true`);
    return first ? pageOf(first) : null;
  }

  async remove(document: PublicDocument, { remoteId }: Published): Promise<Removed> {
    const { onRemove } = this.settings;
    const named = await this.#post(Number(remoteId));
    const copies = [...(named ? [named] : []), ...(await this.#copies(document))];
    for (const id of new Set(copies.map((post) => post.id))) {
      if (onRemove === 'private') await this.#change(id, { status: 'private' });
      else await this.#delete(`/posts/${id}${onRemove === 'delete' ? '?force=true' : ''}`);
    }
    // Files can be neither in the trash nor private. Our own copies stay with the item.
    for (const { hash } of document.files) {
      for (const { id } of await this.#media(document, hash)) await this.#delete(`/media/${id}?force=true`);
    }
    return { publicPosition: null };
  }

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

  /** By its number; null when it is gone or in the trash. */
  async #post(id: number): Promise<Post | null> {
    const answer = await this.#call('GET', `/posts/${id}?context=edit&${postFields}`);
    if (answer.status === 404) return null;
    const post = understood(Post, this.#must(answer));
    return post.status === 'trash' ? null : post;
  }

  /** All that bear our slug, or the one that WordPress makes of it when it is taken, oldest first. */
  #copies(document: PublicDocument): Promise<Post[]> {
    const slugs = ['', '-2', '-3'].map((more) => `${slugOf(document)}${more}`).join(',');
    const query = `slug=${slugs}&status=any&context=edit&orderby=id&order=asc&${postFields}`;
    return this.#get(`/posts?${query}`, z.array(Post));
  }

  async #create(document: PublicDocument, content: Record<string, unknown>): Promise<Post> {
    const slug = slugOf(document);
    const closed = { comment_status: 'closed', ping_status: 'closed' };
    const post = await this.#send(
      `/posts?${postFields}`,
      { title: titleOf(document), slug, ...closed, ...content },
      Post,
    );
    if (post.slug === slug) return post;
    // The slug was taken in this very moment. Had another post of ours taken it, then it is the one, and this a copy.
    const older = (await this.#copies(document)).find((each) => each.id < post.id);
    if (!older) return post;
    await this.#delete(`/posts/${post.id}?force=true`);
    return this.#change(older.id, content);
  }

  #change(id: number, content: Record<string, unknown>): Promise<Post> {
    return this.#send(`/posts/${id}?${postFields}`, content, Post);
  }

  /** Where the document's files are in WordPress; those that are not there yet are put there. */
  async #files(document: PublicDocument, post: number): Promise<Map<string, string>> {
    const addresses = new Map<string, string>();
    for (const file of document.files) {
      const [known] = await this.#media(document, file.hash);
      const { source_url: address } = known ?? (await this.#upload(document, file, post));
      addresses.set(file.hash, address);
    }
    return addresses;
  }

  #media(document: PublicDocument, hash: string) {
    const query = `slug=${mediaSlugOf(document, hash)}&context=edit&_fields=id,slug,source_url`;
    return this.#get(`/media?${query}`, z.array(Media));
  }

  async #upload(document: PublicDocument, file: PublicDocument['files'][number], post: number) {
    const slug = mediaSlugOf(document, file.hash);
    const title = encodeURIComponent(file.name.trim() || slug);
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

const pageOf = ({ id, link }: Post): Published => ({ url: link, remoteId: String(id), publicPosition: null });

/** To WordPress a title is HTML. */
const titleOf = ({ title }: PublicDocument): string =>
  title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A block of HTML, in which WordPress makes no paragraphs of its own; what looks like a shortcode is text. */
const contentOf = (document: PublicDocument): string =>
  `<!-- wp:html -->\n${renderContent(document).text.replaceAll('[', '&#91;')}\n<!-- /wp:html -->`;

const complaintOf = ({ body }: Answered) => Complaint.safeParse(jsonOf(body)).data ?? null;
function said(answer: Answered): string | undefined {
  const complaint = complaintOf(answer);
  return complaint ? `${complaint.code}: ${complaint.message}` : undefined;
}
