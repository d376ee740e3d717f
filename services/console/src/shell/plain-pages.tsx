import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

export function MissingPage(): ReactElement {
  const t = useWords();
  return (
    <div className="plain">
      <h1>{t('app.notFound')}</h1>
      <p>{t('app.notFoundHint')}</p>
      <Link to="/" className="button">
        {t('app.home')}
      </Link>
    </div>
  );
}

export function ForbiddenPage(): ReactElement {
  const t = useWords();
  return (
    <div className="plain" data-testid="forbidden">
      <h1>{t('app.forbidden')}</h1>
      <p>{t('app.forbiddenHint')}</p>
      <Link to="/" className="button">
        {t('app.home')}
      </Link>
    </div>
  );
}

export function CrashedPage({ error }: ErrorComponentProps): ReactElement {
  const t = useWords();
  return (
    <div className="plain" role="alert">
      <h1>{t('app.crashed')}</h1>
      <p>{t('app.crashedHint')}</p>
      <pre className="crash">{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</pre>
      <button type="button" className="button button-primary" onClick={() => location.reload()}>
        {t('app.reload')}
      </button>
    </div>
  );
}
