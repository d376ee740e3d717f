import {
  channelKinds,
  type Assignment,
  type Bounced,
  type CallbackRefusal,
  type Channel,
  type ChannelLimits,
  type DeliveryNotes,
  type DeliveryReceipt,
  type Draft,
  type Finding,
  type OnUnknown,
  type Outcome,
  type RecipientAnswer,
  type ReleaseFile,
  type Trouble,
} from '@tongsheng/contracts';
import type { Shown } from './shown.ts';
import type { Tokens } from './tokens.ts';

/** What is handed over: the signed release as this channel gets it, the same at every attempt but for `attemptedAt` and `onlyTo`. */
export type Parcel = {
  /** The key that receivers tell a second copy by. */
  deliveryId: string;
  releaseId: string;
  site: string;
  siteName: string;
  kind: Draft['kind'];
  title: string;
  documentNumber: string | null;
  summary: string;
  html: string;
  cover: ReleaseFile | null;
  files: ReleaseFile[];
  /** What is being said and our verdict; where it was seen stays in the house. */
  rumor: Pick<NonNullable<Draft['rumor']>, 'claim' | 'verdict'> | null;
  /** Our page of it. */
  url: string;
  contentHash: string;
  /** What was corrected, or why it was taken back, where that is said. */
  note?: string;
  signedAt: string;
  attemptedAt: string;
  /** Of a mail that others have by now: those whom it is still to reach, and nobody else. */
  onlyTo?: readonly string[];
  /** An early copy for one person of the press, whom it binds until then. */
  embargo?: { until: string; name: string; email: string };
};

/** What a person hands over, and within which ISO duration. */
export type Package = Pick<Assignment, 'address' | 'leftOut'> & {
  files: (Omit<Assignment['files'][number], 'hash' | 'bytes'> & { bytes: Uint8Array })[];
  within: string;
};

/** What became of one attempt, and how it is known. */
export type Handed = {
  outcome: Outcome;
  detail: string;
  /** Why it did not get through; without it, what is usual for the outcome. */
  trouble?: Trouble;
  /** The channel's own proof. */
  receipt?: { remoteId: string; url: string | null };
  /** The channel's wish to be left alone. */
  retryAfterSeconds?: number | null;
  /** Of a mail, what was said of each. `confirmed`: some have it, and whether the others get it is decided elsewhere. */
  recipients?: RecipientAnswer[];
  /** With `accepted_pending`, of an assisted channel. */
  assignment?: Package;
};

/** What was sent earlier, as the log knows it. */
export type Sent = {
  /** As it was handed over; its `deliveryId` is the key that the receiver has. */
  parcel: Parcel;
  receipt: DeliveryReceipt | null;
  notes: DeliveryNotes;
};

/** What a look at the channel found, after an unknown outcome or an acceptance. */
export type Found = {
  finding: Finding;
  detail: string;
  receipt?: { remoteId: string; url: string | null };
  retryAfterSeconds?: number | null;
};

/** Whether the channel could be made ready. A `trouble` of `content` is for good; any other is tried again. */
export type Prepared = { ready: true; detail: string } | { ready: false; detail: string; trouble: Trouble };

/** Whether what had been made ready is gone. */
export type Discarded = { done: boolean; detail: string };

/** Whether what was visible still is. */
export type Seen = { found: 'present' | 'gone' | 'banned' | 'unsure'; detail: string };

/** How the channel and our login at it are, found out without sending anything. */
export type Health = {
  ok: boolean;
  detail: string;
  trouble: Trouble | null;
  quotaLeft?: number | null;
  /** When the login ends by itself. */
  expiresAt?: string | null;
};

/** A call that came in at `/channels/<channel id>`; whether it is genuine is the adapter's to say. */
export type Inbound = {
  method: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Buffer;
};

