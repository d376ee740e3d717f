import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { carryOut, Journal } from '@tongsheng/bus';
import { Refusal, type Receipt, type RepostCommand, type Target } from '@tongsheng/contracts';
import { repost } from './repost.ts';

/** One task for each site, cluster and target, however often it is told of. */
export const taskIdOf = (site: string, clusterId: string, target: Target = 'site'): string =>
  createHash('sha256')
    .update(target === 'site' ? `${site}\n${clusterId}` : `${site}\n${clusterId}\n${target}`)
    .digest('hex')
    .slice(0, 24);

/** Commands for repost tasks, wherever the tasks went when clusters were merged. */
@Injectable()
export class Tasks {
  constructor(private readonly journal: Journal) {}

  /** @throws Refusal */
  async tell(command: RepostCommand): Promise<Receipt> {
    try {
      return await carryOut(this.journal, repost, command);
    } catch (error) {
      const into = error instanceof Refusal && error.code === 'repost_merged' ? error.params['into'] : null;
      if (typeof into !== 'string') throw error;
      return this.tell({ ...command, id: `${command.id}/${into}`.slice(0, 200), taskId: into });
    }
  }

  /** Tells a task that may not be there, because its site owes nothing. */
  async tellIfThere(command: RepostCommand): Promise<void> {
    try {
      await this.tell(command);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'repost_missing')) throw error;
    }
  }
}
