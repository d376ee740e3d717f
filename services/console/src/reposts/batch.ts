import type { Chain, Me, RepostDetail, RepostRow } from '@tongsheng/contracts';
import type { Word } from '../words/index.ts';
import { toSign, turnOf } from './turn.ts';

/** As many as a person can answer for at once. */
export const mostAtOnce = 50;

/**
 * Why a task has to be looked at by itself; null: all green. In a batch nobody reads the differences, so there must be
 * none: nothing fell, came back, drifted or waits for somebody else.
 */
export function whyNotGreen(row: RepostRow, chains: readonly Chain[], me: Pick<Me, 'personId' | 'roles'>): Word | null {
  if (row.state !== 'queued') return 'batch.notOpen';
  if (!turnOf(row, chains, me).isMine) return 'batch.notTurn';
  if (row.exemption) return 'batch.exemption';
  if (row.update) return 'batch.update';
  if (row.drift) return 'batch.drift';
  if (row.voided) return 'batch.voided';
  if (row.returned) return 'batch.returned';
  if (toSign(row, row).isOld) return 'batch.editOld';
  return row.claim && row.claim.by !== me.personId ? 'batch.claimed' : null;
}

/** The same of what the server has just rendered: it must be the version of the row, and still stand upstream. */
export function whyNotShown(row: RepostRow, detail: RepostDetail): Word | null {
  const [now, made] = [toSign(row, row), toSign(detail.row, detail.original)];
  if (now.hash !== made.hash || detail.original.contentHash !== row.contentHash) return 'batch.changed';
  if (detail.presence !== 'present') return 'batch.presence';
  return detail.previewHtml === '' ? 'batch.noPreview' : null;
}

/** Marks from one row to another, both included, as the list has them. */
export function range(order: readonly string[], from: string | null, to: string): string[] {
  const [a, b] = [from === null ? -1 : order.indexOf(from), order.indexOf(to)];
  if (b === -1) return [];
  return a === -1 ? [to] : order.slice(Math.min(a, b), Math.max(a, b) + 1);
}
