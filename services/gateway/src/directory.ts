import { Refusal, type Directory } from '@tongsheng/contracts';
import type { Login } from './login.ts';

/** What a directory says of somebody who has shown it who they are. */
export type Shown = {
  directory: Directory;
  /** Its own key of this person: never given to another. */
  subject: string;
  /** What it calls them at present. */
  name: string;
  /** Whether more than a password was shown there, and this house counts it. */
  isStrong: boolean;
};

/** Ends a sign-in that a directory did not carry through; where one goes on is its code. */
export type DirectoryTrouble = Extract<Refusal['code'], `directory_${string}`>;

/**
 * Whose account it is: theirs who came by it first. A name alone opens nothing but a link that nobody has used yet, since
 * a directory may give the name of who left to somebody new.
 * @returns with whether the link is still to be bound to this person
 * @throws Refusal directory_person_unknown, directory_person_other
 */
export function accountOf(
  { directory, subject, name }: Shown,
  logins: readonly { personId: string; login: Pick<Login, 'link'> }[],
): { personId: string; isFirst: boolean } {
  const linked = logins.filter(({ login: { link } }) => link?.directory === directory);
  const own = linked.find(({ login: { link } }) => link?.subject === subject);
  if (own) return { personId: own.personId, isFirst: false };
  const named = linked.filter(({ login: { link } }) => link?.name === name);
  const free = named.filter(({ login: { link } }) => link?.subject === null);
  if (free.length === 1) return { personId: free[0]!.personId, isFirst: true };
  if (named.length > 0)
    throw new Refusal('directory_person_other', `${name} is linked for another ${directory} account`, { name });
  throw new Refusal('directory_person_unknown', `${name} of ${directory} is linked to nobody`, { name });
}
