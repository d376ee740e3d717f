import { reportedText, token, type CorrectionFigures } from '@tongsheng/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  renderAnswer,
  renderFigures,
  renderForm,
  renderLookUp,
  type Filled,
  type Problem,
} from './correction-pages.ts';
import type { FormTokens } from './form-token.ts';
import { IntakeAway, type Intake, type Report } from './intake.ts';
import { isWithdrawn, nameOf, type PublicIndex } from './public-index.ts';
import { RateLimit } from './rate-limit.ts';

export type CorrectionParts = {
  index: PublicIndex;
  intake: Intake;
  tokens: FormTokens;
  baseUrl: string;
  now: () => number;
};

/** A form's own fields and nothing like a book. */
const bodyLimit = 32 * 1024;
/** Figures are asked for once in so many ms, however many look. */
const figuresKeptMs = 30_000;

/** Forms are the only thing here that is sent, and to here alone. */
const contentSecurity =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const email = z.email().max(254);
const address = z.url({ protocol: /^https?$/ }).max(2_000);

/**
 * Netizens' corrections: a form without a script, the answer by its receipt, and how many were answered in time. What is
 * sent goes to the house at once and is kept nowhere here, nor in any log.
 */
export function openCorrections(
  server: FastifyInstance,
  { index, intake, tokens, baseUrl, now }: CorrectionParts,
): void {
  const reports = new RateLimit({ each: 5, all: 300 }, 600_000);
  const questions = new RateLimit({ each: 30, all: 6_000 }, 60_000);
  let figures: { at: number; asked: Promise<CorrectionFigures | null> } | null = null;

  const sites = () => index.sites().map((shelves) => ({ site: shelves.site, name: nameOf(shelves) }));
  const siteName = (site: string) => {
    const found = index.site(site);
    return found ? nameOf(found) : site;
  };
  /** The page of ours that is meant, if it is one. */
  const placeOf = ({ site, kind, id }: Filled) => {
    const entry = index.find(site, kind, id);
    if (!entry || isWithdrawn(entry)) return null;
    return { siteName: entry.siteName, title: entry.title, url: `/${site}/${kind}/${id}`, entry };
  };
  const form = (reply: FastifyReply, status: number, filled: Filled, problems: Problem[], token: string) =>
    send(reply, status, renderForm({ filled, problems, place: placeOf(filled), token }, sites()));

  server.get('/corrections', async (_, reply) => {
    if (figures === null || now() - figures.at > figuresKeptMs)
      figures = { at: now(), asked: intake.figures().catch(awayIsNull) };
    const asked = await figures.asked;
    if (asked === null) figures = null;
    return send(reply, asked === null ? 503 : 200, renderFigures(asked, siteName));
  });

  server.get<{ Querystring: Record<string, unknown> }>('/corrections/new', (request, reply) =>
    form(reply, 200, filledFrom(request.query), [], tokens.issue(now())),
  );

  server.post<{ Body: unknown }>('/corrections', { bodyLimit }, async (request, reply) => {
    const body = Object.fromEntries(request.body instanceof URLSearchParams ? request.body : []);
    const filled = filledFrom(body);
    const fresh = tokens.issue(now());
    const age = tokens.age(textOf(body['token']), now());
    const again = age === 'fine' || age === 'too_fast' ? textOf(body['token']) : fresh;
    const [problems, report] = reportFrom(filled);
    if (textOf(body['website']) !== '') problems.push({ field: 'website', says: '请把“请勿填写这一栏”留空' });
    if (age !== 'fine') problems.push({ field: '', says: agedWords[age] });
    if (problems.length > 0 || report === null) return form(reply, 422, filled, problems, again);
    const wait = reports.count(request.ip, now());
    if (wait !== null) return form(reply.header('retry-after', wait), 429, filled, [tooMany(wait)], again);
    const taken = await intake.report(report).catch(awayIsNull);
    if (taken === null) return form(reply.header('retry-after', 60), 503, filled, [away], again);
    const sent = filled.email === '' ? 'plain' : taken.mail ? 'mail' : 'no_mail';
    return reply
      .headers({ 'content-security-policy': contentSecurity, 'cache-control': 'no-store' })
      .redirect(`/corrections/answer?receipt=${taken.receipt}&sent=${sent}`, 303);
  });

  server.get<{ Querystring: Record<string, unknown> }>('/corrections/answer', async (request, reply) => {
    const asked = textOf(request.query['receipt']).toUpperCase();
    if (asked === '') return send(reply, 200, renderLookUp('', null));
    const wait = questions.count(request.ip, now());
    if (wait !== null)
      return send(reply.header('retry-after', wait), 429, renderLookUp(asked, `查询太频繁，请 ${wait} 秒后再试。`));
    if (!token.safeParse(asked).success) return send(reply, 404, renderLookUp(asked, noSuch));
    try {
      const found = await intake.answer(asked);
      if (found === null) return send(reply, 404, renderLookUp(asked, noSuch));
      const sent = z.enum(['mail', 'no_mail', 'plain']).nullable().catch(null).parse(request.query['sent']);
      return send(reply, 200, renderAnswer(found, siteName(found.site), sent));
    } catch (error) {
      if (!(error instanceof IntakeAway)) throw error;
      return send(reply.header('retry-after', 60), 503, renderLookUp(asked, '暂时查不到，请稍后再试。'));
    }
  });

  /** What is wrong with what was filled in, all of it; and the report, when nothing is. */
  function reportFrom(filled: Filled): [Problem[], Report | null] {
    const problems: Problem[] = [];
    const place = placeOf(filled);
    if (!place && !index.site(filled.site)) problems.push({ field: 'site', says: '请选择网站' });
    const text = reportedText.safeParse(filled.text);
    if (!text.success) problems.push({ field: 'text', says: '请写明哪里有问题，5 到 2000 字' });
    if (filled.email !== '' && !email.safeParse(filled.email).success)
      problems.push({ field: 'email', says: '邮箱的写法不对，请改正或留空' });
    if (!place && filled.url !== '' && !address.safeParse(filled.url).success)
      problems.push({ field: 'url', says: '页面地址要以 http:// 或 https:// 开头，请改正或留空' });
    if (problems.length > 0 || !text.success) return [problems, null];
    const page = place
      ? {
          title: place.entry.title.slice(0, 300),
          url: `${baseUrl}${place.url}`,
          document: { kind: place.entry.kind, documentId: place.entry.documentId },
        }
      : { title: filled.title.trim(), url: filled.url === '' ? null : filled.url, document: null };
    return [[], { site: filled.site, page, text: text.data, email: filled.email === '' ? null : filled.email }];
  }
}

