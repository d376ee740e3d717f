import type { Absence, ItemCommand, ItemEvent, ItemVersion } from '@tongsheng/contracts';
import { hashA, hashB, minutesLater, noon, observation, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { item } from './item.ts';

const given = specify(item);
const published = (letter = 'a'): Extract<ItemEvent, { type: 'item.published' }> => {
  const { itemId, sourceId, key, publication, content, at } = observation('item', letter);
  return { type: 'item.published', itemId, sourceId, version: 1, ...content, key, publication, firstSeenAt: at };
};
const revised = (version: number, letter: string): ItemVersion => {
  const { itemId, sourceId, content, at } = observation('item', letter);
  return { type: 'item.revised', itemId, sourceId, version, ...content, seenAt: at };
};

describe('an item', () => {
  it('is published when it is seen first', () => {
    given().when(observation('item')).yields(published());
  });
  it('is not told again, however often it is seen', () => {
    given(published()).when(observation('item')).yields();
  });
  it('gets a new version when its content changes', () => {
    given(published()).when(observation('item', 'b')).yields(revised(2, 'b'));
  });
  it('gets a third version when it is changed back', () => {
    given(published(), revised(2, 'b')).when(observation('item')).yields(revised(3, 'a'));
  });
  it('is not published anew when its source moves its date', () => {
    const publication = { at: minutesLater(60), precision: 'second' as const, text: null };
    given(published())
      .when({ ...observation('item'), publication })
      .yields();
  });
  it('is worded by the detector that brought it first, while the source has it', () => {
    const [feed, list] = ['https://upstream.example/feed.xml', 'https://upstream.example/list/'];
    const first = { ...published(), via: feed };
    given(first)
      .when({ ...observation('item', 'b'), via: list, others: [feed] })
      .yields();
    given(first)
      .when({ ...observation('item', 'b'), via: feed, others: [list] })
      .yields(revised(2, 'b'));
    given(first)
      .when({ ...observation('item', 'b'), via: list })
      .yields(revised(2, 'b'));
  });
  it('has one address, whoever sees it', () => {
    expect([item.siteOf(observation('item')), item.idOf(observation('item'))]).toEqual(['national-policy', 'item']);
  });
});

const playAll = (commands: ItemCommand[]) =>
  commands.reduce<ItemEvent[]>(
    (past, command) => [...past, ...item.decide(command, past.reduce(item.evolve, item.initial))],
    [],
  );

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });

describe('whatever a source shows, in any order', () => {
  const play = (seen: string[]) =>
    playAll(seen.map((letter, i) => ({ ...observation('item', letter), at: minutesLater(i) }))) as ItemVersion[];

  it('it is published once and first, and its versions count up without a gap', () => {
    fc.assert(
      fc.property(letters, (seen) => {
        const events = play(seen);
        expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
        expect(events.map(({ type }) => type)).toEqual(events.map((_, i) => (i ? 'item.revised' : 'item.published')));
      }),
    );
  });
  it('the newest version is what was seen last, and no two neighbours say the same', () => {
    fc.assert(
      fc.property(letters, (seen) => {
        const hashes = play(seen).map(({ contentHash }) => contentHash);
        if (seen.length > 0) expect(hashes.at(-1)).toBe(observation('item', seen.at(-1)).content.contentHash);
        for (const [i, hash] of hashes.slice(1).entries()) expect(hash).not.toBe(hashes[i]);
      }),
    );
  });
  it('seeing it twice is seeing it once', () => {
    fc.assert(
      fc.property(letters, fc.constantFrom('a', 'b'), (seen, again) => {
        expect(play([...seen, again, again])).toEqual(play([...seen, again]));
      }),
    );
  });
});

const head = { id: 'c', actor: service, itemId: 'item', sourceId: 'national-policy' };
const missed = (minutes: number, reason: Absence = 'gone'): ItemCommand => {
  return {
    type: 'item.report_missing',
    ...head,
    at: minutesLater(minutes),
    reason,
    detail: 'HTTP 404',
    patienceSeconds: 600,
  };
};
const found = (minutes: number): ItemCommand => ({ type: 'item.report_present', ...head, at: minutesLater(minutes) });
const lost = { itemId: 'item', sourceId: 'national-policy', reason: 'gone' as const, detail: 'HTTP 404' };
const missing: ItemEvent = { type: 'item.missing', ...lost, missingAt: noon };
const withdrawn: ItemEvent = { type: 'item.withdrawn', ...lost, missingSince: noon, withdrawnAt: minutesLater(10) };
const returned: ItemEvent = {
  type: 'item.returned',
  itemId: 'item',
  sourceId: 'national-policy',
  returnedAt: minutesLater(20),
};

