import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { ApiError, whenSignedOut } from './api/client.ts';
import { session } from './api/views.ts';
import { createConsoleRouter } from './routes.tsx';
import { langTag, useLanguage } from './words/index.ts';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
whenSignedOut(() => void client.resetQueries({ queryKey: session().queryKey, exact: true }));
const router = createConsoleRouter(client);

function Root() {
  const language = useLanguage((state) => state.language);
  return (
    <I18nProvider locale={langTag[language]}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}

document.documentElement.lang = langTag[useLanguage.getState().language];
const app = document.getElementById('app');
if (app) {
  createRoot(app).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
