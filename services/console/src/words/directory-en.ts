import type { directoryZh } from './directory-zh.ts';

export const directoryEn: Record<keyof typeof directoryZh, string> = {
  'directory.oidc': 'Single sign-on',
  'directory.ldap': 'Directory account (LDAP)',
  'directory.link': 'Link a directory',
  'directory.linkTitle': 'Where “{name}” is proven',
  'directory.linkHint':
    'From then on they sign in by the directory alone: our password and a passkey by itself open nothing any more, and they are signed out everywhere. Rights stay, second factors too.',
  'directory.linkFirst':
    'The first sign-in by this name binds the account to that person; whoever is given the name later does not get in.',
  'directory.kind': 'Kind',
  'directory.name': 'Their name there',
  'directory.linkSend': 'Link',
  'directory.linked': '“{name}” is linked, and signed out everywhere',
  'directory.unlink': 'Unlink',
  'directory.unlinked': '“{name}” is unlinked and signs in by our password; reset it now',
  'directory.unbound': 'Not used yet',
  'directory.own':
    'You sign in by a directory of your organisation: {directory}, as “{name}”. Change your password there.',
  'directory.proofHint':
    'Sign in at your organisation once more, in a new window; this goes on by itself when you have.',
  'directory.proofOpen': 'Open the sign-in',
  'directory.proofDone': 'Done. You may close this window and go back to where you were.',
  'directory.proofWaiting': 'Waiting for the other window …',
  'directory.proofPassword': 'Password of your directory account',
  'people.endSessions': 'Sign them out',
  'people.endSessionsTitle': 'Sign “{name}” out everywhere',
  'people.endSessionsHint':
    'Their open pages end at once; what was not sent waits in their browsers until they sign in again.',
  'people.endAll': 'Sign everybody out',
  'people.endAllTitle': 'Sign everybody out, everywhere',
  'people.endAllHint':
    'For when sessions may have leaked. All but yours here end, and everybody signs in again; nothing unsent is lost.',
  'people.sessionsEnded': '{n} sessions ended',
  'event.login.resealed': 'Authenticator apps sealed under a new key',
  'event.login.linked': 'Linked to a directory',
  'event.login.bound': 'First sign-in by the directory, and bound',
  'event.login.unlinked': 'Unlinked from the directory',
};
