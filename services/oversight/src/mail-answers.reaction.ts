import { setTimeout as wait } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, reasonOf, type Entry } from '@tongsheng/bus';
import type { CorrectionEvent, CorrectionOutcome } from '@tongsheng/contracts';
import { composeMail, mailServerOf, sendMail } from '@tongsheng/mail';
import { Clock, NoKey, SecretBox } from '@tongsheng/runtime';
import { contactsOf } from './correction-intake.controller.ts';
import { correction } from './correction.ts';
import { CorrectionDesk } from './correction-desk.ts';

/** How netizens are written to, and where they can look the answer up. */
export class AnswerPost {
  constructor(
    readonly smtp: string | undefined,
    readonly from: string,
    readonly allow: readonly string[],
    readonly portalUrl: string | undefined,
  ) {}
}

type Answered = Extract<CorrectionEvent, { type: 'correction.answered' }>;
type Told = { outcome: 'confirmed' | 'failed' | 'unknown'; detail: string; again: boolean };

/** Pauses before the second and the third try, in ms. The answer is public by its receipt all the same. */
const pauses = [1_000, 4_000];
const timeoutMs = 30_000;

const outcomeWords: Record<CorrectionOutcome, string> = {
  corrected: '经核实，已更正',
  unchanged: '经核实，无需更正',
  forwarded: '已转相关单位办理',
  folded: '与他人反映的是同一问题，一并答复',
};

/**
 * When a report is answered, then whoever left an address gets the answer by mail, each alone. Said again after a crash, a
 * mail has the same name, so that mailboxes keep one.
 */
@Controller()
export class MailAnswers {
  constructor(
    private readonly journal: Journal,
    private readonly desk: CorrectionDesk,
    private readonly clock: Clock,
    private readonly secrets: SecretBox,
    private readonly post: AnswerPost,
  ) {}

  @Reaction('correction', 'mail-answers')
  async react(@Payload() entry: Entry<CorrectionEvent>): Promise<void> {
    const event = entry.events.find((each) => each.type === 'correction.answered');
    if (event?.type !== 'correction.answered') return;
    const { correctionId, site } = event;
    const past = (await this.journal.read({ aggregate: 'correction', site, id: correctionId })).events;
    const [received] = past as CorrectionEvent[];
    const contacts = contactsOf(past as CorrectionEvent[]);
    if (received?.type !== 'correction.received' || contacts.length === 0) return;
    const told: Told[] = [];
    for (const [at, sealed] of contacts.entries()) told.push(await this.#tell(entry, event, received, sealed, at));
    const worst =
      told.find(({ outcome }) => outcome === 'failed') ?? told.find(({ outcome }) => outcome === 'unknown') ?? told[0]!;
    await carryOut(this.journal, correction, {
      type: 'correction.record_mailed',
      id: `${correctionId}/mailed/${entry.position}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'oversight' },
      ...causedBy(entry),
      correctionId,
      site,
      outcome: worst.outcome,
      detail: worst.detail.slice(0, 500),
    });
  }

  async #tell(
    entry: Entry,
    answered: Answered,
    received: Extract<CorrectionEvent, { type: 'correction.received' }>,
    sealed: string,
    at: number,
  ): Promise<Told> {
    let address: string;
    try {
      address = this.secrets.open(sealed, answered.correctionId);
    } catch (error) {
      if (!(error instanceof NoKey)) throw error;
      return { outcome: 'failed', detail: error.message, again: false };
    }
    const siteName = (await this.desk.site(answered.site))?.name ?? answered.site;
    for (let attempt = 0; ; attempt++) {
      const told = await this.#send(
        `${answered.correctionId}.${entry.position}.${at}`,
        siteName,
        address,
        answered,
        received,
      );
      const pause = pauses[attempt];
      // What a server says may quote the address.
      const clean = { ...told, detail: told.detail.replaceAll(address, '…') };
      if (told.outcome === 'confirmed' || !told.again || pause === undefined) return clean;
      await wait(pause);
    }
  }

  async #send(
    name: string,
    siteName: string,
    address: string,
    { correctionId, outcome, answer, answeredAt: at }: Answered,
    { page }: Extract<CorrectionEvent, { type: 'correction.received' }>,
  ): Promise<Told> {
    const { smtp, from, allow, portalUrl } = this.post;
    if (!smtp) return { outcome: 'failed', detail: '没有配置发信服务器（OVERSIGHT_SMTP）', again: false };
    const text = [
      `您好：`,
      `您对“${page.title || page.url || siteName}”的纠错（受理编号 ${correctionId}）答复如下。`,
      `${outcomeWords[outcome]}。`,
      answer,
      ...(portalUrl ? [`答复也可在此查阅：${portalUrl}/corrections/answer?receipt=${correctionId}`] : []),
      `${siteName}\n\n本邮件由系统发出，请勿直接回复。如果您没有提交过纠错，请忽略本邮件。`,
    ].join('\n\n');
    const message = await composeMail({
      name,
      at,
      from: { name: siteName, address: from },
      to: address,
      subject: `纠错答复：${page.title || correctionId}`,
      text,
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
}
