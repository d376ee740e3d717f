import {
  draft,
  type Draft,
  type Recipient,
  type ReleaseEvent,
  type Side,
  type SubmissionEvent,
} from '@tongsheng/contracts';
import { submission, type SubmissionState } from './submission.ts';

type Offered = Extract<SubmissionEvent, { type: 'submission.offered' }>;

/** One thing that a side said. */
export type Word = { side: Side; byName: string; at: string; says: string };

/** A negotiation as whoever answers it sees it. */
export type Negotiation = {
  offered: Offered;
  to: Recipient;
  state: SubmissionState;
  /** What lies on the table, or was agreed; the draft has the text of it. */
  slot: string | null;
  text: Draft;
  message: string;
  dueAt: string;
  words: Word[];
};

/** Reads a negotiation from the log; null when there is none, or what it is about is not there. */
export function negotiationOf(past: readonly SubmissionEvent[], releases: readonly ReleaseEvent[]): Negotiation | null {
  const offered = past.find((event): event is Offered => event.type === 'submission.offered');
  const written = releases.findLast(
    (event) => event.type === 'release.drafted' && event.contentHash === offered?.contentHash,
  );
  if (!offered || !written) return null;
  const proposals = past.filter(
    (event) => event.type === 'submission.offered' || event.type === 'submission.countered',
  );
  const last = proposals.at(-1)!;
  const common = draft.parse(written);
  return {
    offered,
    to: offered.to,
    state: past.reduce(submission.evolve, submission.initial),
    slot: last.slot,
    text: last.html === null ? common : { ...common, html: last.html },
    message: last.message,
    dueAt: last.dueAt,
    words: past.flatMap(wordOf),
  };
}

function wordOf(event: SubmissionEvent): Word[] {
  switch (event.type) {
    case 'submission.offered':
      return [
        { side: 'offering', byName: event.byName, at: event.offeredAt, says: withMessage('报送', event.message) },
      ];
    case 'submission.acknowledged':
      return [{ side: 'receiving', byName: event.byName, at: event.acknowledgedAt, says: '已收到，正在研究' }];
    case 'submission.countered': {
      const { side, byName, counteredAt: at, html, message } = event;
      return [{ side, byName, at, says: withMessage(html === null ? '另提时间' : '另提文字', message) }];
    }
    case 'submission.agreed':
      return [{ side: event.side, byName: event.byName, at: event.agreedAt, says: '同意' }];
    case 'submission.declined':
      return [{ side: 'receiving', byName: event.byName, at: event.declinedAt, says: `不采用：${event.reason}` }];
    case 'submission.withdrawn':
      return [{ side: 'offering', byName: event.byName, at: event.withdrawnAt, says: `撤回：${event.reason}` }];
    case 'submission.claimed':
      return [{ side: 'receiving', byName: event.byName, at: event.claimedAt, says: `已发布：${event.url}` }];
    case 'submission.unproven':
      return [{ side: 'offering', byName: '系统', at: event.lookedAt, says: `核验未通过：${event.detail}` }];
    case 'submission.adopted':
      return [{ side: 'receiving', byName: '系统', at: event.adoptedAt, says: `已采用：${event.url}` }];
    case 'submission.arranged':
    case 'submission.told':
    case 'submission.telling_again':
    case 'submission.warned':
      return [];
  }
}

const withMessage = (what: string, message: string) => (message ? `${what}：${message}` : what);
