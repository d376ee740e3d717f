import { Navigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { handOn, takeAnswer } from './provider.ts';

/** Where the window of a proof ends: another page has waited for what it brings. */
export function ProofWindow(): ReactElement {
  const t = useWords();
  const [answer] = useState(takeAnswer);
  useEffect(() => {
    if (answer !== null) handOn(answer);
  }, [answer]);
  if (answer === null) return <Navigate to="/" replace />;
  return (
    <div className="plain" data-testid="proof-window">
      <h1>{t('directory.proofDone')}</h1>
    </div>
  );
}
