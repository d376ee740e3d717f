import type { CmsTools, Trouble } from '@tongsheng/cms';
import type { PublicDocument, RepostEvent, SitePublication } from '@tongsheng/contracts';
import type { z } from 'zod';

export type Check = Extract<RepostEvent, { type: 'repost.verified' }>['evidence']['checks'][number];

/** What a page, as it was fetched from outside, shows of a document. */
export type Shown = {
  titles: string[];
  /** The document's own title is one of them. */
  hasTitle: boolean;
  /** One line a block. */
  text: string;
};

/** A page as the public side has it. */
export type Published = {
  url: string;
  /** Its name in the system that publishes the site; absent where that is our portal. */
  remoteId?: string;
  /** In the PUBLIC stream; null where another system publishes the site. */
  publicPosition: number | null;
};

/** A page that was taken from the public. */
export type Removed = {
  /** Of what stands in its place in the PUBLIC stream; null where another system publishes the site. */
  publicPosition: number | null;
};

/** What adapters work with, so that they need neither bus nor settings of the service. */
export type Tools = CmsTools & {
  /** This moment, as an instant. */
  now(): string;
  /** The side that our own portal reads. */
  publicSide: { keepFile(bytes: Uint8Array): Promise<unknown>; publish(document: PublicDocument): Promise<number> };
};

/** What can be said to one site. One attempt each, never repeated inside; trouble of the world is a value, what is thrown is a fault of ours. */
export type SiteCalls = {
  /** Makes the page public, or brings it up to date where it is `there` already. */
  publish(document: PublicDocument, there: Published | null): Promise<Published | Trouble>;
  /** Whether the page is there, by its slug, address or key, or by what was written down of it before. */
  find(document: PublicDocument, known: Published | null): Promise<Published | Trouble | null>;
  /**
   * Takes a page from the public; one that is gone already is removed. `askedAt`: when a person said so, which is what tells
   * a second call for the same from a call for another.
   */
  remove(document: PublicDocument, published: Published, askedAt: string): Promise<Removed | Trouble>;
  /** Whether the site would let us in; changes nothing there. */
  test(): Promise<Trouble | null>;
};

export type SiteKind = {
  kind: SitePublication['kind'];
  /**
   * What an attempt that may have happened means for the next one. `probe`: `find` tells first. `same_key`: saying it
   * again is harmless, because the other side tells a second copy by its key.
   */
  onUnknown: 'probe' | 'same_key';
  /** @throws when the settings are another kind's. */
  open(publication: SitePublication, tools: Tools): SiteCalls;
  /** Compares a page, as it was fetched from outside, with what was approved. */
  check(page: string, document: PublicDocument): Check[];
  /** What it shows of it, right or wrong. */
  shown(page: string, document: PublicDocument): Shown;
  /** Whether files stay what they are: other systems make pictures of their own. */
  keepsFiles: boolean;
  /** Addresses beside a page that list it, where the kind knows them. */
  lists(document: PublicDocument): { check: 'not_listed' | 'not_in_feeds'; url: string }[];
};

export const isTrouble = (answer: Published | Removed | Trouble | null): answer is Trouble =>
  answer !== null && 'outcome' in answer;

/** A kind of site: one file, and one line in `index.ts`. */
export function defineSiteKind<S extends z.ZodType>(site: {
  kind: SitePublication['kind'];
  settings: S;
  onUnknown: SiteKind['onUnknown'];
  open(settings: z.infer<S>, tools: Tools): SiteCalls;
  check: SiteKind['check'];
  shown: SiteKind['shown'];
  keepsFiles?: boolean;
  lists?: SiteKind['lists'];
}): SiteKind {
  const { kind, settings, onUnknown, check, shown, keepsFiles = false, lists = () => [] } = site;
  return {
    kind,
    onUnknown,
    open: (publication, tools) =>
      site.open(settings.parse('settings' in publication ? publication.settings : {}), tools),
    check,
    shown,
    keepsFiles,
    lists,
  };
}
