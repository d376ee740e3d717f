import { setTimeout as wait } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, EvidenceStore, Journal, Reaction, reasonOf, type Entry } from '@tongsheng/bus';
import {
  withSecrets,
  type Recipient,
  type ReleaseEvent,
  type SubmissionEvent,
  type SubmissionLetter,
} from '@tongsheng/contracts';
import { composeMail, mailServerOf, sendMail, type Letter } from '@tongsheng/mail';
import { Clock, NoKey, SecretBox } from '@tongsheng/runtime';
import { postWebhook } from '@tongsheng/web';
import { AnswerLinks } from './answer-links.ts';
import { negotiationOf, type Negotiation } from './negotiation.ts';
import { officeLetter, type OfficeLetter } from './office-letter.ts';
import { Channels, Sites } from './sites.ts';
import { letterDue, submission } from './submission.ts';

/** How offices outside are written to, and what may be reached although it is not public. */
export class Post {
  constructor(
    readonly smtp: string | undefined,
    readonly from: string,
    readonly allow: readonly string[],
  ) {}
}

type Told = { outcome: 'confirmed' | 'failed' | 'unknown'; detail: string; again: boolean };

/** Pauses before the second and the third try, in ms. What fails after them stands on the screen, with a button. */
const pauses = [1_000, 4_000];
const timeoutMs = 30_000;
/** Mailboxes refuse more; what is left out is named in the letter's list of files. */
const attachedBytes = 15 * 2 ** 20;

/**
 * When something is said to an office that is no site of ours, then it is written to, with the link by which it answers.
 * A process that dies in between sends the same again under the same name.
 */
@Controller()
export class TellOffices {
  constructor(
    private readonly journal: Journal,
    private readonly evidence: EvidenceStore,
    private readonly clock: Clock,
    private readonly links: AnswerLinks,
    private readonly sites: Sites,
    private readonly channels: Channels,
    private readonly secrets: SecretBox,
    private readonly post: Post,
  ) {}

  @Reaction('submission', 'tell-offices')
  async react(@Payload() entry: Entry<SubmissionEvent>): Promise<void> {
    for (const { type, site, submissionId } of entry.events) {
      if (!speaks.has(type)) continue;
      const past = (await this.journal.read({ aggregate: 'submission', site, id: submissionId }))
        .events as SubmissionEvent[];
      const state = past.reduce(submission.evolve, submission.initial);
      const letter = letterDue(state);
      if (letter === null || state.status === 'new' || state.to.kind === 'site') continue;
      const { turn, to } = state;
      if (state.told.includes(`${letter}/${turn}`)) continue;
      const told = await this.#tell(entry, letter, past, turn);
      await carryOut(this.journal, submission, {
        type: 'submission.record_told',
        id: `${submissionId}/told/${entry.position}`,
        at: this.clock.now(),
        actor: { kind: 'service', id: 'releases' },
        ...causedBy(entry),
        submissionId,
        site,
        actingSite: site,
        letter,
        turn,
        by: to.kind,
        outcome: told.outcome,
        detail: told.detail.slice(0, 500),
      });
    }
  }

