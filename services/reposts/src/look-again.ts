import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Query } from '@tongsheng/bus';
import { RepostLookQuery, type CheckName, type RepostLook } from '@tongsheng/contracts';
import { Looks, type Look } from './looks.ts';
import { PublicPages } from './public-pages.ts';
import { Watchlist } from './watchlist.ts';

/** Looks once more at a page that is out, for whoever inspects the site. Nothing is written down of it here. */
@Controller()
export class LookAgain {
  constructor(
    private readonly watchlist: Watchlist,
    private readonly pages: PublicPages,
    private readonly looks: Looks,
  ) {}

  @Query('reposts.look')
  async look(@Payload({ schema: RepostLookQuery }) task: { site: string; taskId: string }): Promise<RepostLook> {
    const page = await this.watchlist.page(task);
    // What is being taken down or replaced is no fault of the site.
    if (!page || page.want !== 'present' || !page.proven || page.waits) return null;
    const { document } = await this.pages.outOf(page);
    return { title: document.title, url: page.url, ...faultOf(await this.looks.forPresence(page)) };
  }
}

const labels: readonly CheckName[] = ['source', 'source_link'];

/** What a look means to whoever judges the site. That nobody answers says nothing of the page. */
export function faultOf(look: Look): Pick<NonNullable<RepostLook>, 'fault' | 'detail' | 'snapshot'> {
  if (look.is === 'right') return { fault: null, detail: '', snapshot: look.evidence.snapshot ?? null };
  const detail = look.reason.slice(0, 500);
  if (look.is === 'unsure' || look.evidence === null) return { fault: 'unchecked', detail, snapshot: null };
  const { snapshot = null, checks } = look.evidence;
  const wrong = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (look.kind === 'gone' || look.kind === 'replaced') return { fault: 'missing', detail, snapshot };
  if (wrong.includes('published_date')) return { fault: 'date', detail, snapshot };
  const isLabel = wrong.length > 0 && wrong.every((name) => labels.includes(name));
  return { fault: isLabel ? 'unlabelled' : 'altered', detail, snapshot };
}
