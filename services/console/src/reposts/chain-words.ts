import type { Act } from '@tongsheng/contracts';
import { useWords } from '../words/index.ts';

/** Steps and roles of an act as people say them. */
export function useChainWords() {
  const t = useWords();
  const steps = (act: Pick<Act, 'steps'>) => act.steps.map((step) => t(`review.step.${step}`)).join(t('review.and'));
  const roles = (act: Pick<Act, 'roles'>) => act.roles.map((role) => t(`review.role.${role}`)).join(t('review.or'));
  return { steps, roles };
}
