import type { micropubSettings } from '@tongsheng/contracts';
import { CallForm, safeCall, safeFetch } from '@tongsheng/web';
import { z } from 'zod';
import { answered, endingOf, Halted, isSuccess, jsonOf, refusedBy, type Answered } from './calls.ts';
import { cannotTell, withFiles, type CmsTools, type Entry, type Standing } from './entry.ts';

export type MicropubSettings = z.infer<typeof micropubSettings>;

const Complaint = z.object({ error: z.string(), error_description: z.string().default('') });
const Config = z.object({ 'media-endpoint': z.url({ protocol: /^https?$/ }).optional() });
/** The list of posts, which many endpoints have and the Recommendation does not name. */
const List = z.object({
  items: z.array(
    z.object({
      properties: z.object({
        uid: z.array(z.unknown()).default([]),
        url: z.array(z.url()).default([]),
        'post-status': z.array(z.unknown()).default([]),
      }),
    }),
  ),
});

/** How many posts back we look for ours; an attempt that may have succeeded is minutes old. */
const lookedThrough = 50;
/** What is asked of a post; without a status it is out. */
const Source = z.object({ properties: z.object({ 'post-status': z.array(z.unknown()).default([]) }) });

/**
 * A site by Micropub (W3C Recommendation of 2017). It knows no idempotency key and promises no address, so whether a page
 * is there is asked by its address where the settings tell it, else in the list of posts where there is one; where
 * neither is, a person has to look. Files that were put to the media endpoint can't be asked for at all. Every method may
 * throw Halted.
 */
export class Micropub {
  constructor(
    private readonly settings: MicropubSettings,
    private readonly tools: CmsTools,
  ) {}

  /** Makes the page public, or brings it up to date where it is `there` already. */
  async publish(entry: Entry, there: Pick<Standing, 'url'> | null): Promise<Standing> {
    const properties = await this.#properties(entry);
    if (there) return this.#update(there.url, properties);
    return this.#create(entry, { ...properties, published: [entry.postedAt] });
  }

  /** The whole page and its files, where nobody sees them: only of endpoints that know `post-status`. */
  async draft(entry: Entry): Promise<Standing> {
    const made = await this.#create(entry, { ...(await this.#properties(entry)), 'post-status': ['draft'] });
    return { ...made, isPublic: false };
  }

  /** A draft becomes public in one call. */
  flip(url: string, postedAt: string): Promise<Standing> {
    return this.#update(url, { 'post-status': ['published'], published: [postedAt] });
  }

  /** By the address that is known of it, else by the one that the settings tell, else in the list of posts. */
  async find(entry: Entry, known: Pick<Standing, 'url'> | null): Promise<Standing | null> {
    const { pageUrl } = this.settings;
    const url = known?.url ?? pageUrl?.replaceAll('{slug}', entry.slug);
    if (url === undefined) return this.#listed(entry);
    const source = await this.#ask({ q: 'source', url });
    if (isSuccess(source)) {
      const said = Source.safeParse(jsonOf(source.body)).data?.properties['post-status'] ?? [];
      return { url, isPublic: isOut(said) };
    }
    // An endpoint may not know the question; whether the page is there, the page itself tells.
    this.#mustKnowUs(source);
    return (await this.isShown(url)) ? { url, isPublic: true } : null;
  }

  /** Whether the public gets the page. */
  async isShown(url: string): Promise<boolean> {
    const page = await safeFetch(url, { allow: this.tools.allow });
    if (page.ok) return true;
    const { answer, code, detail } = page;
    if (answer?.status === 404 || answer?.status === 410) return false;
    throw new Halted({ code, detail: `${url}: ${detail}`, outcome: 'rejected_retryable' });
  }

  /** Takes it from the public; one that is gone already is removed. */
  async remove(entry: Entry, there: Pick<Standing, 'url'>): Promise<void> {
    const answer = await this.#send({ action: 'delete', url: there.url });
    if (isSuccess(answer)) return;
    this.#mustKnowUs(answer);
    // What is gone already can't be deleted, and servers have no common word for that.
    if ((await this.find(entry, there)) !== null) this.#must(answer);
  }

  /** Whether it would let us in; changes nothing there. */
  async test(): Promise<null> {
    this.#must(await this.#ask({ q: 'config' }));
    return null;
  }

