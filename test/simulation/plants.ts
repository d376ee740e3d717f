import { BusClient, type Aggregate } from '@tongsheng/bus';
import type { AnyEvent, CommandHead } from '@tongsheng/contracts';
import { deadlines } from '../../services/clock/src/deadlines.ts';
import { alarm } from '../../services/duty/src/alarm.ts';
import { alias } from '../../services/ingest/src/alias.ts';
import { clusterKey } from '../../services/reposts/src/cluster-key.ts';
import { PublicPages } from '../../services/reposts/src/public-pages.ts';
import { repost } from '../../services/reposts/src/repost.ts';
import { Tasks } from '../../services/reposts/src/tasks.ts';
import { SimulatedStream } from './jetstream.ts';
import type { Rule } from './invariants.ts';
import type { House } from './processes.ts';
import { ReadModel } from './read-model.ts';
import { Durable } from './server.ts';

/** A bug that somebody could have written, and the rules of which one must notice. */
export type Plant = { bug: string; breaks: readonly Rule[]; plant(house: House): () => void };

/** Puts something else in place of a method until it is taken back. */
export function instead<T extends object, K extends keyof T>(
  target: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const original = target[name];
  target[name] = make(original);
  return () => {
    target[name] = original;
  };
}

/** A decider that hears some commands differently, or says other things than it should. */
export const deciding = <C extends CommandHead & { type: string }, E extends AnyEvent, S>(
  aggregate: Aggregate<C, E, S>,
  make: (decide: Aggregate<C, E, S>['decide']) => Aggregate<C, E, S>['decide'],
) => instead(aggregate, 'decide', (decide) => make(decide.bind(aggregate)));

type Decide = typeof repost.decide;
const repostDecides = (make: (decide: Decide) => Decide) => deciding(repost, make);

const later = (instant: string, ms: number) => new Date(Date.parse(instant) + ms).toISOString();

