import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { useWords } from '../words/index.ts';

/** Nothing to show, and why that is so. */
export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="empty" data-testid="empty">
      <p className="empty-title">{title}</p>
      {children && <div className="empty-text">{children}</div>}
    </div>
  );
}

/** Shown only when it takes long enough to be noticed. */
export function Loading(): ReactElement | null {
  const t = useWords();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return late ? (
    <p className="loading" role="status">
      {t('app.loading')}
    </p>
  ) : null;
}

/** What happened, and what to do; the rest of the page stays usable. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactElement {
  const t = useWords();
  const said = sayError(error, t);
  const requestId = error instanceof ApiError ? error.params['requestId'] : undefined;
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{said}</strong>
      </p>
      {requestId && <p className="hint">{t('error.code', { id: requestId })}</p>}
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          {t('app.retry')}
        </button>
      )}
    </div>
  );
}

/** What stands in the place of an answer that is not there: that it is coming, or why it is not. */
export function Pending({
  of,
}: {
  of: { data: unknown; error: unknown; refetch: () => unknown };
}): ReactElement | null {
  if (of.data !== undefined) return null;
  return of.error ? <Trouble error={of.error} onRetry={() => void of.refetch()} /> : <Loading />;
}

/** An error in words for the person. */
export function sayError(error: unknown, t: ReturnType<typeof useWords>): string {
  if (error instanceof ApiError) {
    if (error.status === 0) return t('error.network');
    return error.message || t('error.unknown');
  }
  return t('error.unknown');
}