/** What an inbound call is answered, and what it tells. Forged calls tell nothing. */
export type Heard = {
  answer: { status: number; body: string; contentType: string };
  /** What makes this call the same as another: a second one is answered alike and tells nothing. */
  replayKey: string | null;
  /** Why it tells nothing: forged, or not to be read. */
  refused?: { because: CallbackRefusal; detail: string };
  news: (Found & {
    /** The delivery itself, the id in its receipt, or a fact that was noted. */
    about: { deliveryId: string } | { remoteId: string } | { note: string; value: string };
    /** Of a mail: whom it did not reach, whatever became of it otherwise. */
    bounced?: Bounced[];
  })[];
};

export type Tools = {
  /** `host:port` that may be reached although it is not public. */
  allow: readonly string[];
  /** How long a call may take; what is known by then is the answer. */
  timeoutMs: number;
  limits: ChannelLimits;
  /** The moment, as the house's clock has it. */
  now(): string;
  /** What the earlier attempts of this delivery, and its preparation, have noted. */
  notes: Readonly<DeliveryNotes>;
  /**
   * Writes facts of progress into the log: the id of a draft before it is submitted. Resolves once they are stored;
   * rejects when they could not be, and then the next step must not be made.
   */
  note(facts: DeliveryNotes): Promise<void>;
  /** Access tokens, one a credential for all processes. */
  tokens: Tokens;
  /**
   * A secret that the platform gave in place of the one in the settings, which it has forgotten: sealed, in the log, and in the
   * settings of every later call. Resolves once it is stored. Null where nothing can be sealed: then none may be asked for.
   */
  renew: ((field: string, secret: string, validUntil: string | null) => Promise<void>) | null;
  /** A file of the release. @throws when it is not there. */
  file(hash: string): Promise<Uint8Array>;
};

/** A later version, or a withdrawal, of what the channel has. */
export type Change<S> = {
  /** What the channel can do to it: change it in place, put the new one in its place, take it away, or tell who got it. */
  by: 'edit' | 'replace' | 'delete' | 'notice';
  /** For how long the platform lets it be done, from when it was there. Without it: always. */
  within?: string;
  hand(parcel: Parcel, sent: Sent, settings: S, tools: Tools): Promise<Handed>;
};

/**
 * One kind of channel. Every method makes its calls once and repeats none of them; when something is tried again is
 * decided elsewhere. Trouble of the world is an outcome; what is thrown is a fault of ours.
 */
export type Adapter<S> = {
  /**
   * - `same_key`: the receiver drops a second copy by its key, for as long as `keyLifetime` says.
   * - `probe`: nothing is sent again before the channel was asked.
   * - `person`: a second copy would be seen and nobody can be asked.
   * - `assisted`: there is no interface; `deliver` makes the package and answers `accepted_pending` with an assignment.
   */
  onUnknown: OnUnknown;
  /** ISO duration; without it the receiver remembers for ever. Past it, the channel is asked, or a person. */
  keyLifetime?: string;
  /** What a login is, where several channels may share one: an app id. Never the secret itself. */
  credentialOf?(settings: S): string;
  /** What would be handed over: made by the same code as `deliver`, without a call to anybody. @throws Halted where it would not */
  show(parcel: Parcel, settings: S, limits: ChannelLimits): Shown;
  /** One attempt. For a channel with drafts this is the flip: what `prepare` has noted is in `tools.notes`. */
  deliver(parcel: Parcel, settings: S, tools: Tools): Promise<Handed>;
  /** Everything but the flip: draft, uploads, login, quota. May be called again, and must then go on from its notes. */
  prepare?(parcel: Parcel, settings: S, tools: Tools): Promise<Prepared>;
  /** Takes away what `prepare` has left, of what will not go out. May be called again. */
  discard?(sent: Sent, settings: S, tools: Tools): Promise<Discarded>;
  /** All that is made ready of one release is the same draft there, whatever its words. */
  sharesDraft?: true;
  /** Asks what became of it, after an unknown outcome and while an acceptance is pending. Changes nothing. */
  probe?: {
    look(sent: Sent, settings: S, tools: Tools): Promise<Found>;
    /** ISO durations before each look; without them the house's own. */
    afterUnknown?: string[];
    whilePending?: string[];
  };
  /** Looks whether it is still there: an hour, a day and a week after. Changes nothing. */
  watch?(sent: Sent, settings: S, tools: Tools): Promise<Seen>;
  amend?: Change<S>;
  recall?: Change<S>;
  /** Finds out how the login and the quota are. Sends nothing that anybody reads. */
  health?(settings: S, tools: Tools): Promise<Health>;
  /** Sends something that says that it is a test, and that no public sees. */
  test?: {
    /** Whether it is told to whom: a mailbox. Otherwise it goes where everything goes, named as a test. */
    needs: 'address' | null;
    /** @param id another one for each test */
    send(id: string, to: string | null, settings: S, tools: Tools): Promise<Handed>;
    /** Takes away what a test has left there, by the id in its receipt; nothing that is no test. */
    undo?(made: string, settings: S, tools: Tools): Promise<Discarded>;
  };
  /** The door for the channel's own calls. Checks the signature before anything else. */
  callback?(inbound: Inbound, settings: S, tools: Tools): Promise<Heard>;
};

