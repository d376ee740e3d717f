import type { AlarmMeans, AlarmMeansKind, Contact } from '@tongsheng/contracts';
import type { SecretBox } from '@tongsheng/runtime';
import type { Notice } from '../message.ts';

export type Addressee = { personId: string; name: string; contact: Contact | undefined };

/** What is said by one means, under the same name at every try. */
export type Telling = {
  /** What a receiver tells a second copy by. */
  name: string;
  /** One person; where a group hears it, everybody whom the step means. */
  people: readonly [Addressee, ...Addressee[]];
  /** Null where it concerns all sites. */
  site: string | null;
  notice: Notice;
  /** When the step began: the date of the message. */
  at: string;
};

/** `again`: it surely did not arrive, or a second copy does no harm. */
export type Ended = { outcome: 'confirmed' | 'failed' | 'unknown'; detail: string; again: boolean };

/** A way to people outside the console: one file, and one line in `index.ts`. */
export type MeansOfTelling = (telling: Telling) => Promise<Ended>;

export type Relay = {
  /** `smtp://user:password@host:port` of our own mail server; without it nobody is written to. */
  smtp: string | undefined;
  from: string;
  /** `host:port` that may be reached although it is not public. */
  allow: readonly string[];
  /** Opens what calls are signed with. */
  secrets: SecretBox;
};

/** The gateway or the robot that serves a site, as it is registered now. */
export type Registered = (kind: AlarmMeansKind, site: string | null) => Promise<AlarmMeans | undefined>;
