export { composeMail, type Letter } from './letter.ts';
export { mailServerOf } from './server.ts';
export { sendMail, type RefusedRecipient, type Sent } from './smtp.ts';
