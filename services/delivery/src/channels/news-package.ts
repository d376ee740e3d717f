import { createHash } from 'node:crypto';
import type { ReleaseFile } from '@tongsheng/contracts';
import { html, kindWords } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import type { Parcel } from './channel.ts';
import { part } from './shown.ts';
import { rumorWords, type Speaking } from './notice-text.ts';
import { withPictures } from './steps.ts';

export type NewsFormat = 'ninjs' | 'newsml';
/** A release as newsrooms exchange it: the same bytes at every attempt. */
export type NewsPackage = { name: string; mediaType: string; body: string };

/** What is put beside it, by hash: what it is called there. */
export type Beside = ReadonlyMap<string, string>;

/** One model for both formats: identity is (`uri`, `version`), so that a second copy changes nothing. */
type News = {
  uri: string;
  /** Whole seconds since 1970: a later one replaces an earlier one. */
  version: number;
  title: string;
  summary: string;
  html: string;
  text: string;
  isUsable: boolean;
  /** 1 is the highest of nine. */
  urgency: number;
  /** For whom it is sent to, not for their readers. */
  note: string | null;
  files: { name: string; file: ReleaseFile }[];
  parcel: Parcel;
};

const urgencies: Record<Parcel['kind'], number> = {
  rebuttal: 1,
  response: 2,
  policy: 3,
  interpretation: 4,
  notice: 4,
  press: 4,
};

const notes: Record<Speaking, string | null> = {
  deliver: null,
  amend: '更正：请以本版替换此前版本。',
  recall: '撤回：请停止使用并撤下此前版本。',
};

export function newsPackage(parcel: Parcel, speaking: Speaking, format: NewsFormat, beside: Beside): NewsPackage {
  const news = newsOf(parcel, speaking, beside);
  const { mediaType, ending, write } = formats[format];
  return { name: `${nameOf(parcel, speaking)}.${ending}`, mediaType, body: write(news) };
}

/** What readers of the package get first, and the package itself. */
export const shownPackage = (parcel: Parcel, format: NewsFormat, beside: Beside) => [
  ...part('page', newsOf(parcel, 'deliver', beside).html, { form: 'html' }),
  ...part('file', newsPackage(parcel, 'deliver', format, beside).body, { form: 'code' }),
];

const formats = {
  ninjs: { mediaType: 'application/json', ending: 'json', write: ninjs },
  newsml: { mediaType: 'application/vnd.iptc.g2.newsmessage+xml', ending: 'xml', write: newsml },
} as const;

/** What stands for a release among a partner's files; another content has another name. */
export const nameOf = ({ releaseId, contentHash }: Parcel, speaking: Speaking): string =>
  `${releaseId}-${contentHash.slice(0, 12)}${speaking === 'recall' ? '-canceled' : ''}`;

function newsOf(parcel: Parcel, speaking: Speaking, beside: Beside): News {
  const { releaseId, site, title, summary, rumor, signedAt, kind } = parcel;
  const found =
    rumor &&
    html`<p>网传：${rumor.claim}</p>
      <p>结论：${rumorWords[rumor.verdict]}</p>`.text;
  const body = `${found ?? ''}${withPictures(parcel.html, beside)}`;
  const files = [parcel.cover, ...parcel.files].filter((file) => file !== null);
  return {
    uri: `urn:tongsheng:${encodeURIComponent(site)}:${encodeURIComponent(releaseId)}`,
    version: Math.floor(Date.parse(signedAt) / 1_000) + (speaking === 'recall' ? 1 : 0),
    title,
    summary,
    html: body,
    text: textOf(body),
    isUsable: speaking !== 'recall',
    urgency: urgencies[kind],
    note: notes[speaking],
    files: [...new Map(files.map((file) => [file.hash, file])).values()].flatMap((file) => {
      const name = beside.get(file.hash);
      return name === undefined ? [] : [{ name, file }];
    }),
    parcel,
  };
}