export const plants: readonly Plant[] = [
  {
    bug: 'a change of the source starts the clock anew',
    breaks: ['limit_fixed'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        const events = decide(command, task);
        if (command.type !== 'repost.follow_source' || events.length === 0) return events;
        const { taskId, site, itemId, version, contentHash, title, update } = command;
        return [...events, { type: 'repost.update_due', taskId, site, itemId, version, contentHash, title, ...update }];
      }),
  },
  {
    bug: 'the clock starts when the task is made',
    breaks: ['limit_fixed'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        if (command.type !== 'repost.queue') return decide(command, task);
        const ms = Date.parse(command.dueAt) - Date.parse(command.startsAt);
        return decide({ ...command, startsAt: command.at, dueAt: later(command.at, ms) }, task);
      }),
  },
  {
    bug: 'the clock goes by the first limit and not by the earliest',
    breaks: ['warned_once'],
    plant: () =>
      instead(
        deadlines,
        'apply',
        (apply) => (row, event, entry) =>
          event.type === 'repost.bound' ? row : apply.call(deadlines, row, event, entry),
      ),
  },
  {
    bug: 'what was told first is not remembered',
    breaks: ['warned_once'],
    plant() {
      const once = new Set<string>();
      let said = 0;
      const undo = [
        instead(deadlines, 'apply', (apply) => (row, event, entry) => {
          const isFirst = event.type === 'repost.warned' && !once.has(`${event.taskId}/${event.share}`);
          if (isFirst) once.add(`${event.taskId}/${event.share}`);
          return isFirst ? row : apply.call(deadlines, row, event, entry);
        }),
        repostDecides((decide) => (command, task) => {
          if (command.type !== 'repost.warn' || !('warned' in task)) return decide(command, task);
          return decide(command, { ...task, warned: task.warned.filter((each, i, all) => all.indexOf(each) !== i) });
        }),
        instead(
          BusClient.prototype,
          'command',
          (command) =>
            function (this: BusClient, aggregate, given, timeoutMs) {
              const id = given.type === 'repost.warn' ? `${given.id}/${said++}` : given.id;
              return command.call(this, aggregate, { ...given, id }, timeoutMs);
            },
        ),
      ];
      return () => undo.forEach((each) => each());
    },
  },
  {
    bug: 'a lost acknowledgement is sent again as if nothing had been said',
    breaks: ['log_whole'],
    plant: ({ faults }) => {
      faults.answerLost *= 10;
      return instead(
        SimulatedStream.prototype,
        'append',
        (append) =>
          function (this: SimulatedStream, now, subject, data, header, known) {
            const isTask = subject.startsWith('ev.repost.');
            return append.call(
              this,
              now,
              subject,
              data,
              header,
              isTask ? { ...known, msgID: undefined, expected: undefined } : known,
            );
          },
      );
    },
  },
  {
    bug: 'another key of an item is not claimed',
    breaks: ['item_once'],
    plant: () => deciding(alias, () => () => []),
  },
  {
    bug: 'who comes later takes a key from its cluster',
    breaks: ['one_task_a_policy'],
    plant: () => deciding(clusterKey, (decide) => (command, state) => decide({ ...command, from: 'anyone' }, state)),
  },
  {
    bug: 'who asks for an exemption may sign it',
    breaks: ['two_persons'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        const isOwn = command.type === 'repost.exempt' && task.status === 'queued' && task.exemption;
        return decide(command, isOwn ? { ...task, exemption: { by: 'nobody' } } : task);
      }),
  },
  {
    bug: 'whatever was on the screen, what is there now is approved',
    breaks: ['approved_as_seen'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        if (command.type !== 'repost.approve' || task.status !== 'queued') return decide(command, task);
        return decide({ ...command, seenHash: task.edit?.contentHash ?? task.members[0]!.current.contentHash }, task);
      }),
  },
  {
    bug: 'both of two people who approve at the same moment are told yes',
    breaks: ['one_approval'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        if (command.type !== 'repost.approve' || task.status !== 'approved') return decide(command, task);
        return decide(command, { ...task, status: 'queued', exemption: null, claimedBy: null });
      }),
  },
  {
    bug: 'the first act of the chain is enough',
    breaks: ['approved_as_seen'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        if (command.type !== 'repost.approve' || !command.chain) return decide(command, task);
        return decide({ ...command, chain: { ...command.chain, acts: command.chain.acts.slice(0, 1) } }, task);
      }),
  },
  {
    bug: 'a word is added on the way out, now and then',
    breaks: ['published_as_approved'],
    plant: () =>
      instead(
        PublicPages.prototype,
        'documentOf',
        (documentOf) =>
          async function (this: PublicPages, task) {
            const document = await documentOf.call(this, task);
            // Every page that is wrong is looked at again without end.
            if (task.taskId > '2') return document;
            return { ...document, html: `${document.html}<p>又及。</p>` };
          },
      ),
  },
  {
    bug: 'one task in forty is forgotten',
    breaks: ['owed_once', 'conserved'],
    plant() {
      let told = 0;
      return instead(
        Tasks.prototype,
        'tell',
        (tell) =>
          async function (this: Tasks, command) {
            return ++told % 40 === 0 ? { position: 0, changed: false } : tell.call(this, command);
          },
      );
    },
  },
  {
    bug: 'a message is acknowledged before it is dealt with',
    breaks: ['owed_once', 'ends'],
    plant: ({ faults }) => {
      const undo = instead(
        Durable.prototype,
        'join',
        (join) =>
          function (this: Durable, taker) {
            this.forgets = true;
            join.call(this, taker);
          },
      );
      // So many die in so little time as otherwise in a month.
      faults.crash *= 20;
      return undo;
    },
  },
  {
    bug: 'nobody is called when a limit is exceeded',
    breaks: ['miss_explained'],
    plant: () =>
      deciding(alarm, (decide) => (command, state) => {
        const isLast = command.type === 'alarm.raise' && command.about.kind === 'task' && command.about.share === 100;
        return isLast ? [] : decide(command, state);
      }),
  },
  {
    bug: 'one task in two is not told what its source took back',
    breaks: ['taken_down'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        const isUnheard = command.type === 'repost.follow_withdrawal' && command.taskId > '8';
        return isUnheard ? [] : decide(command, task);
      }),
  },
  {
    bug: 'a read model applies again what comes again',
    breaks: ['models_agree'],
    plant: () =>
      instead(
        ReadModel.prototype,
        'apply',
        (apply) =>
          function (this: ReadModel<never, unknown>, entries) {
            this.position = Math.min(this.position, entries[0]!.position - 1);
            apply.call(this, entries);
          },
      ),
  },
  {
    bug: 'a page that nobody has looked at counts as verified',
    breaks: ['ends'],
    plant: () =>
      repostDecides((decide) => (command, task) => {
        const events = decide(command, task);
        if (command.type !== 'repost.record_published' || events.length === 0) return events;
        const { taskId, site, url, at } = command;
        const evidence = { status: 200, pageHash: '0'.repeat(64), bytes: 0, checks: [] };
        return [{ type: 'repost.verified', taskId, site, url, evidence, verifiedAt: at }, ...events];
      }),
  },
];
