import { createHash } from 'node:crypto';
import { publicationSettings, type PublicDocument } from '@tongsheng/contracts';
import { renderContent } from '@tongsheng/pages';
import { postWebhook } from '@tongsheng/web';
import { z } from 'zod';
import { answered, Halted, isSuccess, refusedBy, settled, understood, type Answered } from '@tongsheng/cms';
import { checkForeignPage, shownOnForeign } from './foreign-page.ts';
import { defineSiteKind, type Published, type Removed, type Tools } from './site-kind.ts';

type Settings = z.infer<typeof publicationSettings.webhook>;
type Verb = 'page.publish' | 'page.update' | 'page.remove' | 'page.test';

/** Where the page is, and what the other system calls it. */
const Answer = z.object({ url: z.url({ protocol: /^https?$/ }), id: z.union([z.string(), z.number()]).optional() });

/**
 * Any other system, by signed calls (Standard Webhooks 1.0.0). The `webhook-id` of a version of a page is the same at
 * every attempt, and the other side answers a second call as it answered the first, so whatever is not known is settled
 * by calling again. The same goes for 202, *not yet*. README.md has the whole contract.
 */
export const webhook = defineSiteKind({
  kind: 'webhook',
  settings: publicationSettings.webhook,
  onUnknown: 'same_key',
  open: (settings, tools) => ({
    publish: (document, there) => settled(publish(document, there, settings, tools)),
    find: async () => null,
    remove: (document, published, askedAt) => settled(remove(document, { published, askedAt }, settings, tools)),
    test: () => settled(test(settings, tools)),
  }),
  check: checkForeignPage,
  shown: shownOnForeign,
});

async function publish(
  document: PublicDocument,
  there: Published | null,
  settings: Settings,
  tools: Tools,
): Promise<Published> {
  const files = [];
  for (const { hash, name, mediaType, bytes } of document.files) {
    const content = Buffer.from(await tools.file(hash)).toString('base64');
    files.push({ hash, name, mediaType, bytes, address: `${document.url}/files/${hash}`, content });
  }
  const { site, documentId, column, title, html, source, postedAt, version, contentHash } = document;
  const page = { site, documentId, column, title, html, source, postedAt, version, contentHash };
  const data = { ...page, content: renderContent(document).text, files, ...namedBy(there) };
  const answer = await call(there ? 'page.update' : 'page.publish', document, data, settings, tools);
  if (answer.status === 202) {
    const detail = 'the other system has taken it and has not published it yet';
    const { retryAfterSeconds } = answer;
    throw new Halted({ code: 'pending', detail, outcome: 'rejected_retryable', retryAfterSeconds });
  }
  const { url, id } = understood(Answer, must(answer));
  return { url, publicPosition: null, ...(id !== undefined && { remoteId: String(id).slice(0, 500) }) };
}

async function remove(
  document: PublicDocument,
  { published, askedAt }: { published: Published; askedAt: string },
  settings: Settings,
  tools: Tools,
): Promise<Removed> {
  const { site, documentId } = document;
  const data = { site, documentId, ...namedBy(published), withdrawnAt: askedAt };
  // Taken down for another decision, it is another call.
  const answer = await call('page.remove', { ...document, postedAt: askedAt }, data, settings, tools);
  const removed: Removed = { publicPosition: null };
  if (answer.status === 404 || answer.status === 410) return removed;
  if (answer.status === 202) {
    const { retryAfterSeconds } = answer;
    const detail = 'the other system has not removed it yet';
    throw new Halted({ code: 'pending', detail, outcome: 'rejected_retryable', retryAfterSeconds });
  }
  must(answer);
  return removed;
}

async function test(settings: Settings, tools: Tools): Promise<null> {
  const at = tools.now();
  const call = {
    id: `test-${Date.parse(at)}`,
    at: new Date(at),
    type: 'page.test' satisfies Verb,
    timestamp: at,
    data: {},
  };
  must(answered(await postWebhook(settings, call, { allow: tools.allow, timeoutMs: tools.patienceMs })));
  return null;
}

const namedBy = (page: Published | null) => ({ url: page?.url ?? null, id: page?.remoteId ?? null });

async function call(
  type: Verb,
  { site, documentId, postedAt, contentHash }: PublicDocument,
  data: unknown,
  settings: Settings,
  { allow, now, patienceMs }: Tools,
): Promise<Answered> {
  const id = createHash('sha256').update([type, site, documentId, postedAt, contentHash].join('\n')).digest('hex');
  const said = { id: `page_${id.slice(0, 40)}`, at: new Date(now()), type, timestamp: postedAt, data };
  return answered(await postWebhook(settings, said, { allow, timeoutMs: patienceMs * 3 }));
}

/** @throws Halted when it is no success. */
function must(answer: Answered): Answered {
  if (isSuccess(answer)) return answer;
  throw new Halted(refusedBy(answer));
}
