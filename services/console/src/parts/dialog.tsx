import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';

export type DialogProps = { title: string; onClose: () => void; wide?: boolean; children: ReactNode };

/** What dialogs are made of is no part of the first screen. */
const load = () => import('./modal-dialog.tsx').then((module) => ({ default: module.ModalDialog }));
const ModalDialog = lazy(load);
// It comes while the browser has nothing to do, so that nobody waits for it when the first one opens.
requestIdleCallback(() => void load().catch(() => {}));

/** A dialog over the page; Escape and a click beside it close it. */
export const Dialog = (props: DialogProps): ReactElement => (
  <Suspense fallback={null}>
    <ModalDialog {...props} />
  </Suspense>
);
