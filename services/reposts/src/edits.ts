import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import {
  Refusal,
  versionsOf,
  type FidelityView,
  type ItemEvent,
  type RepostCommand,
  type RepostEvent,
} from '@tongsheng/contracts';
import { cleanHtml, textOf, TooDeep } from '@tongsheng/web';
import { fidelityOf } from './fidelity.ts';

type Edit = Extract<RepostCommand, { type: 'repost.edit' }>;
type Asked = Pick<Edit, 'site' | 'taskId' | 'itemId' | 'basedOn' | 'html'>;

/** Cleans what an editor wrote and compares it with the source's version that it was made from. */
@Injectable()
export class Edits {
  constructor(private readonly journal: Journal) {}

  /** The command as it may be decided. The hash covers source and text: the same words of another version are another text. */
  async made(command: Edit): Promise<Edit> {
    const { basedOn } = command;
    const [html, source] = [cleaned(command.html), await this.#sourceOf(command)];
    // Without the source's text the decision says what is wrong.
    if (source === null) return { ...command, html };
    const contentHash = createHash('sha256').update(`${basedOn}\n${html}`).digest('hex');
    return { ...command, html, made: { contentHash, fidelity: fidelityOf(textOf(source), textOf(html)) } };
  }

  /** @throws Refusal not_found */
  async compared(asked: Asked): Promise<FidelityView> {
    const source = await this.#sourceOf(asked);
    if (source === null) throw new Refusal('not_found', `no such version of item ${asked.itemId}`);
    const text = textOf(cleaned(asked.html));
    return { fidelity: fidelityOf(textOf(source), text), text };
  }

  /** The HTML of a version of an item that the task owes. */
  async #sourceOf({ site, taskId, itemId, basedOn }: Asked): Promise<string | null> {
    const task = await this.journal.read({ aggregate: 'repost', site, id: taskId });
    const sourceId = (task.events as RepostEvent[]).flatMap((event) =>
      'sourceId' in event && event.itemId === itemId ? [event.sourceId] : [],
    )[0];
    if (sourceId === undefined) return null;
    const item = await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    const version = versionsOf(item.events as ItemEvent[]).findLast(({ contentHash }) => contentHash === basedOn);
    return version?.html ?? null;
  }
}

/** @throws Refusal command_invalid */
function cleaned(html: string): string {
  try {
    return cleanHtml(html);
  } catch (error) {
    if (error instanceof TooDeep) throw new Refusal('command_invalid', error.message);
    throw error;
  }
}