  async #properties(entry: Entry): Promise<Record<string, unknown[]>> {
    const files = await this.#files(entry);
    const cover = files.get(entry.cover ?? '');
    return {
      name: [entry.title],
      content: [{ html: withFiles(entry.html, files) }],
      ...(cover !== undefined && { featured: [cover] }),
    };
  }

  async #create({ slug, uid }: Entry, properties: Record<string, unknown[]>): Promise<Standing> {
    const named = { ...properties, 'mp-slug': [slug], uid: [uid] };
    const answer = this.#must(await this.#send({ type: ['h-entry'], properties: named }));
    if (answer.location) return { url: absolute(answer.location, this.settings.endpoint), isPublic: true };
    const detail = `HTTP ${answer.status} without a Location`;
    throw new Halted({ code: 'answer_not_understood', detail, outcome: 'unknown' });
  }

  async #update(url: string, replace: Record<string, unknown[]>): Promise<Standing> {
    const answer = this.#must(await this.#send({ action: 'update', url, replace }));
    return { url: answer.location ? absolute(answer.location, this.settings.endpoint) : url, isPublic: true };
  }

  async #listed(entry: Entry): Promise<Standing | null> {
    const answer = await this.#ask({ q: 'source', limit: String(lookedThrough) });
    this.#mustKnowUs(answer);
    const list = isSuccess(answer) ? List.safeParse(jsonOf(answer.body)).data : undefined;
    if (!list) {
      const detail = `the endpoint can't say whether ${entry.slug} is there; somebody must look, and have it sent again if it is not`;
      throw new Halted({ code: cannotTell, detail, outcome: 'rejected_permanent' });
    }
    const ours = list.items.find(({ properties }) => properties.uid.includes(entry.uid));
    const url = ours?.properties.url[0];
    return url === undefined ? null : { url, isPublic: isOut(ours!.properties['post-status']) };
  }

  /** Puts the page's files to the media endpoint. @returns their addresses by their hashes. */
  async #files(entry: Entry): Promise<Map<string, string>> {
    const addresses = new Map<string, string>();
    if (entry.files.length === 0) return addresses;
    const endpoint = this.settings.mediaEndpoint ?? (await this.#mediaEndpoint());
    for (const file of new Map(entry.files.map((each) => [each.hash, each])).values()) {
      const form = new CallForm();
      const blob = new Blob([new Uint8Array(await this.tools.file(file.hash))], { type: file.mediaType });
      form.set('file', blob, `${file.hash.slice(0, 16)}.${endingOf(file)}`);
      const timeoutMs = this.tools.patienceMs * 3;
      const answer = this.#must(await this.#call('POST', endpoint, { body: form, timeoutMs }));
      if (!answer.location) {
        const detail = `${file.name}: HTTP ${answer.status} without a Location`;
        throw new Halted({ code: 'answer_not_understood', detail, outcome: 'unknown' });
      }
      addresses.set(file.hash, absolute(answer.location, endpoint));
    }
    return addresses;
  }

  async #mediaEndpoint(): Promise<string> {
    const config = Config.safeParse(jsonOf(this.#must(await this.#ask({ q: 'config' })).body)).data;
    const endpoint = config?.['media-endpoint'];
    if (endpoint) return endpoint;
    const detail = 'the site has no media endpoint, and the page has pictures or attachments';
    throw new Halted({ code: 'file_refused', detail, outcome: 'rejected_permanent' });
  }

  #ask(query: Record<string, string>): Promise<Answered> {
    const address = new URL(this.settings.endpoint);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    return this.#call('GET', address.href);
  }

  #send(content: Record<string, unknown>): Promise<Answered> {
    const headers = { 'content-type': 'application/json' };
    return this.#call('POST', this.settings.endpoint, { body: JSON.stringify(content), headers });
  }

  async #call(
    method: 'GET' | 'POST',
    address: string,
    more: { body?: string | CallForm; headers?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<Answered> {
    const { allow, patienceMs } = this.tools;
    const headers = { authorization: `Bearer ${this.settings.token}`, accept: 'application/json', ...more.headers };
    // A list of posts with their texts is long.
    const limits = { timeoutMs: patienceMs, maxBytes: 8 * 2 ** 20 };
    return answered(await safeCall(address, { method, ...limits, ...more, allow, headers }));
  }

  /** @throws Halted when the endpoint would not speak to us, or not now; another refusal is about the question. */
  #mustKnowUs(answer: Answered): void {
    if (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500)
      this.#must(answer);
  }

  /** @throws Halted when it is no success. */
  #must(answer: Answered): Answered {
    if (isSuccess(answer)) return answer;
    const complaint = Complaint.safeParse(jsonOf(answer.body)).data;
    const words = complaint && `${complaint.error}: ${complaint.error_description}`;
    throw new Halted(refusedBy(answer, words));
  }
}

const isOut = ([status = 'published']: unknown[]): boolean => status === 'published';

function absolute(location: string, base: string): string {
  if (URL.canParse(location, base)) return new URL(location, base).href;
  throw new Halted({ code: 'answer_not_understood', detail: `Location: ${location}`, outcome: 'unknown' });
}
