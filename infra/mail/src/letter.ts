import MailComposer from 'nodemailer/lib/mail-composer';

/** A mail before it is one. */
export type Letter = {
  /** What a mailbox tells a second copy by; the mail is the same to the byte whenever it is made. */
  name: string;
  at: string;
  from: { name: string; address: string };
  to: string | { name: string; address: string };
  subject: string;
  text: string;
  html?: string;
  headers?: Record<string, string>;
  attachments?: { filename: string; content: string | Buffer; contentType: string }[];
};

/** The bytes of a mail that a machine wrote in Chinese. */
export function composeMail({ name, at, headers, ...rest }: Letter): Promise<Buffer> {
  return new MailComposer({
    ...rest,
    messageId: `<${name}@tongsheng>`,
    date: new Date(at),
    textEncoding: 'base64',
    baseBoundary: name,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': 'zh-CN', ...headers },
  })
    .compile()
    .build();
}
