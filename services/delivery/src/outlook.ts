import { Refusal, type DeliveryEvent, type DeliveryOutlook, type SecondCopy } from '@tongsheng/contracts';
import { canCheck, delivery, keyHolds, type Delivery, type Known } from './delivery.ts';

/** What would become of a delivery if a person had it sent again at this moment; nothing is decided. */
export function outlookOf(
  key: { site: string; deliveryId: string },
  past: readonly DeliveryEvent[],
  at: string,
): Omit<DeliveryOutlook, 'site' | 'deliveryId'> {
  const state = past.reduce(delivery.evolve, delivery.initial);
  return {
    redrive: refusalOf(state, key, at),
    secondCopy: state.status === 'new' ? 'none' : secondCopyOf(state, at),
    onUnknown: state.status === 'new' ? null : state.onUnknown,
    canCheck: state.status !== 'new' && canCheck(state),
  };
}

/** By the very rule that will decide. */
function refusalOf(state: Delivery, key: { site: string; deliveryId: string }, at: string) {
  const head = { id: 'trial', at, actor: { kind: 'service' as const, id: 'delivery' } };
  try {
    delivery.decide({ type: 'delivery.redrive', ...head, ...key, reason: '–' }, state);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** Whether two of it could be seen if it were sent now. */
export function secondCopyOf(state: Known, at: string): SecondCopy {
  // Who has it is not asked again.
  if (state.status === 'confirmed' && state.unreached.length > 0) return 'none';
  const mayBeThere =
    state.doubt !== null || state.status === 'pending' || state.status === 'sending' || state.status === 'confirmed';
  if (mayBeThere) return state.onUnknown === 'same_key' && keyHolds(state, at) ? 'same_key' : 'possible';
  return state.status === 'lost' ? 'gone' : 'none';
}
