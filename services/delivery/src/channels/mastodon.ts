import { lengthOf, picturesOf, type Channel, type ChannelLimits, type ReleaseFile } from '@tongsheng/contracts';
import { CallForm, safeCall, type Called } from '@tongsheng/web';
import { z } from 'zod';
import { defineChannel, type Found, type Handed, type Parcel, type Sent, type Tools } from './channel.ts';
import { fitted, noticeText } from './notice-text.ts';
import { part } from './shown.ts';
import { Halted, readied, settled } from './steps.ts';

type Settings = Extract<Channel, { kind: 'mastodon' }>['settings'];
type Answered = Extract<Called, { kind: 'answered' }>;

const Status = z.object({ id: z.string().min(1), url: z.url().nullable() });
const Listed = z.array(Status.extend({ content: z.string(), created_at: z.string() }));
const Account = z.object({ id: z.string().min(1) });
const Media = z.object({ id: z.string().min(1) });

/** Pages of forty that are looked through for a status that may be there. */
const pagesAtMost = 5;

/**
 * An account of a Mastodon server. It keeps an `Idempotency-Key` for up to an hour, so that an unknown outcome is settled
 * by sending again; later, by looking through what the account has said.
 */
export const mastodon = defineChannel('mastodon', {
  onUnknown: 'same_key',
  keyLifetime: 'PT55M',

  show: (parcel, _settings, limits) => ({
    parts: part('text', statusOf(parcel, limits), { limit: bodyOf(limits) }),
    pictures: picturesFor(parcel, limits).map(({ hash }) => hash),
  }),

  prepare: (parcel, settings, tools) =>
    readied(picturesUploaded(parcel, settings, tools).then((ids) => `${ids.length} pictures are there`)),

  deliver: (parcel, settings, tools) =>
    settled(
      (async () => {
        const said = fieldsOf(parcel, await picturesUploaded(parcel, settings, tools), settings, tools);
        const headers = { 'idempotency-key': parcel.deliveryId };
        return posted(await call('POST', '/api/v1/statuses', settings, tools, { body: said, headers }), parcel);
      })(),
    ),

  probe: { look: (sent, settings, tools) => look(sent, settings, tools) },

  async watch({ receipt }, settings, tools) {
    if (!receipt) return { found: 'unsure', detail: 'its id is not known' };
    const called = await call('GET', pathOf(receipt.remoteId), settings, tools);
    const detail = detailOf(called);
    if (called.kind !== 'answered') return { found: 'unsure', detail };
    if (called.status === 200) return { found: 'present', detail };
    return { found: called.status === 404 || called.status === 410 ? 'gone' : 'unsure', detail };
  },

  amend: {
    // Readers see that it was edited, and what it was before.
    by: 'edit',
    hand: (parcel, sent, settings, tools) =>
      settled(
        (async () => {
          const path = pathOf(idOf(sent));
          const said = fieldsOf(parcel, await picturesUploaded(parcel, settings, tools), settings, tools);
          return posted(await call('PUT', path, settings, tools, { body: said }), parcel);
        })(),
      ),
  },

  recall: {
    by: 'delete',
    hand: (parcel, sent, settings, tools) =>
      settled(
        (async () => {
          const called = await call('DELETE', pathOf(idOf(sent)), settings, tools);
          const isGone = called.kind === 'answered' && (called.status === 200 || called.status === 404);
          if (!isGone) return refusedBy(called, parcel);
          return { outcome: 'confirmed', detail: detailOf(called), receipt: { remoteId: idOf(sent), url: null } };
        })(),
      ),
  },

  async health(settings, tools) {
    const called = await call('GET', '/api/v1/accounts/verify_credentials', settings, tools);
    const detail = detailOf(called);
    if (called.kind !== 'answered') return { ok: false, detail, trouble: 'network' };
    if (called.status === 200 && read(Account, called)) return { ok: true, detail: 'HTTP 200', trouble: null };
    return { ok: false, detail, trouble: isRefused(called) ? 'credential' : 'busy' };
  },
});

/** What a status says, as a form. @throws Halted where not even the title and the address fit */
function fieldsOf(parcel: Parcel, pictures: string[], { visibility }: Settings, { limits }: Tools): URLSearchParams {
  const fields = new URLSearchParams({ status: statusOf(parcel, limits), visibility, language: 'zh' });
  for (const id of pictures) fields.append('media_ids[]', id);
  return fields;
}

const bodyOf = ({ text }: ChannelLimits) => text.body ?? { max: 500, unit: 'characters' as const };

