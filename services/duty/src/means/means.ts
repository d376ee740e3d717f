import type { Contact } from '@tongsheng/contracts';
import type { SecretBox } from '@tongsheng/runtime';
import type { Notice } from '../message.ts';
import type { SmsGateway } from './sms.ts';

/** What is said to one person by one means, under the same name at every try. */
export type Telling = {
  /** What a receiver tells a second copy by. */
  name: string;
  person: { personId: string; name: string };
  contact: Contact | undefined;
  notice: Notice;
  /** When the step began: the date of the message. */
  at: string;
};

/** `again`: it surely did not arrive, or a second copy does no harm. */
export type Ended = { outcome: 'confirmed' | 'failed' | 'unknown'; detail: string; again: boolean };

/** A way to a person outside the console: one file, and one line in `index.ts`. */
export type MeansOfTelling = (telling: Telling) => Promise<Ended>;

export type Relay = {
  /** `smtp://user:password@host:port` of our own mail server; without it nobody is written to. */
  smtp: string | undefined;
  from: string;
  /** The gateway that takes text messages; without it nobody is sent one. */
  sms: SmsGateway | undefined;
  /** `host:port` that may be reached although it is not public. */
  allow: readonly string[];
  /** Opens what calls are signed with. */
  secrets: SecretBox;
};