/** IPTC ninjs 3.1; its schema allows no property that it does not name. */
function ninjs({
  uri,
  version,
  title,
  summary,
  html: body,
  text,
  isUsable,
  urgency,
  note,
  files,
  parcel,
}: News): string {
  const { signedAt, siteName, url, kind, documentNumber } = parcel;
  const shown = {
    uri,
    type: 'text',
    representationType: 'full',
    version: String(version),
    firstCreated: signedAt,
    versionCreated: signedAt,
    contentCreated: signedAt,
    pubStatus: isUsable ? 'usable' : 'canceled',
    urgency,
    copyrightHolder: siteName,
    ...(note !== null && { edNote: note }),
    language: 'zh-CN',
    headlines: [{ role: 'main', contentType: 'text/plain', value: title }],
    ...(summary !== '' && { descriptions: [{ role: 'summary', contentType: 'text/plain', value: summary }] }),
    ...(isUsable && {
      bodies: [
        { role: 'main', contentType: 'text/html', value: body },
        { role: 'main', contentType: 'text/plain', charCount: [...text].length, value: text },
      ],
      renditions: files.map(({ name, file }) => ({
        name,
        contentType: file.mediaType,
        title: file.name,
        sizeInBytes: file.bytes,
      })),
    }),
    organisations: [{ name: siteName, rel: 'source' }],
    subjects: [{ name: kindWords[kind] }],
    altIds: [
      { role: 'webpage', value: url },
      ...(documentNumber === null ? [] : [{ role: 'document-number', value: documentNumber }]),
    ],
    standard: {
      name: 'ninjs',
      version: '3.1',
      schema: 'http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json',
    },
  };
  return JSON.stringify(shown, null, 2);
}

/** A NewsML-G2 message with one item in it. */
function newsml({
  uri,
  version,
  title,
  summary,
  html: body,
  text,
  isUsable,
  urgency,
  note,
  files,
  parcel,
}: News): string {
  const { signedAt, siteName, url, kind } = parcel;
  const transmitId = createHash('sha256').update(`${uri} ${version}`).digest('hex').slice(0, 32);
  return clean(
    html`<?xml version="1.0" encoding="UTF-8"?>
      <newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">
        <header>
          <sent>${signedAt}</sent>
          <sender>${siteName}</sender>
          <transmitId>${transmitId}</transmitId>
          <priority>${String(urgency)}</priority>
        </header>
        <itemSet>
          <newsItem
            guid="${uri}"
            version="${String(version)}"
            standard="NewsML-G2"
            standardversion="2.35"
            conformance="power"
            xml:lang="zh-CN"
          >
            <catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_39.xml" />
            <rightsInfo
              ><copyrightHolder><name>${siteName}</name></copyrightHolder></rightsInfo
            >
            <itemMeta>
              <itemClass qcode="ninat:text" />
              <provider><name>${siteName}</name></provider>
              <versionCreated>${signedAt}</versionCreated>
              <firstCreated>${signedAt}</firstCreated>
              <pubStatus qcode="${isUsable ? 'stat:usable' : 'stat:canceled'}" />
              ${note && html`<edNote>${note}</edNote>`} ${note && isUsable && html`<signal qcode="sig:correction" />`}
              <link rel="irel:seeAlso" href="${url}" />
            </itemMeta>
            <contentMeta>
              <urgency>${String(urgency)}</urgency>
              <contentCreated>${signedAt}</contentCreated>
              <creator><name>${siteName}</name></creator>
              <language tag="zh-CN" />
              <subject type="cpnat:abstract"><name>${kindWords[kind]}</name></subject>
              <headline>${title}</headline>
              ${summary && html`<description role="drol:summary">${summary}</description>`}
            </contentMeta>
            ${
              isUsable &&
              html`<contentSet>
                <inlineData contenttype="text/html">${body}</inlineData>
                <inlineData contenttype="text/plain">${text}</inlineData>
                ${files.map(({ name, file }) => html`<remoteContent href="${name}" contenttype="${file.mediaType}" size="${String(file.bytes)}" />`)}
              </contentSet>`
            }
          </newsItem>
        </itemSet>
      </newsMessage> `.text,
  );
}

/** XML 1.0 has no way to write most control characters; nor has it half of a pair. */
const clean = (xml: string): string =>
  xml.toWellFormed().replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