/** @throws Halted where not even the title and the address fit */
function statusOf(parcel: Parcel, limits: ChannelLimits): string {
  const { max, unit } = bodyOf(limits);
  const lines = fitted(noticeText(parcel, 'deliver', { isMarked: false }), max, (text) => lengthOf(text, unit));
  if (lines) return lines.join('\n');
  const detail = `the title and the address of the page don’t fit into ${max} ${unit}`;
  throw new Halted({ outcome: 'rejected_permanent', trouble: 'content', detail });
}

/** The cover, then those of the text, as many as are taken. */
function picturesFor(parcel: Parcel, { pictures }: ChannelLimits): ReleaseFile[] {
  const inText = picturesOf(parcel.html).map((hash) => parcel.files.find((each) => each.hash === hash));
  return [parcel.cover, ...inText]
    .filter((file) => !!file)
    .filter(({ mediaType, bytes }) => pictures?.types.includes(mediaType) && bytes <= pictures.maxBytes)
    .slice(0, pictures?.max ?? 0);
}

/**
 * The ids of the pictures: cover first, then those of the text, as many as fit. Nobody sees an upload, so that one whose
 * answer was lost is made again.
 * @throws Halted where one is not taken, or is not ready yet
 */
async function picturesUploaded(parcel: Parcel, settings: Settings, tools: Tools): Promise<string[]> {
  const ids: string[] = [];
  let areReady = true;
  for (const file of picturesFor(parcel, tools.limits)) {
    const name = `picture_${file.hash.slice(0, 40)}`;
    const known = tools.notes[name];
    const called = await (known === undefined
      ? upload(file, parcel, settings, tools)
      : call('GET', `/api/v1/media/${encodeURIComponent(known)}`, settings, tools));
    const id = known ?? uploadedIn(called, parcel);
    if (known === undefined) await tools.note({ [name]: id });
    areReady &&= isReady(called, parcel);
    ids.push(id);
  }
  if (areReady) return ids;
  throw new Halted({ outcome: 'rejected_retryable', trouble: 'busy', detail: 'a picture is still being worked on' });
}

async function upload({ hash, mediaType }: ReleaseFile, { title }: Parcel, settings: Settings, tools: Tools) {
  const form = new CallForm();
  form.set('file', new Blob([new Uint8Array(await tools.file(hash))], { type: mediaType }), hash.slice(0, 16));
  form.set('description', title);
  return call('POST', '/api/v2/media', settings, tools, { body: form });
}

/** @throws Halted */
function uploadedIn(called: Called, parcel: Parcel): string {
  const media = called.kind === 'answered' && (called.status === 200 || called.status === 202) && read(Media, called);
  if (media) return media.id;
  throw new Halted(harmless(refusedBy(called, parcel)));
}

/** 202 and 206: it is theirs, and a status that names it now would be refused. @throws Halted */
function isReady(called: Called, parcel: Parcel): boolean {
  if (called.kind === 'answered' && (called.status === 202 || called.status === 206)) return false;
  // One that stands in a status may not be found here any more; the key tells that the status is there.
  if (called.kind === 'answered' && (called.status === 200 || called.status === 404)) return true;
  throw new Halted(harmless(refusedBy(called, parcel)));
}

/** What may or may not have been done, and what nobody sees. */
const harmless = (handed: Handed): Handed =>
  handed.outcome === 'unknown' ? { ...handed, outcome: 'not_sent', trouble: 'network' } : handed;

function posted(called: Called, parcel: Parcel): Handed {
  if (called.kind !== 'answered' || called.status !== 200) return refusedBy(called, parcel);
  const status = read(Status, called);
  if (!status) return { outcome: 'unknown', detail: detailOf(called) };
  return { outcome: 'confirmed', detail: 'HTTP 200', receipt: { remoteId: status.id, url: status.url } };
}

/** What anything but success means. */
function refusedBy(called: Called, { attemptedAt }: Parcel): Handed {
  const detail = detailOf(called);
  if (called.kind !== 'answered') return { outcome: called.kind, detail };
  const { status } = called;
  if (isRefused(called)) return { outcome: 'rejected_retryable', trouble: 'credential', detail };
  if (status === 429) {
    const retryAfterSeconds = secondsToReset(called, attemptedAt);
    return { outcome: 'rejected_retryable', trouble: 'rate_limited', detail, retryAfterSeconds };
  }
  // What failed there may have failed after it was done; and a page with 200 says nothing.
  if (status < 300 || status >= 500) return { outcome: 'unknown', detail };
  return { outcome: 'rejected_permanent', ...(status === 422 && { trouble: 'content' as const }), detail };
}

