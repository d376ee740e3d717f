import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  answerNeighbour,
  askNeighbour,
  bring,
  Bus,
  BusClient,
  followStream,
  Journal,
  lastCopied,
  neighbourStreams,
  NoAnswer,
  putOut,
  reasonOf,
  tryDecode,
  UnreadableEntry,
  walkStream,
  type Entry,
  type Following,
  type RawMessage,
} from '@tongsheng/bus';
import {
  receipt,
  Refusal,
  streams,
  SubmissionCommand,
  subjects,
  type LinkStates,
  type Neighbour,
  type NeighbourQuestion,
  type Neighbours,
  type Receipt,
} from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { linkBehind, linkUp } from './figures.ts';
import { LinkWatch } from './link-watch.ts';
import { isTextOf, isTold, letIn, letInAs, textOffered, type Offers } from './told.ts';

const againMs = 1_000;
/** How long the one who answered a neighbour waits to see it, in ms. */
const seenMs = 5_000;

/** The links of this deployment: who is there, and a connection into the account of each. */
export class Links {
  constructor(
    readonly settings: Neighbours,
    readonly open: (name: string) => Promise<Bus>,
  ) {}
}

type Link = { neighbour: Neighbour; bus: Bus; watch: LinkWatch };

/** Copies what neighbours put out for us, puts out what they are told of ours, and carries answers both ways. */
@Injectable()
export class Exchange implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #links = new Map<string, Link>();
  readonly #ends = new Set<() => Promise<void> | void>();
  readonly #awaited = new Map<string, (position: number) => void>();
  readonly #journal: Journal;
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly client: BusClient,
    private readonly links: Links,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#journal = new Journal(bus, 'exchange');
  }

  async onApplicationBootstrap(): Promise<void> {
    const { us, neighbours } = this.links.settings;
    for (const neighbour of neighbours) {
      const { name } = neighbour;
      const link: Link = { neighbour, bus: await this.links.open(name), watch: new LinkWatch(() => this.clock.now()) };
      this.#links.set(name, link);
      this.#bring(us, link);
      this.#keep(`what ${name} is told`, (onFailure) => this.#tell(neighbour, onFailure));
      const door = answerNeighbour(link.bus, us, (question) => this.#hear(neighbour, question));
      this.#ends.add(() => door.stop());
      const labels = { neighbour: name };
      this.#ends.add(linkUp.tellOne(labels, () => (link.watch.state.connected ? 1 : 0)));
      for (const what of ['documents', 'entries'] as const)
        this.#ends.add(linkBehind.tellOne({ ...labels, what }, () => link.watch.state.behind?.[what] ?? 0));
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const end of this.#ends) await end();
    await Promise.all([...this.#links.values()].map((link) => link.bus.close()));
  }

  /** How each link stands. */
  states(): LinkStates {
    return { links: [...this.#links].map(([neighbour, { watch }]) => ({ neighbour, ...watch.state })) };
  }

  /**
   * What one of our people answers to a neighbour.
   * @returns where the answer stands in what the neighbour told us; 0 when that is still on its way
   * @throws Refusal, neighbour_unreachable while the link is cut
   */
  async ask({ neighbour, command }: NeighbourQuestion): Promise<Receipt> {
    const link = this.#links.get(neighbour);
    if (!link) throw new Refusal('command_invalid', `there is no link with ${neighbour}`);
    const seen = this.#seen(letInAs(this.links.settings.us, command.id));
    try {
      const { changed } = receipt.parse(await askNeighbour(link.bus, neighbour, command));
      return { position: changed ? await seen.position : 0, changed };
    } catch (error) {
      if (error instanceof NoAnswer) throw new Refusal('neighbour_unreachable', reasonOf(error), { neighbour });
      throw error;
    } finally {
      seen.end();
    }
  }

  #seen(id: string): { position: Promise<number>; end(): void } {
    const { promise, resolve } = Promise.withResolvers<number>();
    const timer = setTimeout(() => resolve(0), seenMs);
    this.#awaited.set(id, resolve);
    const end = () => {
      clearTimeout(timer);
      this.#awaited.delete(id);
    };
    return { position: promise, end };
  }

  async #hear(neighbour: Neighbour, question: unknown): Promise<unknown> {
    const parsed = SubmissionCommand.safeParse(question);
    if (!parsed.success) throw new Refusal('command_invalid', parsed.error.message);
    return this.client.command('submission', letIn(neighbour, parsed.data));
  }

  #bring(us: string, { neighbour: { name }, bus: link, watch }: Link): void {
    const its = neighbourStreams(name);
    const from = { link, house: this.bus, neighbour: name };
    this.#keep(`${name}'s PUBLIC`, (onFailure) =>
      bring({
        ...from,
        stream: streams.public,
        subject: subjects.publicDocuments(),
        copy: its.public,
        onLook: (left) => watch.looked('documents', left),
        onBrought: () => watch.brought('documents'),
        onFailure,
      }),
    );
    this.#keep(`what ${name} tells us`, (onFailure) =>
      bring({
        ...from,
        stream: neighbourStreams(us).out,
        subject: subjects.putOut(us, '>'),
        copy: its.entries,
        without: subjects.putOut(us, ''),
        onLook: (left) => watch.looked('entries', left),
        onBrought: (id, position) => {
          watch.brought('entries');
          this.#awaited.get(id)?.(position);
        },
        onFailure,
      }),
    );
  }

  async #tell(neighbour: Neighbour, onFailure: (error: unknown) => void): Promise<Following> {
    const { name } = neighbour;
    const offers: Offers = new Map();
    const read = (message: RawMessage): Entry | null => {
      const entry = tryDecode(message);
      // What we can't read ourselves is nothing to tell; the followers of the log say that it is there.
      return entry instanceof UnreadableEntry ? null : entry;
    };
    const last = await lastCopied(this.bus, neighbourStreams(name).out);
    let isTextOut = last !== null && isTextOf(name, last.subject);
    const from = (last?.origin ?? 0) + (isTextOut ? 0 : 1);
    await walkStream(this.bus, {
      stream: streams.journal,
      subject: subjects.events('submission'),
      onMessage: (message) => {
        const entry = message.seq < from ? read(message) : null;
        if (entry) isTold(neighbour, entry, offers);
        return message.seq < from ? undefined : false;
      },
    });
    let after = last?.position ?? 0;
    return followStream(this.bus, {
      stream: streams.journal,
      subject: subjects.events(),
      from,
      onFailure,
      onMessage: async (message) => {
        const entry = read(message);
        if (!entry || !isTold(neighbour, entry, offers)) return;
        const origin = message.seq;
        const text = isTextOut ? null : await this.#textWith(entry);
        if (text) after = await putOut(this.bus, name, { message: text, origin, after });
        isTextOut = false;
        after = await putOut(this.bus, name, { message, origin, after });
      },
    });
  }

  /** The text that an offer is about, as it stands in our log. */
  async #textWith(entry: Entry): Promise<RawMessage | null> {
    const offered = textOffered(entry);
    if (!offered) return null;
    const { releaseId: id, contentHash } = offered;
    const { entries } = await this.#journal.read({ aggregate: 'release', site: entry.site, id });
    const written = entries.findLast(({ events }) =>
      events.some((event) => event.type === 'release.drafted' && event.contentHash === contentHash),
    );
    if (!written) return null;
    const { subject, seq, data, header } = await this.bus.jsm.streams.getMessage(streams.journal, {
      seq: written.position,
    });
    return { subject, seq, data, headers: header };
  }

  /** What breaks, such as two of us copying at once, is begun again where the copy ends. */
  #keep(what: string, begin: (onFailure: (error: unknown) => void) => Promise<Following>): void {
    let following: Following | null = null;
    let timer: NodeJS.Timeout | null = null;
    const fail = (error: unknown) => {
      if (this.#stopped) return;
      this.log.warn('exchange.broken', { what, reason: reasonOf(error) });
      void following?.stop();
      timer = setTimeout(start, againMs);
    };
    const start = () => {
      begin(fail).then((begun) => (following = begun), fail);
    };
    start();
    this.#ends.add(async () => {
      if (timer) clearTimeout(timer);
      await following?.stop();
    });
  }
}
