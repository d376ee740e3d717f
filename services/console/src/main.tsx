import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, whenSignedOut } from './api/client.ts';
import { session } from './api/views.ts';
import { createConsoleRouter } from './routes.tsx';
import { langTag, useLanguage, wordsReady } from './words/index.ts';

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

const app = document.getElementById('app');
if (app)
  void wordsReady().then(() => {
    document.documentElement.lang = langTag[useLanguage.getState().language];
    createRoot(app).render(
      <StrictMode>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    );
  });