const isRefused = ({ status }: Answered) => status === 401 || status === 403;

/** The window ends at an instant that it names; an hour at most, whatever their clock says. */
function secondsToReset({ headers, retryAfterSeconds }: Answered, attemptedAt: string): number {
  const seconds = (Date.parse(headers['x-ratelimit-reset'] ?? '') - Date.parse(attemptedAt)) / 1_000;
  return retryAfterSeconds ?? (seconds > 0 ? Math.min(3_600, Math.ceil(seconds)) : 60);
}

/** Looks for a status that leads to our page among what the account has said since the release was signed. */
async function look({ parcel, receipt }: Sent, settings: Settings, tools: Tools): Promise<Found> {
  const unsure = (called: Called): Found => ({ finding: 'unsure', detail: detailOf(called) });
  if (receipt) {
    const called = await call('GET', pathOf(receipt.remoteId), settings, tools);
    const { remoteId, url } = receipt;
    if (called.kind !== 'answered') return unsure(called);
    if (called.status === 200) return { finding: 'present', detail: 'HTTP 200', receipt: { remoteId, url } };
    return called.status === 404 ? { finding: 'absent', detail: 'HTTP 404' } : unsure(called);
  }
  const who = await call('GET', '/api/v1/accounts/verify_credentials', settings, tools);
  const account = who.kind === 'answered' && who.status === 200 && read(Account, who);
  if (!account) return unsure(who);
  let before = '';
  for (let page = 0; page < pagesAtMost; page++) {
    const path = `/api/v1/accounts/${encodeURIComponent(account.id)}/statuses?limit=40&exclude_reblogs=true${before}`;
    const called = await call('GET', path, settings, tools);
    const statuses = called.kind === 'answered' && called.status === 200 && read(Listed, called);
    if (!statuses) return unsure(called);
    const ours = statuses.find(({ content }) => leadsTo(content, parcel.url));
    if (ours) {
      const { id, url } = ours;
      return { finding: 'present', detail: 'found among what the account has said', receipt: { remoteId: id, url } };
    }
    const last = statuses.at(-1);
    if (!last || Date.parse(last.created_at) < Date.parse(parcel.signedAt))
      return { finding: 'absent', detail: 'not among what the account has said since it was signed' };
    before = `&max_id=${encodeURIComponent(last.id)}`;
  }
  return { finding: 'unsure', detail: `not among the last ${pagesAtMost * 40} that the account has said` };
}

/** An address in a status ends where a letter of it could go on. */
function leadsTo(content: string, url: string): boolean {
  const at = content.indexOf(url.replaceAll('&', '&amp;'));
  return at >= 0 && !/^[\w-]/.test(content.slice(at + url.replaceAll('&', '&amp;').length));
}

const pathOf = (id: string) => `/api/v1/statuses/${encodeURIComponent(id)}`;

/** @throws Halted where it is not known which status it is about */
function idOf({ receipt }: Sent): string {
  if (receipt) return receipt.remoteId;
  throw new Halted({ outcome: 'rejected_permanent', detail: 'the id of what was posted is not known' });
}

function call(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { server, token }: Settings,
  { allow, timeoutMs }: Tools,
  { body, headers }: { body?: URLSearchParams | CallForm; headers?: Record<string, string> } = {},
): Promise<Called> {
  const form = body instanceof URLSearchParams && { 'content-type': 'application/x-www-form-urlencoded' };
  return safeCall(`${server.replace(/\/$/, '')}${path}`, {
    method,
    allow,
    timeoutMs,
    maxBytes: 2 ** 20,
    // A second copy of any of these is told by its key, by its id, or is seen by nobody.
    reuse: true,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...form, ...headers },
    ...(body && { body: body instanceof URLSearchParams ? body.toString() : body }),
  });
}

/** What an answer says, in the shape that it should have; undefined where it has another, or was cut. */
function read<S extends z.ZodType>(shape: S, { body, whole }: Answered): z.infer<S> | undefined {
  if (!whole) return undefined;
  try {
    return shape.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

const detailOf = (called: Called): string =>
  called.kind === 'answered'
    ? `HTTP ${called.status} ${called.body.toString('utf8').replace(/\s+/g, ' ').trim()}`.trim().slice(0, 500)
    : called.detail;
