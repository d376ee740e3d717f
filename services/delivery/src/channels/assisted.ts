import { assistedPresets, lengthOf, type Channel, type ChannelLimits, type ReleaseFile } from '@tongsheng/contracts';
import { kindWords } from '@tongsheng/pages';
import { decodeText, safeFetch, textOf } from '@tongsheng/web';
import { strFromU8, strToU8, zipSync } from 'fflate';
import { defineChannel, type Handed, type Package, type Parcel, type Seen, type Sent, type Tools } from './channel.ts';
import { cutTo, noticeText, type Speaking } from './notice-text.ts';
import { part, type Shown } from './shown.ts';

type Settings = Extract<Channel, { kind: 'assisted' }>['settings'];

/** It was taken back there: what is looked for afterwards is that it is gone. */
const recalled = 'recalled';

/**
 * A platform without an interface. Nothing pretends to be a browser: a package is cut to what the platform takes, a person
 * hands it over before its time is up, and what that person brings back is looked at like anything else.
 */
export const assisted = defineChannel('assisted', {
  onUnknown: 'assisted',
  show,
  deliver: (parcel, settings, tools) => assign(parcel, 'deliver', settings, tools),
  amend: { by: 'notice', hand: (parcel, _, settings, tools) => assign(parcel, 'amend', settings, tools) },
  recall: {
    by: 'notice',
    async hand(parcel, _, settings, tools) {
      await tools.note({ [recalled]: 'yes' });
      return assign(parcel, 'recall', settings, tools);
    },
  },
  watch: (sent, _, tools) => look(sent, tools),
});

async function assign(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const within = parcel.kind === 'rebuttal' || speaking === 'recall' ? settings.rebuttalWithin : settings.within;
  const { files, leftOut } = await packed(parcel, speaking, settings, tools);
  const { address } = settings;
  const assignment = { files, within, ...(address && { address }), ...(leftOut.length > 0 && { leftOut }) };
  return { outcome: 'accepted_pending', detail: 'a person hands it over', assignment };
}

const partNames = { title: 'title', summary: 'summary', body: 'text', html: 'page', link: 'link' } as const;

function show(parcel: Parcel, settings: Settings, own: ChannelLimits): Shown {
  const limits = limitsFor(settings, own);
  const parts = fieldsOf(parcel, 'deliver', limits).flatMap(({ field, bytes, limit }) =>
    part(partNames[field!], strFromU8(bytes), { form: field === 'html' ? 'html' : 'text', limit }),
  );
  const { taken } = chosen(filesOf(parcel), limits);
  return { parts, pictures: taken.filter(isPicture).map(({ hash }) => hash) };
}

type PackageFile = Package['files'][number];

/** Everything that is handed over, once file by file and once in one archive. */
async function packed(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools) {
  const limits = limitsFor(settings, tools.limits);
  const fields = fieldsOf(parcel, speaking, limits);
  const { taken, leftOut } = chosen(speaking === 'recall' ? [] : filesOf(parcel), limits);
  const attachments: PackageFile[] = [];
  for (const [i, { hash, name, mediaType }] of taken.entries())
    attachments.push({ name: nameOf(name, i), mediaType, bytes: await tools.file(hash) });
  const files = [...fields, ...attachments];
  const archive = zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])), {
    // The same package has the same bytes whenever it is made.
    mtime: new Date(parcel.signedAt),
    level: 6,
  });
  const name = `${cutTo(parcel.title, 60)
    .replace(/[\\/:*?"<>|\s]+/g, ' ')
    .trim()}.zip`;
  return { files: [...files, { name, mediaType: 'application/zip', bytes: archive }], leftOut };
}

/** The platform's limits; the channel's own stand before them. */
function limitsFor({ platform }: Settings, own: ChannelLimits): Pick<ChannelLimits, 'text' | 'pictures'> {
  const preset: Pick<ChannelLimits, 'text' | 'pictures'> = assistedPresets[platform];
  const pictures = own.pictures ?? preset.pictures;
  return { text: { ...preset.text, ...own.text }, ...(pictures && { pictures }) };
}

