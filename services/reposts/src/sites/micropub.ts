import { createHash } from 'node:crypto';
import { publicationSettings, type PublicDocument } from '@tongsheng/contracts';
import { renderContent } from '@tongsheng/pages';
import { CallForm, safeCall, safeFetch } from '@tongsheng/web';
import { z } from 'zod';
import {
  answered,
  endingOf,
  Halted,
  isSuccess,
  jsonOf,
  refusedBy,
  settled,
  withFiles,
  type Answered,
} from './calls.ts';
import { checkForeignPage, shownOnForeign } from './foreign-page.ts';
import { cannotTell, defineSiteKind, type Published, type Removed, type Tools } from './site-kind.ts';

type Settings = z.infer<typeof publicationSettings.micropub>;

const Complaint = z.object({ error: z.string(), error_description: z.string().default('') });
const Config = z.object({ 'media-endpoint': z.url({ protocol: /^https?$/ }).optional() });
/** The list of posts, which many endpoints have and the Recommendation does not name. */
const List = z.object({
  items: z.array(
    z.object({ properties: z.object({ uid: z.array(z.unknown()).default([]), url: z.array(z.url()).default([]) }) }),
  ),
});

/** How many posts back we look for ours; an attempt that may have succeeded is minutes old. */
const lookedThrough = 50;
/**
 * A site by Micropub (W3C Recommendation of 2017). It knows no idempotency key and promises no address, so whether a page
 * is there is asked by its address where the settings tell it, else in the list of posts where there is one; where
 * neither is, a person has to look. Files that were put to the media endpoint can't be asked for at all.
 */
export const micropub = defineSiteKind({
  kind: 'micropub',
  settings: publicationSettings.micropub,
  onUnknown: 'probe',
  open(settings, tools) {
    const site = new Micropub(settings, tools);
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

const slugOf = ({ site, documentId }: PublicDocument): string =>
  `tongsheng-${createHash('sha256').update(`${site}/${documentId}`).digest('hex').slice(0, 20)}`;
/** Names the page whatever its address is. */
const uidOf = ({ site, documentId }: PublicDocument): string => `urn:tongsheng:${site}:${documentId}`;

class Micropub {
  constructor(
    private readonly settings: Settings,
    private readonly tools: Tools,
  ) {}

  async publish(document: PublicDocument, there: Published | null): Promise<Published> {
    const files = await this.#files(document);
    const properties = {
      name: [document.title],
      content: [{ html: renderContent(withFiles(document, files)).text }],
    };
    if (there) {
      const { url } = there;
      const answer = this.#must(await this.#send({ action: 'update', url, replace: properties }));
      return { url: answer.location ? absolute(answer.location, this.settings.endpoint) : url, publicPosition: null };
    }
    const uid = [uidOf(document)];
    const named = { published: [document.postedAt], 'mp-slug': [slugOf(document)], uid };
    const answer = this.#must(await this.#send({ type: ['h-entry'], properties: { ...properties, ...named } }));
    if (!answer.location) {
      const detail = `HTTP ${answer.status} without a Location`;
      throw new Halted({ code: 'answer_not_understood', detail, outcome: 'unknown' });
    }
    return { url: absolute(answer.location, this.settings.endpoint), publicPosition: null };
  }

  async find(document: PublicDocument, known: Published | null): Promise<Published | null> {
    const { pageUrl } = this.settings;
    const url = known?.url ?? pageUrl?.replaceAll('{slug}', slugOf(document));
    if (url === undefined) return this.#listed(document);
    const source = await this.#ask({ q: 'source', url });
    if (isSuccess(source)) return { url, publicPosition: null };
    // An endpoint may not know the question; whether the page is there, the page itself tells.
    this.#mustKnowUs(source);
    const page = await safeFetch(url, { allow: this.tools.allow });
    if (page.ok) return { url, publicPosition: null };
    const { answer, code, detail } = page;
    if (answer?.status === 404 || answer?.status === 410) return null;
    throw new Halted({ code, detail: `${url}: ${detail}`, outcome: 'rejected_retryable' });
  }

  async remove(document: PublicDocument, published: Published): Promise<Removed> {
    const answer = await this.#send({ action: 'delete', url: published.url });
    if (isSuccess(answer)) return { publicPosition: null };
    this.#mustKnowUs(answer);
    // What is gone already can't be deleted, and servers have no common word for that.
    if ((await this.find(document, published)) !== null) this.#must(answer);
    return { publicPosition: null };
  }

  async test(): Promise<null> {
    this.#must(await this.#ask({ q: 'config' }));
    return null;
  }

  async #listed(document: PublicDocument): Promise<Published | null> {
    const answer = await this.#ask({ q: 'source', limit: String(lookedThrough) });
    this.#mustKnowUs(answer);
    const list = isSuccess(answer) ? List.safeParse(jsonOf(answer.body)).data : undefined;
    if (!list) {
      const detail = `the endpoint can't say whether ${slugOf(document)} is there; somebody must look, and have it sent again if it is not`;
      throw new Halted({ code: cannotTell, detail, outcome: 'rejected_permanent' });
    }
    const ours = list.items.find(({ properties }) => properties.uid.includes(uidOf(document)));
    const url = ours?.properties.url[0];
    return url === undefined ? null : { url, publicPosition: null };
  }

  /** Puts the document's files to the media endpoint. @returns their addresses by their hashes. */
  async #files(document: PublicDocument): Promise<Map<string, string>> {
    const addresses = new Map<string, string>();
    if (document.files.length === 0) return addresses;
    const endpoint = this.settings.mediaEndpoint ?? (await this.#mediaEndpoint());
    for (const file of document.files) {
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

function absolute(location: string, base: string): string {
  if (URL.canParse(location, base)) return new URL(location, base).href;
  throw new Halted({ code: 'answer_not_understood', detail: `Location: ${location}`, outcome: 'unknown' });
}