describe('an item whose page is lost', () => {
  it('is missing at the first look, and withdrawn at a second one that is late enough', () => {
    given(published()).when(missed(0)).yields(missing);
    given(published(), missing).when(missed(9)).yields();
    given(published(), missing).when(missed(10)).yields(withdrawn);
    given(published(), missing, withdrawn).when(missed(60)).yields();
  });
  it('is back as soon as its page is, and says so once', () => {
    given(published()).when(found(1)).yields();
    given(published(), missing, withdrawn).when(found(20)).yields(returned);
    given(published(), missing, withdrawn, returned).when(found(21)).yields();
  });
  it('begins anew when it is lost again', () => {
    given(published(), missing, withdrawn, returned)
      .when(missed(30))
      .yields({ ...missing, missingAt: minutesLater(30) });
  });
  it('is withdrawn at once when its source says so itself, and returns when that publishes it after that', () => {
    const said = (is: 'gone' | 'there', since: number, minutes: number): ItemCommand =>
      is === 'gone'
        ? { type: 'item.report_withdrawn', ...head, at: minutesLater(minutes), since: minutesLater(since), detail: 'x' }
        : { type: 'item.report_present', ...head, at: minutesLater(minutes), since: minutesLater(since) };
    const gone: ItemEvent = {
      type: 'item.withdrawn',
      itemId: 'item',
      sourceId: 'national-policy',
      reason: 'gone',
      detail: 'x',
      missingSince: minutesLater(5),
      withdrawnAt: minutesLater(6),
    };
    given(published())
      .when(said('gone', 5, 6))
      .yields(gone);
    given()
      .when(said('gone', 5, 6))
      .yields();
    given(published(), gone)
      .when(said('gone', 5, 7))
      .yields();
    // Both words are told again, in their order, by who reads the stream anew.
    given(published(), gone)
      .when(said('there', 0, 8))
      .yields();
    const back: ItemEvent = { ...returned, returnedAt: minutesLater(10) };
    given(published(), gone)
      .when(said('there', 9, 10))
      .yields(back);
    given(published(), gone, back)
      .when(said('gone', 5, 11))
      .yields();
    expect(
      given(published(), gone, back)
        .when(said('gone', 12, 13))
        .events(),
    ).toHaveLength(1);
  });
  it('keeps its versions: what was withdrawn can still be revised', () => {
    given(published(), missing, withdrawn).when(observation('item', 'b')).yields(revised(2, 'b'));
  });
  it('is nothing when nobody ever published it', () => {
    given().when(missed(0)).yields();
    given().when(found(0)).yields();
  });
  it('is withdrawn only after two looks that far apart, with no good one between, in any order of looks', () => {
    const look = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
        let time = 0;
        let since: number | null = null;
        const commands: ItemCommand[] = [observation('item')];
        const expected: number[] = [];
        let gone = false;
        for (const [pause, present] of looks) {
          time += pause;
          commands.push(present ? found(time) : missed(time));
          if (present) [since, gone] = [null, false];
          else if (since === null) since = time;
          else if (!gone && time - since >= 10) {
            expected.push(time);
            gone = true;
          }
        }
        const told = playAll(commands).flatMap((event) => (event.type === 'item.withdrawn' ? [event.withdrawnAt] : []));
        expect(told).toEqual(expected.map(minutesLater));
      }),
    );
  });
});

describe('an item whose text comes from a feed', () => {
  const sees = (pageHash: string, letter = 'c'): ItemCommand => ({
    type: 'item.see_page',
    ...head,
    at: noon,
    pageHash,
    content: observation('item', letter).content,
  });
  const pageSeen: ItemEvent = {
    type: 'item.page_seen',
    itemId: 'item',
    sourceId: 'national-policy',
    pageHash: hashA,
    seenAt: noon,
  };
  const edited: ItemEvent = { ...revised(2, 'c'), type: 'item.revised', pageHash: hashB, seenAt: noon };
  it('remembers its page at the first reading, and gets a version when the page changes', () => {
    given(published()).when(sees(hashA)).yields(pageSeen);
    given(published(), pageSeen).when(sees(hashA)).yields();
    given(published(), pageSeen).when(sees(hashB)).yields(edited);
    given(published(), pageSeen, edited).when(sees(hashB)).yields();
  });
  it('is not turned back by a feed that says what it always said', () => {
    given(published(), pageSeen, edited).when(observation('item')).yields();
    given(published(), pageSeen, edited).when(observation('item', 'b')).yields(revised(3, 'b'));
  });
});

describe('files of an item', () => {
  const keep = (hash: string, version = 1): Extract<ItemCommand, { type: 'item.keep_files' }> => ({
    type: 'item.keep_files',
    ...head,
    at: noon,
    version,
    files: [{ url: 'https://upstream.example/a.pdf', name: '附件', hash, bytes: 3, mediaType: 'application/pdf' }],
    failed: [],
  });
  it('are told when they are kept, and again only when they are others', () => {
    const [first] = given(published()).when(keep(hashA)).events();
    expect(first).toMatchObject({ type: 'item.files_kept', version: 1, keptAt: noon });
    given(published(), first!).when(keep(hashA)).yields();
    expect(given(published(), first!).when(keep(hashB)).events()).toHaveLength(1);
    expect(given(published(), first!).when(keep(hashA, 2)).events()).toHaveLength(1);
  });
});

it('samples differ where these tests think so', () => {
  expect([observation('x').content.contentHash, observation('x', 'b').content.contentHash]).toEqual([hashA, hashB]);
  expect(observation('x').at).toBe(noon);
});
