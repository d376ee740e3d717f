import { Controller, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Bus,
  followStream,
  hashEntry,
  tellStreams,
  Journal,
  Query,
  reasonOf,
  StaleRead,
  type Following,
  type Head,
  type RawMessage,
} from '@tongsheng/bus';
import {
  CheckpointQuestion,
  ListQuestion,
  Refusal,
  streams,
  subjects,
  type CheckpointAnswer,
  type ListAnswer,
} from '@tongsheng/contracts';
import {
  checkpointCommand,
  checkpointsIn,
  checkpointSubject,
  Ledger,
  signList,
  type SigningKey,
} from '@tongsheng/evidence';
import { Clock, Log } from '@tongsheng/runtime';
import { signedAt, uncovered } from './checkpoint-figures.ts';

export class NotarySettings {
  /** The first signs; none: nothing is signed, and the health page says so. */
  readonly keys: readonly SigningKey[];
  /** At most so long, in ms, and so many entries go without a checkpoint. */
  readonly everyMs: number;
  readonly everyEntries: number;

  constructor(keys: readonly SigningKey[], everyMs: number, everyEntries = 1_000) {
    this.keys = keys;
    this.everyMs = everyMs;
    this.everyEntries = everyEntries;
  }
}

/**
 * Reads the whole log as it grows and signs, now and then, for all of it: where everything up to a position stands in one
 * hash, nothing before it can be changed, put in or taken out without its showing. Several may run: of two that sign at
 * once, the journal takes one.
 */
@Injectable()
export class Notary implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #ledger = new Ledger();
  readonly #waiting = new Set<() => void>();
  #head: Head = { subject: checkpointSubject, position: 0, hash: '' };
  #following: Following | null = null;
  #caughtUp = false;
  #signing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When the newest checkpoint that it knows was signed. */
  #signedAt: string | null = null;
  #forgetStreams: () => void = () => {};

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly settings: NotarySettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#forgetStreams = tellStreams(this.bus);
    signedAt.tell(() => (this.#signedAt === null ? [] : [{ labels: {}, value: Date.parse(this.#signedAt) / 1_000 }]));
    uncovered.tell(() => (this.settings.keys.length === 0 ? [] : [{ labels: {}, value: this.#ledger.uncovered }]));
    if (this.settings.keys.length === 0) {
      this.log.warn('checkpoints.unsigned', { reason: 'no key: set CHECKPOINT_KEY_FILE' });
      return;
    }
    await this.#recall();
    this.#following = await this.#follow(subjects.events(), this.#ledger.size + 1, (message) => {
      const isCheckpoint = message.subject === checkpointSubject;
      this.#ledger.add(Buffer.from(hashEntry(message), 'hex'), isCheckpoint);
      if (isCheckpoint && message.seq > this.#head.position) this.#learn(message);
      for (const look of this.#waiting) look();
      const { uncovered, isFull, isOpen } = this.#ledger;
      if (isFull || (this.#caughtUp && isOpen && uncovered >= this.settings.everyEntries)) return this.#sign();
      return undefined;
    });
    void this.#following.caughtUp.then(() => {
      this.#caughtUp = true;
      const signIfOpen = () => void (this.#ledger.isOpen && this.#sign());
      signIfOpen();
      this.#timer = setInterval(signIfOpen, this.settings.everyMs);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#forgetStreams();
    if (this.#timer) clearInterval(this.#timer);
    await this.#following?.stop();
    await this.#signing;
  }

  /** A checkpoint that covers a position, made when there is none. @throws Refusal checkpoint_no_key */
  async covering(position: number): Promise<CheckpointAnswer> {
    if (this.settings.keys.length === 0)
      throw new Refusal('checkpoint_no_key', 'checkpoints are not signed: no key is configured (CHECKPOINT_KEY_FILE)');
    await this.#knows(position);
    while (this.#ledger.covered < position) {
      const known = this.#ledger.size;
      await this.#sign();
      // Where another process signed first, its checkpoint is what comes next.
      if (this.#ledger.covered < position) await this.#knows(known + 1);
    }
    return { size: this.#ledger.covered, position: this.#head.position };
  }

  /** A signature under the list of an archive's files. @throws Refusal checkpoint_no_key */
  signList(hash: string): ListAnswer {
    const [key] = this.settings.keys;
    if (!key) throw new Refusal('checkpoint_no_key', 'nothing is signed: no key is configured (CHECKPOINT_KEY_FILE)');
    return signList(key, hash, this.clock.now());
  }

  /** Resolves when everything up to a position is known. */
  #knows(position: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#ledger.size < position) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** What checkpoints there are, so that reading begins behind them. */
  async #recall(): Promise<void> {
    const reading = await this.#follow(checkpointSubject, 1, (message) => {
      this.#ledger.recall(this.#read(message));
    });
    try {
      await reading.caughtUp;
    } finally {
      await reading.stop();
    }
  }

  #follow(subject: string, from: number, onMessage: (message: RawMessage) => Promise<void> | void): Promise<Following> {
    return followStream(this.bus, {
      stream: streams.journal,
      subject,
      from,
      onMessage,
      onFailure: (error) => this.log.error('checkpoints.stopped', { reason: reasonOf(error) }),
    });
  }

  #learn(message: RawMessage): void {
    this.#ledger.learn(this.#read(message));
  }

  #read(message: RawMessage) {
    this.#head = { subject: checkpointSubject, position: message.seq, hash: hashEntry(message) };
    const events = checkpointsIn(message.data);
    for (const event of events ?? []) if (event.type === 'checkpoint.signed') this.#signedAt = event.signedAt;
    if (!events) this.log.error('checkpoints.unreadable', { position: message.seq });
    return events ?? [];
  }

  #sign(): Promise<void> {
    this.#signing ??= this.#append().finally(() => (this.#signing = null));
    return this.#signing;
  }

  async #append(): Promise<void> {
    const [first, ...others] = this.settings.keys;
    if (!first) return;
    const at = this.clock.now();
    const events = this.#ledger.sign([first, ...others], at);
    const command = checkpointCommand(this.#ledger.size, at);
    try {
      const { position, hash, changed } = await this.journal.append(this.#head, command, events);
      // Another process signed the same: its checkpoint is about to be read.
      if (!changed) return;
      this.#head = { subject: checkpointSubject, position, hash };
      this.#signedAt = at;
      this.#ledger.learn(events);
    } catch (error) {
      // Another process signed first: its checkpoint is about to be read.
      if (!(error instanceof StaleRead)) this.log.warn('checkpoints.trouble', { reason: reasonOf(error) });
    }
  }
}

@Controller()
export class CheckpointsController {
  constructor(private readonly notary: Notary) {}

  @Query('checkpoint')
  covering(@Payload({ schema: CheckpointQuestion }) { covering }: CheckpointQuestion): Promise<CheckpointAnswer> {
    return this.notary.covering(covering);
  }

  @Query('checkpoint.list')
  list(@Payload({ schema: ListQuestion }) { hash }: ListQuestion): ListAnswer {
    return this.notary.signList(hash);
  }
}
