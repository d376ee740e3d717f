import { Injectable } from '@nestjs/common';
import { BusClient } from '@tongsheng/bus';
import type { RegistryCommand, SignInRules } from '@tongsheng/contracts';
import { Clock, Ids } from '@tongsheng/runtime';
import { Models } from './models.ts';
import type { Caller } from './sessions.ts';

type Bare<C> = C extends unknown ? Omit<C, 'id' | 'at' | 'actor'> : never;
type Said =
  | Bare<Extract<RegistryCommand, { type: `person.${string}`; personId: string }>>
  | { type: 'sign_in.register'; rules: SignInRules };

/** What is said to the registry about people, and known here before it is answered. */
@Injectable()
export class PeopleRegistry {
  constructor(
    private readonly models: Models,
    private readonly client: BusClient,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** @throws Refusal, NoAnswer */
  async tell({ personId, name }: Pick<Caller, 'personId' | 'name'>, said: Said): Promise<void> {
    await this.client.command('registry', {
      ...said,
      id: `${personId}/${this.ids.next()}`,
      at: this.clock.now(),
      actor: { kind: 'person', id: personId, name },
    });
    await this.models.people.fresh();
  }
}