  async #tell(entry: Entry, letter: SubmissionLetter, past: SubmissionEvent[], turn: number): Promise<Told> {
    const { site, releaseId } = past.find((event) => event.type === 'submission.offered')!;
    const releases = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const negotiation = negotiationOf(past, releases);
    if (!negotiation) return { outcome: 'failed', detail: '报送的稿件已找不到', again: false };
    const { submissionId } = negotiation.offered;
    const isOut = releases.some(({ type }) => type === 'release.published');
    const siteName = this.sites.get(site).name;
    let link: string;
    try {
      link = this.links.linkFor({ site, submissionId, turn });
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      return { outcome: 'failed', detail: error.message, again: false };
    }
    const words = officeLetter(letter, negotiation, { siteName, link, isOut });
    const name = `${submissionId}.${entry.position}`;
    for (let attempt = 0; ; attempt++) {
      const told = await this.#send(name, entry.envelope.time, siteName, negotiation, words, link, letter);
      const pause = pauses[attempt];
      if (told.outcome === 'confirmed' || !told.again || pause === undefined) return told;
      await wait(pause);
    }
  }

  #send(
    name: string,
    at: string,
    siteName: string,
    negotiation: Negotiation,
    words: OfficeLetter,
    link: string,
    letter: SubmissionLetter,
  ): Promise<Told> {
    const { to } = negotiation;
    switch (to.kind) {
      case 'email':
        return this.#mail(name, at, siteName, to, negotiation, words, letter);
      case 'webhook':
        return this.#call(name, at, to, negotiation, words, link, letter);
      case 'site':
        throw new Error(`releases: ${to.site} reads it on its own screen`);
    }
  }

  async #mail(
    name: string,
    at: string,
    siteName: string,
    { address, name: office }: Extract<Recipient, { kind: 'email' }>,
    { text, offered }: Negotiation,
    { subject, text: plain, html, article }: OfficeLetter,
    letter: SubmissionLetter,
  ): Promise<Told> {
    const { smtp, from, allow } = this.post;
    if (!smtp) return { outcome: 'failed', detail: '没有配置发信服务器（SUBMISSIONS_SMTP）', again: false };
    const attachments =
      letter === 'withdrawn'
        ? []
        : [
            { filename: `${offered.title}.html`, content: article, contentType: 'text/html; charset=utf-8' },
            ...(await this.#files(text.files)),
          ];
    const message = await composeMail({
      name,
      at,
      from: { name: siteName, address: from },
      to: { name: office, address },
      subject,
      text: plain,
      html,
      attachments,
    });
    const server = await mailServerOf(smtp, allow).catch((error: unknown) => reasonOf(error));
    if (typeof server === 'string') return { outcome: 'failed', detail: server, again: true };
    const sent = await sendMail(server, { from, to: [address] }, message, timeoutMs);
    switch (sent.kind) {
      case 'accepted':
        return { outcome: 'confirmed', detail: sent.line, again: false };
      case 'rejected':
        return { outcome: 'failed', detail: sent.detail, again: !sent.permanent };
      case 'not_sent':
        return { outcome: 'failed', detail: sent.detail, again: !sent.login };
      case 'unknown':
        return { outcome: 'unknown', detail: sent.detail, again: false };
    }
  }

  /** As many of the release's files as a mailbox takes. */
  async #files(files: Negotiation['text']['files']): Promise<NonNullable<Letter['attachments']>> {
    const attachments: NonNullable<Letter['attachments']> = [];
    let bytes = 0;
    for (const { hash, name, mediaType, bytes: size } of files) {
      if (bytes + size > attachedBytes) continue;
      const kept = await this.evidence.read(hash);
      if (!kept?.intact) throw new Error(`releases: the file ${hash} is not there, or is not what it was`);
      bytes += size;
      attachments.push({ filename: name, content: Buffer.from(kept.bytes), contentType: mediaType });
    }
    return attachments;
  }

  async #call(
    name: string,
    at: string,
    { channelId }: Extract<Recipient, { kind: 'webhook' }>,
    { offered, to, slot, text, message, dueAt }: Negotiation,
    { subject, text: plain }: OfficeLetter,
    link: string,
    letter: SubmissionLetter,
  ): Promise<Told> {
    const channel = this.channels.get(channelId);
    if (channel?.kind !== 'webhook')
      return { outcome: 'failed', detail: `没有 webhook 渠道 ${channelId}`, again: false };
    let endpoint: { url: string; secret: string };
    try {
      const opened = withSecrets(channel, (value) => this.secrets.open(value, channelId));
      if (opened.kind !== 'webhook') throw new Error('releases: a channel keeps its kind');
      endpoint = opened.settings;
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      return { outcome: 'failed', detail: error.message, again: false };
    }
    const { submissionId, site, title } = offered;
    const { html, summary, kind } = text;
    const data = { letter, submissionId, site, to: to.name, title, kind, summary, html, slot, message, dueAt };
    const sent = await postWebhook(
      endpoint,
      {
        id: name,
        at: new Date(this.clock.now()),
        type: `submission.${letter}`,
        timestamp: at,
        data: { ...data, subject, text: plain, answerUrl: link },
      },
      { allow: this.post.allow, timeoutMs },
    );
    switch (sent.kind) {
      case 'answered':
        return sent.status < 300
          ? { outcome: 'confirmed', detail: `HTTP ${sent.status}`, again: false }
          : { outcome: 'failed', detail: `HTTP ${sent.status}`, again: sent.status >= 500 || sent.status === 429 };
      case 'unknown':
        // Receivers tell a second copy by its id.
        return { outcome: 'unknown', detail: sent.detail, again: true };
      case 'not_sent':
        return { outcome: 'failed', detail: sent.detail, again: !sent.refused };
    }
  }
}

/** What an office outside may have to be told of. */
const speaks: ReadonlySet<SubmissionEvent['type']> = new Set([
  'submission.offered',
  'submission.countered',
  'submission.agreed',
  'submission.withdrawn',
  'submission.telling_again',
]);
