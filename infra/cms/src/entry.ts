import type { ReleaseFile } from '@tongsheng/contracts';

/** A page as a foreign system is to have it. */
export type Entry = {
  /** What it is told by there: it follows from what the page is of, and never changes. Lower case. */
  slug: string;
  /** The same for systems that take a name of ours. */
  uid: string;
  title: string;
  /** Its own files stand in it as `…/files/<hash>`. */
  html: string;
  files: readonly ReleaseFile[];
  /** Which of the files stands for the page in lists. */
  cover?: string | null;
  /** When it came out; a page that is out keeps its own. */
  postedAt: string;
};

/** A page as the foreign system has it. */
export type Standing = {
  url: string;
  /** Its name there, where it has one beside its address. */
  remoteId?: string;
  isPublic: boolean;
};

/** What the calls work with. */
export type CmsTools = {
  /** `host:port` that may be reached although it is not public. */
  allow: readonly string[];
  /** How long one call may take; what carries files may take thrice that. */
  patienceMs: number;
  /** A picture or attachment by its hash. @throws when it is not what was kept. */
  file(hash: string): Promise<Uint8Array>;
};

/** The code of a `find` that the system has no answer for: only a person can tell whether the page is there. */
export const cannotTell = 'cannot_tell';

const named = /(=")(?:[^"]*\/)?files\/([0-9a-f]{64})"/g;

/** The text with its own files where the other system put them; by their hash. */
export const withFiles = (html: string, addresses: ReadonlyMap<string, string>): string =>
  html.replace(named, (all, before: string, hash: string) => {
    const address = addresses.get(hash);
    return address === undefined ? all : `${before}${address.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
  });
