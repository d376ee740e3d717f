import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  answerNeighbour,
  askNeighbour,
  bring,
  Bus,
  BusClient,
  followStream,
  lastCopied,
  neighbourStreams,
  putOut,
  reasonOf,
  tryDecode,
  UnreadableEntry,
  walkStream,
  type Following,
  type RawMessage,
} from '@tongsheng/bus';
import {
  Refusal,
  streams,
  SubmissionCommand,
  subjects,
  type Neighbour,
  type Neighbours,
  type NeighbourQuestion,
} from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import { isTold, letIn, type Offers } from './told.ts';

const againMs = 1_000;

/** The links of this deployment: who is there, and a connection into the account of each. */
export class Links {
  constructor(
    readonly settings: Neighbours,
    readonly open: (name: string) => Promise<Bus>,
  ) {}
}

/** Copies what neighbours put out for us, puts out what they are told of ours, and carries answers both ways. */
@Injectable()
export class Exchange implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #links = new Map<string, Bus>();
  readonly #ends = new Set<() => Promise<void> | void>();
  #stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly client: BusClient,
    private readonly links: Links,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { us, neighbours } = this.links.settings;
    for (const neighbour of neighbours) {
      const { name } = neighbour;
      const link = await this.links.open(name);
      this.#links.set(name, link);
      const its = neighbourStreams(name);
      const ours = neighbourStreams(us);
      const from = { link, house: this.bus, neighbour: name };
      const documents = { stream: streams.public, subject: subjects.publicDocuments(), copy: its.public };
      const without = subjects.putOut(us, '');
      const entries = { stream: ours.out, subject: subjects.putOut(us, '>'), copy: its.entries, without };
      this.#keep(`${name}'s PUBLIC`, (onFailure) => bring({ ...from, ...documents, onFailure }));
      this.#keep(`what ${name} tells us`, (onFailure) => bring({ ...from, ...entries, onFailure }));
      this.#keep(`what ${name} is told`, (onFailure) => this.#tell(neighbour, onFailure));
      const door = answerNeighbour(link, us, (question) => this.#hear(neighbour, question));
      this.#ends.add(() => door.stop());
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    for (const end of this.#ends) await end();
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }

  /** What one of our people answers to a neighbour. @throws Refusal, NoAnswer while the link is cut */
  ask({ neighbour, command }: NeighbourQuestion): Promise<unknown> {
    const link = this.#links.get(neighbour);
    if (!link) throw new Refusal('command_invalid', `there is no link with ${neighbour}`);
    return askNeighbour(link, neighbour, command);
  }

  async #hear(neighbour: Neighbour, question: unknown): Promise<unknown> {
    const parsed = SubmissionCommand.safeParse(question);
    if (!parsed.success) throw new Refusal('command_invalid', parsed.error.message);
    return this.client.command('submission', letIn(neighbour, parsed.data));
  }

  async #tell(neighbour: Neighbour, onFailure: (error: unknown) => void): Promise<Following> {
    const { name } = neighbour;
    const offers: Offers = new Map();
    const learn = (message: RawMessage): boolean => {
      const entry = tryDecode(message);
      // What we can't read ourselves is nothing to tell; the followers of the log say that it is there.
      return !(entry instanceof UnreadableEntry) && isTold(neighbour, entry, offers);
    };
    const last = await lastCopied(this.bus, neighbourStreams(name).out);
    const from = (last?.origin ?? 0) + 1;
    await walkStream(this.bus, {
      stream: streams.journal,
      subject: subjects.events('submission'),
      onMessage: (message) => (message.seq < from ? void learn(message) : false),
    });
    let after = last?.position ?? 0;
    return followStream(this.bus, {
      stream: streams.journal,
      subject: subjects.events(),
      from,
      onFailure,
      onMessage: async (message) => {
        if (learn(message)) after = await putOut(this.bus, name, message, after);
      },
    });
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
