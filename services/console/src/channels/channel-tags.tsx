import type { ChannelState } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Until when its breakers hold it back, or null. */
export function heldUntil({ breakers }: ChannelState, now: number): string | null {
  const untils = breakers
    .flatMap(({ openUntil, restUntil }) => [openUntil, restUntil])
    .filter((until): until is string => until !== null && Date.parse(until) > now);
  return untils.toSorted().at(-1) ?? null;
}

/** How a channel is, in a word, a sign and a colour: what a person must do comes first. */
export function ChannelTag(props: { paused: boolean; state: ChannelState | undefined; now: number }): ReactElement {
  const { paused, state, now } = props;
  const t = useWords();
  const tag = (name: string, text: string, colour: string) => (
    <span className={`tag ${colour}`} data-testid="channel-tag" data-state={name}>
      {text}
    </span>
  );
  if (paused) return tag('paused', t('channels.paused'), 'tag-outcome-not_sent');
  if (!state) return tag('unheard', t('channels.unheard'), 'tag-near');
  if (state.refused) return tag('refused', t('channels.refused'), 'tag-overdue');
  const until = heldUntil(state, now);
  if (until !== null) return tag('open', t('channels.breakerOpen', { time: precise(until) }), 'tag-failed');
  if (state.health?.ok === false) return tag('ill', t('channels.ill'), 'tag-failed');
  return tag('well', t('channels.well'), 'tag-good');
}
