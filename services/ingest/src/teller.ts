import { Injectable } from '@nestjs/common';
import { carryOut, Journal } from '@tongsheng/bus';
import type { Evidence, Source, SourceKind } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { alias } from './alias.ts';
import { idOfKey, keysOf } from './identity.ts';
import { item } from './item.ts';
import type { Known, Memory } from './memory.ts';
import type { Observation } from './observation.ts';
import type { Presence } from './sources/source.ts';

export type Told = { itemId: string; changed: boolean };

/**
 * Tells the log what was observed, once, by whichever key and detector it comes. An item is found by any of its keys;
 * keys that are new to it are claimed for it first, so that a crash in between loses nothing and doubles nothing.
 */
@Injectable()
export class Teller {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** The item that is known under one of the keys, asked of the log where memory has gaps; null: a new one. */
  async find({ sourceId }: Pick<Source, 'sourceId'>, keys: readonly string[], memory: Memory): Promise<string | null> {
    const ids = keys.map((key) => idOfKey(sourceId, key));
    for (const id of ids) {
      const known = memory.get(id);
      if (known) return known.itemId;
    }
    if (memory.complete) return null;
    for (const id of ids) {
      const known = await this.#logged(sourceId, id);
      if (known === null) continue;
      memory.set(id, known);
      return known.itemId;
    }
    return null;
  }

  /** The same, if the log has the item itself: whoever claimed a key for it may have died before telling it. */
  async findTold(source: Pick<Source, 'sourceId'>, keys: readonly string[], memory: Memory): Promise<string | null> {
    const itemId = await this.find(source, keys, memory);
    if (itemId === null || memory.get(itemId)) return itemId;
    const told = await this.journal.last({ aggregate: 'item', site: source.sourceId, id: itemId });
    if (told) memory.set(itemId, { itemId, contentHash: null });
    return told ? itemId : null;
  }

  async tell(
    source: Pick<Source, 'sourceId'>,
    { keys, publication, content }: Observation,
    memory: Memory,
    how: { detector: SourceKind; via: string; others: string[]; evidence: () => Promise<Evidence> },
  ): Promise<Told> {
    const { sourceId } = source;
    const [first, ...others] = keys.map((key) => ({ key, id: idOfKey(sourceId, key) }));
    const found = await this.find(source, keys, memory);
    let itemId = found ?? first!.id;
    // A list knows a document by its address alone, the feed beside it claims that address for its id: so the list claims
    // it too, or what either has under way and the log does not show yet would be told twice.
    if (found === null && others.length === 0 && how.others.length > 0)
      itemId = await this.#claim(sourceId, itemId, first!.id, first!.key, memory);
    for (const { key, id } of itemId === first!.id ? others : [first!, ...others]) {
      if (id === itemId) continue;
      // Another detector of this process may have told it since we looked.
      const owner = memory.get(id)?.itemId ?? (await this.#claim(sourceId, itemId, id, key, memory));
      // Of two readers that meet a new document under different keys, the one that claimed first has named it.
      if (found === null) itemId = owner;
    }
    const known = memory.get(itemId) ?? memory.get(first!.id);
    const remember = (contentHash: string | null) => {
      const now = { itemId, contentHash, ...saidBy(how.via, content.contentHash, contentHash, known) };
      for (const id of new Set([itemId, first!.id, ...others.map((each) => each.id)])) memory.set(id, now);
    };
    if (known?.contentHash === content.contentHash || known?.said?.[how.via] === content.contentHash) {
      remember(known.contentHash);
      return { itemId, changed: false };
    }
    const at = this.clock.now();
    const { changed } = await carryOut(this.journal, item, {
      type: 'item.observe',
      id: `observe/${itemId}/${content.contentHash.slice(0, 16)}/${at}`,
      at,
      actor: { kind: 'service', id: 'ingest' },
      itemId,
      sourceId,
      key: first!.key,
      publication,
      content,
      detector: how.detector,
      via: how.via,
      others: how.others,
      evidence: await how.evidence(),
    });
    // What it did not take from this detector is still news when another one says it.
    remember(changed ? content.contentHash : (known?.contentHash ?? null));
    return { itemId, changed };
  }

  /** What a source itself says of whether it has an item; of what it never published it says nothing. */
  async tellPresence(
    source: Pick<Source, 'sourceId'>,
    presence: readonly Presence[],
    memory: Memory,
    evidence: () => Promise<Evidence>,
  ): Promise<void> {
    const { sourceId } = source;
    for (const { id, link, is, since } of presence) {
      const keys = keysOf({ id, link, documentNumber: null, title: '' }, () => '');
      const itemId = await this.find(source, keys, memory);
      if (itemId === null) continue;
      const at = this.clock.now();
      const actor = { kind: 'service' as const, id: 'ingest' };
      const head = { id: `${is}/${itemId}/${since}`, at, actor, itemId, sourceId, since };
      await carryOut(
        this.journal,
        item,
        is === 'there'
          ? { type: 'item.report_present', ...head }
          : {
              type: 'item.report_withdrawn',
              ...head,
              detail: `taken back by its publisher at ${since}`,
              evidence: await evidence(),
            },
      );
    }
  }

  /** Claims a key for an item. @returns whose it is: another's, if another was faster. */
  async #claim(sourceId: string, itemId: string, aliasId: string, key: string, memory: Memory): Promise<string> {
    const known = memory.complete ? null : await this.#logged(sourceId, aliasId);
    if (known) return known.itemId;
    const at = this.clock.now();
    const { changed } = await carryOut(this.journal, alias, {
      type: 'alias.claim',
      id: `claim/${sourceId}/${aliasId}/${itemId}`,
      at,
      actor: { kind: 'service', id: 'ingest' },
      sourceId,
      itemId,
      aliasId,
      key,
    });
    if (changed) return itemId;
    const claimed = await this.journal.last({ aggregate: 'alias', site: sourceId, id: aliasId });
    return claimed?.events[0]?.type === 'item.known_as' ? claimed.events[0].itemId : itemId;
  }

  /** The item that stands in the log under a key's name, its own or as another key; null where there is none. */
  async #logged(sourceId: string, id: string): Promise<Known | null> {
    const [named, other] = await Promise.all([
      this.journal.last({ aggregate: 'item', site: sourceId, id }),
      this.journal.last({ aggregate: 'alias', site: sourceId, id }),
    ]);
    const claimed = other?.events[0];
    // Claimed for itself it is a name; that the item was told is said by the item.
    if (claimed?.type === 'item.known_as' && claimed.itemId !== id)
      return { itemId: claimed.itemId, contentHash: null };
    if (!named) return null;
    const last = named.events.at(-1);
    // A version that nothing has followed is what the source said last; of others only the whole history knows.
    const told = last?.type === 'item.published' || (last?.type === 'item.revised' && !last.pageHash);
    return { itemId: id, contentHash: told ? last.contentHash : null };
  }
}

/** What detectors said that is not what the log has, with the newest word of one of them. */
function saidBy(via: string, said: string, logged: string | null, known: Known | undefined): Pick<Known, 'said'> {
  const { [via]: _before, ...others } = known?.said ?? {};
  const all = said === logged ? others : { ...others, [via]: said };
  return Object.keys(all).length > 0 ? { said: all } : {};
}
