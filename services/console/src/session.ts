import type { Me, Role } from '@tongsheng/contracts';
import { createContext, useContext } from 'react';

const Context = createContext<Me | null>(null);
export const MeProvider = Context.Provider;

/** Who is signed in. Every page below the sign-in has someone. */
export function useMe(): Me {
  const me = useContext(Context);
  if (!me) throw new Error('useMe: nobody is signed in');
  return me;
}

export const hasRole = ({ roles }: Me, ...any: Role[]): boolean => any.some((role) => roles.includes(role));
