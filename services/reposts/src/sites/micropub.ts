import { Micropub, settled } from '@tongsheng/cms';
import { publicationSettings } from '@tongsheng/contracts';
import { entryOf, publishedAs } from './entry.ts';
import { checkForeignPage, shownOnForeign } from './foreign-page.ts';
import { defineSiteKind } from './site-kind.ts';

/** A site by Micropub, as `@tongsheng/cms` speaks to it. */
export const micropub = defineSiteKind({
  kind: 'micropub',
  settings: publicationSettings.micropub,
  onUnknown: 'probe',
  open(settings, tools) {
    const site = new Micropub(settings, tools);
    return {
      publish: (document, there) => settled(site.publish(entryOf(document), there).then(publishedAs)),
      find: (document, known) =>
        settled(site.find(entryOf(document), known).then((found) => found && publishedAs(found))),
      remove: (document, published) =>
        settled(site.remove(entryOf(document), published).then(() => ({ publicPosition: null }))),
      test: () => settled(site.test()),
    };
  },
  check: checkForeignPage,
  shown: shownOnForeign,
});
