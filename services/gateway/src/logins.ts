import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Bus, carryOut, Journal, LiveTable, reasonOf } from '@tongsheng/bus';
import type { LoginCommand } from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { evolveLogin, login, newLogin, type Login } from './login.ts';

type Acting = { personId: string; name: string };

/** How everybody signs in, folded from the log, and the way to change it. */
@Injectable()
export class Logins implements OnModuleInit, OnModuleDestroy {
  #table!: LiveTable<'login', Login>;

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#table = await LiveTable.fold(
      this.bus,
      'login',
      (row: Login | undefined, event) => evolveLogin(row ?? newLogin, event),
      (error) => this.log.error('logins.unreadable', { reason: reasonOf(error) }),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.#table?.close();
  }

  /** As it stands in the log at this moment: what was removed a moment ago opens nothing. */
  async of(personId: string): Promise<Login> {
    await this.#table.fresh();
    return this.knownOf(personId);
  }

  /** As far as this process has read. */
  knownOf(personId: string): Login {
    return this.#table.get(`gateway/${personId}`) ?? newLogin;
  }

  /** Everybody's, as it stands in the log at this moment. */
  async all(): Promise<{ personId: string; login: Login }[]> {
    await this.#table.fresh();
    return [...this.#table.entries()].map(([place, each]) => ({
      personId: place.slice('gateway/'.length),
      login: each,
    }));
  }

  /** The head of what `person` says about their own login; about another's, with that one's `personId`. */
  headOf({ personId, name }: Acting) {
    return {
      id: `login/${personId}/${this.ids.next()}`,
      at: this.clock.now(),
      actor: { kind: 'person' as const, id: personId, name },
      personId,
    };
  }

  /** @throws Refusal */
  async tell(command: LoginCommand): Promise<void> {
    await carryOut(this.journal, login, command);
    await this.#table.fresh();
  }
}
