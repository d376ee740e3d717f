import { composeMail, mailServerOf, sendMail } from '@tongsheng/mail';
import { noticeWords } from '../message.ts';
import type { Ended, MeansOfTelling, Relay } from './means.ts';

const timeoutMs = 30_000;

/** A mail to one person, through our own mail server. A mailbox tells a second copy by its Message-ID. */
export const email =
  ({ smtp, from, allow }: Pick<Relay, 'smtp' | 'from' | 'allow'>): MeansOfTelling =>
  async ({ name, people: [{ contact }], notice, at }) => {
    const to = contact?.email;
    if (!to) return { outcome: 'failed', detail: '没有登记邮箱', again: false };
    if (!smtp) return { outcome: 'failed', detail: '没有配置值班邮件服务器（DUTY_SMTP）', again: false };
    const sender = { name: '同声值班告警', address: from };
    const { subject, text } = noticeWords(notice);
    const message = await composeMail({ name, at, from: sender, to, subject, text });
    const server = await mailServerOf(smtp, allow).catch((error: unknown) => String(error));
    if (typeof server === 'string') return { outcome: 'failed', detail: server, again: true };
    const sent = await sendMail(server, { from, to: [to] }, message, timeoutMs);
    switch (sent.kind) {
      case 'accepted':
        return { outcome: 'confirmed', detail: sent.line, again: false };
      case 'rejected':
        return { outcome: 'failed', detail: sent.detail, again: !sent.permanent };
      case 'not_sent':
        return { outcome: 'failed', detail: sent.detail, again: true };
      case 'unknown':
        return { outcome: 'unknown', detail: sent.detail, again: false } satisfies Ended;
    }
  };