const noSuch = '没有这个受理编号，请核对后再查。';
const away: Problem = { field: '', says: '暂时不能受理，您写的内容都在下面，请稍后再按一次“提交”。' };
const tooMany = (seconds: number): Problem => ({
  field: '',
  says: `提交太频繁，您写的内容都在下面，请 ${Math.ceil(seconds / 60)} 分钟后再按一次“提交”。`,
});
const agedWords = {
  too_fast: '提交得太快，请核对内容后再按一次“提交”。',
  too_old: '页面打开太久了，您写的内容都在下面，请再按一次“提交”。',
  forged: '页面已更新，您写的内容都在下面，请核对后再按一次“提交”。',
} as const;

const awayIsNull = (error: unknown): null => {
  if (error instanceof IntakeAway) return null;
  throw error;
};

const lengths: Record<keyof Filled, number> = {
  site: 64,
  kind: 64,
  id: 64,
  title: 300,
  url: 2_000,
  text: 4_000,
  email: 300,
};

/** What was sent, as text of a length, without what no keyboard writes or what turns the direction of what follows. */
function filledFrom(fields: Record<string, unknown>): Filled {
  const field = (name: keyof Filled) =>
    textOf(fields[name])
      .replace(/\r\n?/g, '\n')
      .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, '')
      .slice(0, lengths[name]);
  return {
    site: field('site'),
    kind: field('kind'),
    id: field('id'),
    title: field('title').replace(/\s+/g, ' '),
    url: field('url').trim(),
    text: field('text'),
    email: field('email').trim(),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': contentSecurity,
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    })
    .type('text/html; charset=utf-8')
    .send(page);
}
