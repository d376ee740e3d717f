import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { LiveChange } from '@tongsheng/contracts';
import { watchChanges, type Change, type Watch } from '@tongsheng/projections';
import { Log } from '@tongsheng/runtime';
import { Settings } from './settings.ts';
import { ofNeighbour, submissions } from './views/submissions.ts';

type Listener = (view: string, change: Change) => void;

/** Every change of a read model, whichever gateway made it, to all in this one that care. */
@Injectable()
export class Changes implements OnModuleInit, OnModuleDestroy {
  readonly #listeners: Listener[] = [];
  #watch: Watch | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  hear(listener: Listener): void {
    this.#listeners.push(listener);
  }

  async onModuleInit(): Promise<void> {
    const neighbours = this.settings.values.NEIGHBOURS?.neighbours ?? [];
    this.#watch = await watchChanges(
      this.settings.values.REDIS_URL,
      [...LiveChange.shape.view.options, ...neighbours.map(({ name }) => ofNeighbour(submissions, name).name)],
      (view, change) => {
        for (const listener of this.#listeners) listener(view, change);
      },
      (error) => this.log.warn('live.trouble', { reason: reasonOf(error) }),
    );
  }

  /** Resolves when every change that was made before the call has been heard. */
  async settled(): Promise<void> {
    await this.#watch?.settled();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#watch?.stop();
  }
}
