import type { ReactElement } from 'react';
import { Dialog as AriaDialog, Heading, I18nProvider, Modal, ModalOverlay } from 'react-aria-components';
import { langTag, useLanguage } from '../words/index.ts';
import type { DialogProps } from './dialog.tsx';

/** As `Dialog` says. */
export function ModalDialog(props: DialogProps): ReactElement {
  const { title, onClose, wide, children } = props;
  const language = useLanguage((state) => state.language);
  return (
    <I18nProvider locale={langTag[language]}>
      <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
        <Modal className={wide ? 'modal modal-wide' : 'modal'}>
          <AriaDialog className="dialog">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            {children}
          </AriaDialog>
        </Modal>
      </ModalOverlay>
    </I18nProvider>
  );
}
