import { createHash } from 'node:crypto';
import { settled, type CmsTools, type Entry, type Trouble } from '@tongsheng/cms';
import { Html, html, verdictWords } from '@tongsheng/pages';
import type { Discarded, Handed, Parcel, Prepared, Tools } from './channel.ts';
import { part, type Shown } from './shown.ts';

/** What is noted of a page at another system: what it is told by there, and where it is. */
export const standsAs = 'slug';
export const standsAt = 'page';
/** The content that stands there as a draft, whole. */
export const drafted = 'drafted';

/** A release as a site of another system gets it. Its name there follows from the release, or is the one it has there. */
export function entryOf(parcel: Parcel, slug = slugOf(parcel)): Entry {
  const { site, releaseId, title, files, cover, attemptedAt } = parcel;
  return {
    slug,
    uid: `urn:tongsheng:${site}:${releaseId}`,
    title,
    html: textOf(parcel),
    files: cover ? [...files, cover] : files,
    cover: cover?.hash ?? null,
    postedAt: attemptedAt,
  };
}

/** A page of another system as it will be given there. */
export function showEntry(parcel: Parcel): Shown {
  const { title, html: text, cover } = entryOf(parcel);
  return {
    parts: [...part('title', title), ...part('page', text, { form: 'html' })],
    pictures: cover ? [cover] : [],
  };
}

const slugOf = ({ site, releaseId }: Parcel): string =>
  `tongsheng-${createHash('sha256').update(`release/${site}/${releaseId}`).digest('hex').slice(0, 20)}`;

/** The verdict before the claim, and where it comes from; the body was sanitised when it was signed. */
const textOf = ({ rumor, summary, html: body, siteName, url, documentNumber }: Parcel): string =>
  html`${rumor && html`<p><strong>${verdictWords[rumor.verdict]}</strong>　网传：${rumor.claim}</p>`}
    ${summary && html`<p>${summary}</p>`} ${new Html(body)} ${documentNumber && html`<p>文号：${documentNumber}</p>`}
    <p>来源：<a href="${url}">${siteName}</a></p>`.text;

export const cmsTools = ({ allow, timeoutMs, file }: Tools): CmsTools => ({ allow, patienceMs: timeoutMs, file });

export const isTrouble = <T extends object>(said: T | Trouble | null): said is Trouble =>
  said !== null && 'outcome' in said && 'code' in said;

const troubles: Record<string, Handed['trouble']> = {
  credentials_refused: 'credential',
  rights_missing: 'credential',
  refused: 'content',
  file_refused: 'content',
  unreachable: 'network',
};

/** What trouble at such a system means for an attempt. */
export function handedBy({ code, detail, outcome, retryAfterSeconds }: Trouble): Handed {
  const trouble = /^HTTP 429\b/.test(detail) ? 'rate_limited' : troubles[code];
  return {
    // A login is mended by a person, and then it goes on.
    outcome: trouble === 'credential' ? 'rejected_retryable' : outcome,
    detail: `${code}: ${detail}`,
    ...(trouble && { trouble }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** What came of taking a draft away. */
export async function discardedBy(removal: Promise<void>): Promise<Discarded> {
  const said = await settled(removal.then(() => ({})));
  return isTrouble(said) ? { done: false, detail: said.detail } : { done: true, detail: 'the draft is gone' };
}

export function unreadyBy(said: Trouble): Prepared {
  const { outcome, trouble, detail } = handedBy(said);
  return { ready: false, detail, trouble: trouble ?? (outcome === 'rejected_permanent' ? 'content' : 'network') };
}
