import { onDuty, type Person, type Reached, type Shift, type Whom } from '@tongsheng/contracts';

export type Staff = { shifts: readonly Shift[]; people: readonly Person[] };

/** Whom a step of a ladder means at an instant. Nobody is an answer: a hole that must be seen. */
export function peopleOf(whom: Whom, site: string | null, at: string, { shifts, people }: Staff): Reached[] {
  const present = people.filter(({ disabled }) => !disabled);
  const named = (ids: readonly (string | null)[]) =>
    present.filter(({ personId }) => ids.includes(personId)).map(({ personId, name }) => ({ personId, name }));
  // A source without a site serves many; whoever serves any of them is concerned.
  const serves = ({ sites }: Person) => site === null || sites.includes('*') || sites.includes(site);
  const holding = (role: Person['roles'][number]) =>
    present
      .filter((person) => person.roles.includes(role) && serves(person))
      .map(({ personId, name }) => ({ personId, name }));

  if (typeof whom === 'object') return named([whom.personId]);
  switch (whom) {
    case 'duty':
      return named(onDuty(shifts, site, at).map(({ personId }) => personId));
    case 'substitute':
      return named(onDuty(shifts, site, at).map(({ substituteId }) => substituteId));
    case 'editors':
      return holding('editor');
    case 'managers':
      return holding('manager');
  }
}