/** What stands in the platform's form: each text for itself, so that it can be copied. */
function fieldsOf(parcel: Parcel, speaking: Speaking, { text }: Pick<ChannelLimits, 'text'>): PackageFile[] {
  const { title, lines, foot } = noticeText(parcel, speaking, { isMarked: false });
  const heading = speaking === 'deliver' ? parcel.title : title.replace(`【${kindWords[parcel.kind]}】`, '');
  const whole = lines.join('\n');
  const field = (name: string, of: NonNullable<PackageFile['field']>, value: string): PackageFile[] => {
    const limit = of === 'html' || of === 'link' ? undefined : text[of];
    const kept = limit ? cutTo(value, limit.max, (each) => lengthOf(each, limit.unit)) : value;
    if (kept === '') return [];
    return [
      {
        name,
        mediaType: of === 'html' ? 'text/html' : 'text/plain',
        bytes: strToU8(kept),
        field: of,
        length: lengthOf(kept, limit?.unit ?? 'characters'),
        ...(limit && { limit, isCut: kept !== value }),
      },
    ];
  };
  return [
    ...field('1-标题.txt', 'title', heading),
    ...(speaking === 'recall' ? [] : field('2-摘要.txt', 'summary', parcel.summary)),
    ...field('3-正文.txt', 'body', `${whole}\n${foot[0] ?? ''}`),
    ...(speaking === 'recall' ? [] : field('3-正文.html', 'html', parcel.html)),
    ...field('4-原文链接.txt', 'link', parcel.url),
  ];
}

function filesOf({ cover, files }: Parcel): ReleaseFile[] {
  const all = cover ? [cover, ...files] : files;
  return [...new Map(all.map((file) => [file.hash, file])).values()];
}

/** Of pictures what the platform takes; attachments that are none are for the person to offer. */
function chosen(files: ReleaseFile[], { pictures }: Pick<ChannelLimits, 'pictures'>) {
  const taken: ReleaseFile[] = [];
  const leftOut: string[] = [];
  let shown = 0;
  for (const file of files) {
    const fits =
      !isPicture(file) ||
      !pictures ||
      (shown < pictures.max && file.bytes <= pictures.maxBytes && pictures.types.includes(file.mediaType));
    // A package has so many files and no more.
    if (!fits || taken.length >= filesAtMost) leftOut.push(file.name);
    else {
      taken.push(file);
      if (isPicture(file)) shown++;
    }
  }
  return { taken, leftOut };
}

const isPicture = ({ mediaType }: ReleaseFile): boolean => mediaType.startsWith('image/');

const filesAtMost = 50;

/** In their order, and each under a name of its own. */
const nameOf = (name: string, i: number): string =>
  `附件${String(i + 1).padStart(2, '0')}-${name.replace(/[\\/:*?"<>|]+/g, '_').trim()}`;

/** What a person said is there is fetched as everybody gets it. */
async function look({ parcel, receipt, notes }: Sent, { allow, timeoutMs }: Tools): Promise<Seen> {
  if (!receipt?.url) return { found: 'unsure', detail: 'no address was brought back' };
  const { url } = receipt;
  const page = await safeFetch(url, { allow, totalMs: timeoutMs });
  const isGone = !page.ok && (page.answer?.status === 404 || page.answer?.status === 410);
  if (notes[recalled]) {
    if (isGone) return { found: 'present', detail: `${url} is gone, as it should be` };
    return { found: 'unsure', detail: page.ok ? `${url} is still there` : page.detail };
  }
  if (isGone) return { found: 'gone', detail: `${url}: HTTP ${page.answer?.status}` };
  if (!page.ok) return { found: 'unsure', detail: page.detail };
  const shows = even(textOf(decodeText(page.bytes, page.contentType).text)).includes(
    even(parcel.title).slice(0, titleSeen),
  );
  // Many of these pages are drawn by scripts; what they don't show to us they may show to people.
  return shows
    ? { found: 'present', detail: `${url} shows the title` }
    : { found: 'unsure', detail: `${url} answers, and the title was not found in it` };
}

/** So much of a title is looked for: platforms cut long ones. */
const titleSeen = 16;
const even = (text: string) => text.normalize('NFKC').replace(/[\s\p{P}\p{S}]+/gu, '');
