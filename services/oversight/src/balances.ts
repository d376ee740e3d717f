import { Controller, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Bus, carryOut, followJournal, Journal, LiveTable, Query, reasonOf, type Following } from '@tongsheng/bus';
import {
  accountIdOf,
  BalanceQuery,
  subjects,
  type BalanceCommand,
  type BalanceRow,
  type BalanceView,
} from '@tongsheng/contracts';
import { Clock, Ids, Log } from '@tongsheng/runtime';
import { balance } from './balance.ts';
import * as figures from './balance-figures.ts';
import { booked, Conservation } from './conservation.ts';

export class BalanceSettings {
  /** How often the books are looked at; what changed within that time may still be on its way. In ms. */
  constructor(readonly everyMs: number) {}
}

/** Reads the log as it grows, and looks every minute whether all that was taken in is where it must be. */
@Injectable()
export class Balances implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #books = new Conservation();
  #following: Following | null = null;
  #said!: LiveTable<'balance'>;
  #timer: NodeJS.Timeout | null = null;
  #isRead = false;
  #checkedAt: string | null = null;
  /** Kind of account → what is uneven in them, at the last look. */
  #unevenOf = new Map<string, number>();
  /** Accounts that would have been told of at the last look: what another process writes this moment is no loss. */
  #uneven = new Set<string>();

  constructor(
    private readonly bus: Bus,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly log: Log,
    private readonly settings: BalanceSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('balance.stopped', { reason: reasonOf(error) });
    this.#said = await LiveTable.open(this.bus, 'balance', onFailure);
    this.#following = await followJournal(this.bus, {
      isWanted: ({ subject }) => booked.has(subjects.placeOf(subject).aggregate),
      onEntry: (entry) => this.#books.learn(entry),
      onUnreadable: (error, { seq }) => this.log.error('balance.unreadable', { position: seq, reason: error.message }),
      onFailure,
    });
    figures.uneven.tell(() => [...this.#unevenOf].map(([kind, value]) => ({ labels: { kind }, value })));
    figures.checkedAt.tell(() =>
      this.#checkedAt === null ? [] : [{ labels: {}, value: Date.parse(this.#checkedAt) / 1_000 }],
    );
    void this.#following.caughtUp.then(() => {
      this.#isRead = true;
      const look = () =>
        void this.#look().catch((error: unknown) => this.log.warn('balance.trouble', { reason: reasonOf(error) }));
      this.#timer = setInterval(look, this.settings.everyMs);
    });
  }

  async onModuleDestroy(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#following?.stop();
    await this.#said.close();
  }

  view(at: string): BalanceView {
    return {
      position: this.#books.position,
      isRead: this.#isRead,
      checkedAt: this.#checkedAt,
      everySeconds: this.settings.everyMs / 1_000,
      rows: this.#rows(at),
    };
  }

  #rows(at: string): BalanceRow[] {
    return this.#books.balance(Date.parse(at), this.settings.everyMs);
  }

  async #look(): Promise<void> {
    const at = this.clock.now();
    const before = this.#uneven;
    this.#uneven = new Set();
    const rows = this.#rows(at);
    const unevenOf = new Map<string, number>();
    for (const { kind, unevenCount } of rows) unevenOf.set(kind, (unevenOf.get(kind) ?? 0) + unevenCount);
    this.#unevenOf = unevenOf;
    for (const row of rows) {
      const id = accountIdOf(row);
      const isTold = this.#said.get(id)?.type === 'balance.broken';
      if (row.unevenCount === 0) {
        if (isTold) await this.#say({ type: 'balance.restore', ...this.#head(row, at) });
        continue;
      }
      this.#uneven.add(id);
      if (!isTold && before.has(id))
        await this.#say({ ...unevenIn(row), ...this.#head(row, at), position: this.#books.position });
    }
    this.#checkedAt = at;
  }

  #head({ kind, id, site }: BalanceRow, at: string) {
    const actor = { kind: 'service' as const, id: 'oversight' };
    const owner = kind === 'site' ? id : site;
    return { id: this.ids.next(), at, actor, account: { kind, id }, site: owner };
  }

  async #say(command: BalanceCommand): Promise<void> {
    await carryOut(this.journal, balance, command);
    this.log.warn(command.type, { account: accountIdOf(command.account) });
  }
}

/** What is said of an account that is uneven. */
function unevenIn({ kind: _kind, id: _id, site: _site, unevenCount: _count, ...row }: BalanceRow) {
  const doubled = row.uneven.reduce((sum, { wanted, there }) => sum + Math.max(0, there - wanted), 0);
  const missing = row.uneven.reduce((sum, { wanted, there }) => sum + Math.max(0, wanted - there), 0);
  const facts = { ...row, missing, doubled, uneven: row.uneven.slice(0, 20), since: row.uneven[0]!.since };
  return { type: 'balance.break' as const, ...facts };
}

@Controller()
export class BalancesController {
  constructor(private readonly balances: Balances) {}

  @Query('balance')
  balance(@Payload({ schema: BalanceQuery }) { at }: BalanceQuery): BalanceView {
    return this.balances.view(at);
  }
}
