import type { DeliveryCommand } from '@tongsheng/contracts';
import { delivery } from '../../../services/delivery/src/delivery.ts';
import { repost } from '../../../services/reposts/src/repost.ts';
import type { promises } from '../../support/promises.ts';
import { deciding, instead } from '../plants.ts';
import { Sender } from './deliveries.ts';
import { World } from './engine.ts';
import { House, type Plant } from './history.ts';
import { Model } from './model.ts';

type Decide = typeof delivery.decide;
const decides = (make: (decide: Decide) => Decide) => deciding(delivery, make);

/** Hears one kind of command as another, on what it takes for the state. */
const hearing = <T extends DeliveryCommand['type']>(
  type: T,
  hear: (
    command: Extract<DeliveryCommand, { type: T }>,
    state: Parameters<Decide>[1],
  ) => [DeliveryCommand, Parameters<Decide>[1]],
) =>
  decides((decide) => (command, state) => {
    if (command.type !== type) return decide(command, state);
    return decide(...hear(command as Extract<DeliveryCommand, { type: T }>, state));
  });

/** Bugs that somebody could have written, and the promises of which one must break. */
export const corePlants: readonly { bug: string; breaks: readonly (keyof typeof promises)[]; plant: Plant }[] = [
  {
    bug: 'what may have arrived is sent again, whatever the channel can do',
    breaks: ['never_blind'],
    plant: () =>
      hearing('delivery.answer', (command, state) => [
        command,
        state.status === 'new' ? state : { ...state, onUnknown: 'same_key' },
      ]),
  },
  {
    bug: 'a look that told nothing counts as an absence',
    breaks: ['shown_once'],
    plant: () =>
      hearing('delivery.record_probe', (command, state) => [
        command.finding === 'unsure' ? { ...command, finding: 'absent' } : command,
        state,
      ]),
  },
  {
    bug: 'the doubt about the first try is forgotten when the second one is refused',
    breaks: ['never_blind'],
    plant: () =>
      hearing('delivery.answer', (command, state) => [
        command,
        state.status === 'new' || command.outcome === 'unknown' ? state : { ...state, doubt: null },
      ]),
  },
  {
    bug: 'what a channel refused is called delivered',
    breaks: ['shown_truly'],
    plant: () =>
      hearing('delivery.answer', (command, state) => [
        command.outcome === 'rejected_permanent' ? { ...command, outcome: 'confirmed' } : command,
        state,
      ]),
  },
  {
    bug: 'whoever was faster, a decision is taken',
    breaks: ['written_first'],
    plant: () =>
      instead(
        World.prototype,
        'append',
        (append) =>
          function (this: World, subject, _expected, command, events) {
            return append.call(this, subject, this.keptAt(subject).last?.position ?? 0, command, events);
          },
      ),
  },
  {
    bug: 'both of two people who approve at the same moment are told yes',
    breaks: ['one_approval'],
    plant: () =>
      deciding(repost, (decide) => (command, task) => {
        if (command.type !== 'repost.approve' || task.status !== 'approved') return decide(command, task);
        return decide(command, { ...task, status: 'queued', exemption: null, claimedBy: null });
      }),
  },
  {
    bug: 'an attempt whose process died is settled by nobody',
    breaks: ['ends'],
    plant: () => instead(Sender.prototype, 'settle', () => () => {}),
  },
  {
    bug: 'what was withdrawn while it waited is sent all the same',
    breaks: ['halted'],
    plant: () =>
      instead(delivery, 'evolve', (evolve) => (state, event) => {
        const isTakenBack = event.type === 'delivery.halted' || event.type === 'delivery.cancelled';
        const goesOn = isTakenBack && state.status === 'waiting';
        return goesOn ? state : evolve.call(delivery, state, event);
      }),
  },
  {
    bug: 'a part of a linked release does not wait for its moment',
    breaks: ['together'],
    plant: () => hearing('delivery.request', (command, state) => [{ ...command, awaitsCommit: false }, state]),
  },
  {
    bug: 'one channel in five is forgotten when a release was signed',
    breaks: ['conserved'],
    plant: () => {
      let asked = 0;
      return decides((decide) => (command, state) => {
        const isForgotten = command.type === 'delivery.request' && ++asked % 5 === 0;
        return isForgotten ? [] : decide(command, state);
      });
    },
  },
  {
    bug: 'a signature that is told of twice is sent twice',
    breaks: ['decided_once', 'conserved'],
    plant: () => {
      let asked = 0;
      return instead(
        House.prototype,
        'deliveryIdOf',
        (idOf) =>
          function (this: House, releaseId, channelId) {
            return `${idOf.call(this, releaseId, channelId)}-${asked++}`;
          },
      );
    },
  },
  {
    bug: 'a page whose answer was lost is handed over again',
    breaks: ['public_once'],
    plant: () =>
      instead(
        House.prototype,
        'show',
        () =>
          function (this: House, taskId, contentHash) {
            return this.pages.push({ taskId, contentHash });
          },
      ),
  },
  {
    bug: 'a share of a limit is told again after the read model was lost',
    breaks: ['warned_once'],
    plant: () => {
      let said = 0;
      const undo = [
        deciding(repost, (decide) => (command, task) => {
          if (command.type !== 'repost.warn' || !('warned' in task)) return decide(command, task);
          return decide(command, { ...task, warned: [] });
        }),
        instead(
          World.prototype,
          'tell',
          (tell) =>
            function (this: World, life, aggregate, command) {
              const id = command.type === 'repost.warn' ? `${command.id}/${said++}` : command.id;
              return tell.call(this, life, aggregate, { ...command, id });
            } as World['tell'],
        ),
      ];
      return () => undo.forEach((each) => each());
    },
  },
  {
    bug: 'a read model applies again what comes again',
    breaks: ['models_agree'],
    plant: () =>
      instead(
        Model.prototype,
        'keep',
        (keep) =>
          function (this: Model<never, unknown>, entry) {
            this.position = Math.min(this.position, entry.position - 1);
            keep.call(this, entry);
          },
      ),
  },
  {
    bug: 'a read model that was lost goes on from the newest entry',
    breaks: ['models_agree'],
    plant: () =>
      instead(
        Model.prototype,
        'keep',
        (keep) =>
          function (this: Model<never, unknown>, entry) {
            if (this.position === 0) this.position = entry.position - 1;
            keep.call(this, entry);
          },
      ),
  },
];
