import { readFile } from 'node:fs/promises';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import { carryOut, Journal } from '@tongsheng/bus';
import { argon2id, ladderIdOf, meansIdOf, releaseChainIdOf, Seed, type RegistryCommand } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { z } from 'zod';
import { registrations } from './registration.ts';
import { Sealing } from './sealing.ts';

export const SEED_FILE = Symbol('SEED_FILE');

/** Registers what a new installation starts with. What is registered already stays as people have changed it since. */
@Injectable()
export class Seeding implements OnApplicationBootstrap {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly sealing: Sealing,
    @Inject(SEED_FILE) private readonly file: string | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.file) return;
    const seed = Seed.safeParse(JSON.parse(await readFile(this.file, 'utf8')));
    if (!seed.success) throw new Error(`registry: ${this.file}: ${z.prettifyError(seed.error)}`);
    const { sites, sources, policies, rules, chains, channels, people, shifts, ladders, contacts } = seed.data;
    const { releaseChains, leaves, checklists, calendars, means, signIn } = seed.data;

    let count = 0;
    const register = async (command: RegistryCommand) => {
      const aggregate = registrations[command.type];
      const past = await this.journal.read({
        aggregate: aggregate.name,
        site: 'registry',
        id: aggregate.idOf(command),
      });
      if (past.position > 0) return;
      await carryOut(this.journal, aggregate, this.sealing.seal(command));
      count++;
    };
    for (const site of sites) await register({ type: 'site.register', ...this.#head('site', site.siteId), site });
    for (const policy of policies)
      await register({ type: 'policy.register', ...this.#head('policy', policy.policyId), policy });
    for (const rule of rules) await register({ type: 'rule.register', ...this.#head('rule', rule.ruleId), rule });
    for (const chain of chains)
      await register({ type: 'chain.register', ...this.#head('chain', chain.chainId), chain });
    for (const channel of channels) {
      await register({ type: 'channel.register', ...this.#head('channel', channel.channelId), channel });
    }
    for (const { password, ...person } of people) {
      const known = await this.journal.read({ aggregate: 'person', site: 'registry', id: person.personId });
      if (known.position > 0) continue;
      const passwordHash = await hash(password, argon2id);
      await register({
        type: 'person.register',
        ...this.#head('person', person.personId),
        // Whoever wrote the file knows the password.
        person: { ...person, passwordHash, passwordIsInitial: person.passwordIsInitial ?? true },
      });
    }
    for (const shift of shifts)
      await register({ type: 'shift.register', ...this.#head('shift', shift.shiftId), shift });
    for (const ladder of ladders) {
      await register({ type: 'ladder.register', ...this.#head('ladder', ladderIdOf(ladder)), ladder });
    }
    for (const contact of contacts) {
      await register({ type: 'contact.register', ...this.#head('contact', contact.personId), contact });
    }
    for (const chain of releaseChains) {
      const id = releaseChainIdOf(chain);
      await register({ type: 'release_chain.register', ...this.#head('release_chain', id), releaseChain: chain });
    }
    for (const leave of leaves)
      await register({ type: 'leave.register', ...this.#head('leave', leave.leaveId), leave });
    for (const checklist of checklists)
      await register({ type: 'checklist.register', ...this.#head('checklist', checklist.listId), checklist });
    for (const calendar of calendars)
      await register({ type: 'calendar.register', ...this.#head('calendar', String(calendar.year)), calendar });
    if (signIn) await register({ type: 'sign_in.register', ...this.#head('sign_in', 'house'), rules: signIn });
    for (const each of means)
      await register({ type: 'means.register', ...this.#head('means', meansIdOf(each)), means: each });
    // Last: as soon as a source is known it is read, and by then everything that judges its items must stand.
    for (const source of sources)
      await register({ type: 'source.register', ...this.#head('source', source.sourceId), source });
    if (count > 0) this.log.info('registry.seeded', { registrations: count });
  }

  #head(kind: string, id: string) {
    return { id: `seed/${kind}/${id}`, at: this.clock.now(), actor: { kind: 'service' as const, id: 'registry' } };
  }
}
