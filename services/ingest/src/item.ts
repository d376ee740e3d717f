import { defineAggregate } from '@tongsheng/bus';
import { ItemCommand, ItemEvent } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

type Item = {
  /** 0: never seen. */
  version: number;
  /** What the source carried last, and what the item's own page said last where that is another text. */
  observedHash: string;
  /** Which detector brought it first. */
  via: string | null;
  pageHash: string | null;
  /** Since when its own page is lost; `withdrawn` once a second look has confirmed it. */
  missingSince: string | null;
  withdrawn: boolean;
  /** When it was there again last. */
  returnedAt: string | null;
  /** Which files were kept last, and of which version. */
  kept: string;
};

/**
 * One piece of information from a source: published once, a new version for each change of its content, withdrawn when
 * two looks at its page have missed it, or its source says so.
 */
export const item = defineAggregate({
  name: 'item',
  commands: ItemCommand,
  events: ItemEvent,
  siteOf: (command) => command.sourceId,
  idOf: (command) => command.itemId,
  opens: ['item.observe'],
  initial: {
    version: 0,
    observedHash: '',
    via: null,
    pageHash: null,
    missingSince: null,
    withdrawn: false,
    returnedAt: null,
    kept: '',
  } as Item,

  decide(command, known): ItemEvent[] {
    const { itemId, sourceId, at } = command;
    if (command.type === 'item.observe') {
      const { key, publication, content, detector, via, others, evidence } = command;
      const proof = evidence && { evidence };
      if (known.version === 0) {
        const seen = { itemId, sourceId, version: 1, ...content, ...proof };
        const by = { ...(detector && { detector }), ...(via && { via }) };
        return [{ type: 'item.published', ...seen, key, publication, firstSeenAt: at, ...by }];
      }
      if (known.observedHash === content.contentHash || (known.via !== null && others.includes(known.via))) return [];
      return [{ type: 'item.revised', itemId, sourceId, version: known.version + 1, ...content, ...proof, seenAt: at }];
    }
    // What is said of an item that nobody published is about nothing.
    if (known.version === 0) return [];
    switch (command.type) {
      case 'item.report_missing': {
        const { reason, detail, evidence, patienceSeconds } = command;
        const { missingSince, withdrawn } = known;
        const lost = { itemId, sourceId, reason, detail, ...(evidence && { evidence }) };
        if (missingSince === null) return [{ type: 'item.missing', ...lost, missingAt: at }];
        if (withdrawn || secondsBetween(missingSince, at) < patienceSeconds) return [];
        return [{ type: 'item.withdrawn', ...lost, missingSince, withdrawnAt: at }];
      }
      case 'item.see_page': {
        const { pageHash, content, evidence } = command;
        const proof = evidence && { evidence };
        if (known.pageHash === null)
          return [{ type: 'item.page_seen', itemId, sourceId, pageHash, ...proof, seenAt: at }];
        if (known.pageHash === pageHash) return [];
        const version = known.version + 1;
        return [{ type: 'item.revised', itemId, sourceId, version, ...content, ...proof, pageHash, seenAt: at }];
      }
      case 'item.report_present': {
        const { missingSince } = known;
        // What was published before it was lost says nothing.
        const isNews = missingSince !== null && (command.since === undefined || command.since > missingSince);
        return isNews ? [{ type: 'item.returned', itemId, sourceId, returnedAt: at }] : [];
      }
      case 'item.report_withdrawn': {
        const { since, detail, evidence } = command;
        const { missingSince, withdrawn, returnedAt } = known;
        if (withdrawn || (returnedAt !== null && since <= returnedAt)) return [];
        const lost = { itemId, sourceId, reason: 'gone' as const, detail, ...(evidence && { evidence }) };
        return [{ type: 'item.withdrawn', ...lost, missingSince: missingSince ?? since, withdrawnAt: at }];
      }
      case 'item.keep_files': {
        const { version, files, failed } = command;
        if (keptOf({ version, files, failed }) === known.kept) return [];
        return [{ type: 'item.files_kept', itemId, sourceId, version, files, failed, keptAt: at }];
      }
    }
  },

  evolve(known, event): Item {
    switch (event.type) {
      case 'item.published':
        return { ...known, version: event.version, observedHash: event.contentHash, via: event.via ?? null };
      case 'item.revised': {
        const { version, contentHash, pageHash } = event;
        return pageHash ? { ...known, version, pageHash } : { ...known, version, observedHash: contentHash };
      }
      case 'item.page_seen':
        return { ...known, pageHash: event.pageHash };
      case 'item.missing':
        return { ...known, missingSince: event.missingAt };
      case 'item.withdrawn':
        return { ...known, withdrawn: true, missingSince: event.missingSince };
      case 'item.returned':
        return { ...known, missingSince: null, withdrawn: false, returnedAt: event.returnedAt };
      case 'item.files_kept':
        return { ...known, kept: keptOf(event) };
    }
  },
});

type Kept = Pick<Extract<ItemEvent, { type: 'item.files_kept' }>, 'version' | 'files' | 'failed'>;

/** The same files of the same version are kept once; why a file could not be had may be worded differently each time. */
const keptOf = ({ version, files, failed }: Kept) =>
  [version, ...files.map(({ url, hash }) => `${url} ${hash}`), ...failed.map(({ url, code }) => `${url} ${code}`)].join(
    '\n',
  );

/** Of instants in the one spelling that contracts allow. */
function secondsBetween(from: string, to: string): number {
  return DateTime.fromISO(to).diff(DateTime.fromISO(from)).as('seconds');
}
