import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, Commands, Journal } from '@tongsheng/bus';
import { ReleaseCommand, type Receipt } from '@tongsheng/contracts';
import { cleanHtml } from '@tongsheng/web';
import { release } from './release.ts';

@Controller()
export class ReleasesController {
  constructor(private readonly journal: Journal) {}

  @Commands('release')
  handle(@Payload({ schema: ReleaseCommand }) command: ReleaseCommand): Promise<Receipt> {
    return carryOut(this.journal, release, cleaned(command));
  }
}

/** Whichever door a draft came through, no script of it reaches the log, our page or a newspaper's mail reader. */
function cleaned(command: ReleaseCommand): ReleaseCommand {
  if (command.type !== 'release.draft') return command;
  return { ...command, draft: { ...command.draft, html: cleanHtml(command.draft.html) } };
}
