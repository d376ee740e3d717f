import {
  role,
  type Draft,
  type ItemCommand,
  type ItemEvent,
  type RepostCommand,
  type Rule,
  type Source,
  type SourceHealthCommand,
} from '@tongsheng/contracts';

/** One moment that tests count from. */
export const noon = '2026-11-23T04:00:00.000Z';

/** `noon` plus so many minutes. */
export const minutesLater = (minutes: number) => new Date(Date.parse(noon) + minutes * 60_000).toISOString();

const hashOf = (letter: string) => letter.repeat(64).slice(0, 64);
export const hashA = hashOf('a');
export const hashB = hashOf('b');

export const editor = (id = 'editor') => ({ kind: 'person' as const, id, name: `编辑${id}` });
export const service = { kind: 'service' as const, id: 'test' };

/** A failure report: the plainest command there is, for tests of the mechanism itself. */
export const failure = (id: string, sourceId: string): SourceHealthCommand => ({
  type: 'source.report_failure',
  id,
  at: noon,
  actor: service,
  sourceId,
  code: `trouble-${id}`,
  detail: '中文说明',
});

export const observation = (itemId: string, letter = 'a'): Extract<ItemCommand, { type: 'item.observe' }> => ({
  type: 'item.observe',
  id: `observe/${itemId}/${letter}`,
  at: noon,
  actor: service,
  itemId,
  sourceId: 'national-policy',
  key: itemId,
  publication: { at: minutesLater(-60), precision: 'second', text: null },
  others: [],
  content: {
    title: `关于${itemId}的公告`,
    link: `https://upstream.example/${itemId}`,
    html: '<p>正文</p>',
    author: null,
    categories: [],
    contentHash: hashOf(letter),
    documentNumber: null,
    issuer: null,
    column: null,
    attachments: [],
  },
});

type Published = Extract<ItemEvent, { type: 'item.published' }>;

/** A first version as a source brings it, of some size. */
export const publishedItem = (
  sourceId: string,
  itemId: string,
  at: string,
  more: Partial<Published> = {},
): Published => ({
  type: 'item.published',
  itemId,
  sourceId,
  key: itemId,
  publication: { at, precision: 'second', text: null },
  firstSeenAt: at,
  version: 1,
  title: `关于第${itemId}号事项的公告`,
  link: `https://upstream.example/${itemId}`,
  html: `<p>${'正文'.repeat(500)}</p>`,
  author: null,
  categories: [],
  contentHash: hashA,
  documentNumber: null,
  issuer: null,
  column: null,
  attachments: [],
  ...more,
});

export const queueing = (taskId = 'task', site = 'province'): Extract<RepostCommand, { type: 'repost.queue' }> => ({
  type: 'repost.queue',
  id: `${taskId}/queue`,
  at: noon,
  actor: service,
  taskId,
  site,
  itemId: 'item',
  sourceId: 'national-policy',
  sourceName: '国家税务总局网站（示例）',
  link: 'https://upstream.example/item',
  publication: { at: noon, precision: 'second', text: null },
  firstSeenAt: noon,
  column: '税收政策',
  version: 1,
  contentHash: hashA,
  title: '关于示例的公告',
  rule: { ruleId: 'superior', name: '上级税务网站', because: '来源' },
  policy: null,
  kind: 'policy',
  priority: 'normal',
  target: 'site',
  limit: 'PT12H',
  basis: 'stated',
  startsAt: noon,
  dueAt: minutesLater(720),
});

/** A source that is looked at every second. */
export const sampleSource = (sourceId: string, url: string, more: Partial<Source> = {}): Source => ({
  sourceId,
  name: `来源 ${sourceId}`,
  level: 'national',
  kind: 'feed',
  url,
  also: [],
  column: '税收政策',
  zone: 'Asia/Shanghai',
  pollSeconds: 1,
  fullText: false,
  paused: false,
  ...more,
});

/** A rule that makes every item mandatory for the given sites. */
export const sampleRule = (ruleId: string, sites: string[], more: Partial<Rule> = {}): Rule => ({
  ruleId,
  name: `规则 ${ruleId}`,
  order: 10,
  sources: [],
  titleIncludes: [],
  conditions: [],
  effect: 'mandatory',
  sites,
  limit: 'PT12H',
  column: '税收政策',
  priority: 'normal',
  enabled: true,
  ...more,
});

/** Somebody who may take every step; each of them still only once, and only what others wrote. */
export const everyRole = { roles: [...role.options], deputyOf: [] };

/** A press release to one newsroom. */
export const pressDraft = (more: Partial<Draft> = {}): Draft => ({
  kind: 'press',
  format: 'text',
  title: '我省税务部门开展便民办税行动',
  documentNumber: null,
  summary: '摘要',
  html: '<p>正文</p>',
  rumor: null,
  channels: ['newsroom'],
  variants: {},
  cover: null,
  files: [],
  interprets: null,
  linked: null,
  ...more,
});
