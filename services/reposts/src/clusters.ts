import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { carryOut, causedBy, Journal } from '@tongsheng/bus';
import {
  Refusal,
  type ClusterCommand,
  type ClusterEvent,
  type ClusterKeyEvent,
  type Member,
  type Signal,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { clusterKey } from './cluster-key.ts';
import { cluster } from './cluster.ts';
import { canBeSame, explainedTitles, isSure, keysOf, plainTitle } from './likeness.ts';

type Cause = ReturnType<typeof causedBy>;
type Asked<T extends ClusterCommand['type']> = Omit<Extract<ClusterCommand, { type: T }>, 'id' | 'at' | 'actor'>;

/** Titles come back every year; by then it is another document. */
const sameTitleDays = 30;

const byKey = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1);

/** Finds the cluster that an item belongs to, or opens one for it. All of it is in the log, and said twice it is done once. */
@Injectable()
export class Clusters {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** The cluster that an item is in now, or null. */
  async of(itemId: string): Promise<string | null> {
    const moved = await this.#holderOf(`item:${itemId}`);
    if (moved !== null) return this.#now(moved);
    const own = await this.membersOf(itemId);
    return own === null ? null : this.#now(itemId);
  }

  /** Every cluster that an item is in or ever was: its tasks, and pages that are out, may be of any of them. */
  async everOf(itemId: string): Promise<string[]> {
    const { events } = await this.journal.read({ aggregate: 'cluster_key', site: '_', id: keyIdOf(`item:${itemId}`) });
    const held = (events as ClusterKeyEvent[]).map(({ clusterId }) => clusterId);
    const own = (await this.membersOf(itemId)) === null ? [] : [itemId];
    const ever = new Set([...own, ...held]);
    for (const clusterId of ever) ever.add(await this.#now(clusterId));
    return [...ever];
  }

  /** Its members, or null where it was never opened. */
  async membersOf(clusterId: string): Promise<Member[] | null> {
    const { events } = await this.#read(clusterId);
    const state = (events as ClusterEvent[]).reduce(cluster.evolve, cluster.initial);
    return state.status === 'new' ? null : state.status === 'open' ? state.members : [];
  }

  /**
   * Puts an item where it belongs. Of two items that arrive at the same moment, the one that claims their common key
   * first opens the cluster, and the other one joins it.
   */
  async place(member: Member, cause: Cause): Promise<string> {
    const known = await this.of(member.itemId);
    if (known !== null) return known;
    const alike = new Map<string, Signal[]>();
    const mine: string[] = [];
    // Always in the same order, and none behind one whose holder is not open yet: of two that share several keys, neither
    // waits for the other.
    for (const { key, signal } of keysOf(member).toSorted(byKey)) {
      const holder = await this.#claim(key, member.itemId, cause);
      if (holder === member.itemId) {
        mine.push(key);
        continue;
      }
      const clusterId = await this.#now(holder);
      // Its opener claims first and opens then; this is tried again in a moment.
      if ((await this.membersOf(clusterId)) === null) throw new Error(`reposts: cluster ${clusterId} is being opened`);
      alike.set(holder, [...(alike.get(holder) ?? []), signal]);
    }
    for (const [holder, because] of alike) {
      const clusterId = await this.#now(holder);
      const members = await this.membersOf(clusterId);
      if (!members?.every((each) => canBeSame(member, each) && isSure(member, each, because))) continue;
      await this.#do({ type: 'cluster.join', clusterId, member, because }, member.itemId, cause);
      for (const key of [`item:${member.itemId}`, ...mine]) await this.hold(key, clusterId, cause);
      return clusterId;
    }
    await this.#do({ type: 'cluster.open', clusterId: member.itemId, member }, member.itemId, cause);
    await this.#pair(member, cause);
    return member.itemId;
  }

  /** A key belongs to a cluster from now on, whosever it was. */
  async hold(key: string, clusterId: string, cause: Cause): Promise<void> {
    await this.#say(key, clusterId, 'anyone', cause);
  }

  async #claim(key: string, clusterId: string, cause: Cause): Promise<string> {
    const days = key.startsWith('title:') ? sameTitleDays : 36_500;
    const from = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus({ days }).toISO()!;
    await this.#say(key, clusterId, from, cause);
    return (await this.#holderOf(key)) ?? clusterId;
  }

  async #say(key: string, clusterId: string, from: string, cause: Cause): Promise<void> {
    await carryOut(this.journal, clusterKey, {
      type: 'cluster_key.claim',
      id: `claim/${keyIdOf(key)}/${clusterId}/${from === 'anyone' ? this.clock.now() : ''}`,
      ...this.#head(cause),
      clusterId,
      keyId: keyIdOf(key),
      key,
      from,
    });
  }

  async #holderOf(key: string): Promise<string | null> {
    const entry = await this.journal.last({ aggregate: 'cluster_key', site: '_', id: keyIdOf(key) });
    return (entry?.events.at(-1) as ClusterKeyEvent | undefined)?.clusterId ?? null;
  }

  /** A policy and what explains it belong together, whichever comes first. */
  async #pair(member: Member, cause: Cause): Promise<void> {
    const { itemId, title, kind } = member;
    const explained = kind === 'interpretation' ? explainedTitles(title) : [];
    for (const named of explained) {
      await this.hold(`explains:${named}`, itemId, cause);
      const policy = await this.#holderOf(`title:${named}`);
      if (policy !== null) await this.#tie(policy, member, cause);
    }
    if (kind === 'interpretation') return;
    const interpretation = await this.#holderOf(`explains:${plainTitle(title)}`);
    const [explaining] = interpretation === null ? [] : ((await this.membersOf(interpretation)) ?? []);
    if (explaining) await this.#tie(itemId, explaining, cause);
  }

  async #tie(policyCluster: string, interpretation: Member, cause: Cause): Promise<void> {
    const policyId = await this.#now(policyCluster);
    const [policy] = (await this.membersOf(policyId)) ?? [];
    if (!policy) return;
    const because = `解读标题点名《${policy.title}》`.slice(0, 500);
    const other = interpretation.itemId;
    const { title } = interpretation;
    await this.#do(
      { type: 'cluster.pair', clusterId: policyId, with: other, as: 'interpretation', title, because },
      other,
      cause,
    );
    await this.#do(
      { type: 'cluster.pair', clusterId: other, with: policyId, as: 'policy', title: policy.title, because },
      policyId,
      cause,
    );
  }

  /** Where a cluster is now, if it was merged into others. */
  async #now(clusterId: string): Promise<string> {
    const { events } = await this.#read(clusterId);
    const merged = (events as ClusterEvent[]).findLast((event) => event.type === 'cluster.merged');
    return merged ? this.#now(merged.into) : clusterId;
  }

  #read(clusterId: string) {
    return this.journal.read({ aggregate: 'cluster', site: '_', id: clusterId });
  }

  async #do(
    command: Asked<'cluster.open'> | Asked<'cluster.join'> | Asked<'cluster.pair'>,
    about: string,
    cause: Cause,
  ): Promise<void> {
    try {
      await carryOut(this.journal, cluster, {
        ...command,
        id: `${command.clusterId}/${command.type}/${about}`,
        ...this.#head(cause),
      } as ClusterCommand);
    } catch (error) {
      // Merged in this very moment: what is looked up again leads to where it is now.
      if (error instanceof Refusal) throw new Error(`reposts: ${error.message}`, { cause: error });
      throw error;
    }
  }

  #head(cause: Cause) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...cause };
  }
}

const keyIdOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 24);