/** An adapter as the rest of the service calls it: settings are checked on the way in. */
export type ChannelKind = Adapter<Channel['settings']> & { kind: Channel['kind']; limits: ChannelLimits };

type SettingsOf<K extends Channel['kind']> = Extract<Channel, { kind: K }>['settings'];

/** A kind of channel: one file, its test, and one line in `index.ts`; its settings and limits stand in the contracts. */
export function defineChannel<K extends Channel['kind']>(kind: K, adapter: Adapter<SettingsOf<K>>): ChannelKind {
  const { settings, limits } = channelKinds[kind];
  /** Settings as they were given → checked: once, not at every call. */
  const checked = new WeakMap<object, SettingsOf<K>>();
  const read = (given: Channel['settings']) => {
    const known = checked.get(given) ?? (settings.parse(given) as SettingsOf<K>);
    checked.set(given, known);
    return known;
  };
  const change = (change: Change<SettingsOf<K>>): Change<Channel['settings']> => ({
    by: change.by,
    ...(change.within !== undefined && { within: change.within }),
    hand: (parcel, sent, given, tools) => change.hand(parcel, sent, read(given), tools),
  });
  const {
    onUnknown,
    keyLifetime,
    credentialOf,
    show,
    deliver,
    prepare,
    discard,
    sharesDraft,
    probe,
    watch,
    amend,
    recall,
    health,
    test,
    callback,
  } = adapter;
  const trial = ({ needs, send, undo }: NonNullable<typeof test>): NonNullable<ChannelKind['test']> => ({
    needs,
    send: (id, to, given, tools) => send(id, to, read(given), tools),
    ...(undo && { undo: (made, given, tools) => undo(made, read(given), tools) }),
  });
  return {
    kind,
    limits,
    onUnknown,
    show: (parcel, given, limits) => show(parcel, read(given), limits),
    deliver: (parcel, given, tools) => deliver(parcel, read(given), tools),
    ...(keyLifetime !== undefined && { keyLifetime }),
    ...(credentialOf && { credentialOf: (given) => credentialOf(read(given)) }),
    ...(prepare && { prepare: (parcel, given, tools) => prepare(parcel, read(given), tools) }),
    ...(sharesDraft && { sharesDraft }),
    ...(discard && { discard: (sent, given, tools) => discard(sent, read(given), tools) }),
    ...(probe && { probe: { ...probe, look: (sent, given, tools) => probe.look(sent, read(given), tools) } }),
    ...(watch && { watch: (sent, given, tools) => watch(sent, read(given), tools) }),
    ...(amend && { amend: change(amend) }),
    ...(recall && { recall: change(recall) }),
    ...(health && { health: (given, tools) => health(read(given), tools) }),
    ...(test && { test: trial(test) }),
    ...(callback && { callback: (inbound, given, tools) => callback(inbound, read(given), tools) }),
  };
}
