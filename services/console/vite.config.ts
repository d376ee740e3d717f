import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** The oldest kernel that offices run; what the stylesheet may use follows from it (README). */
const oldest = 'chrome86';

export default defineConfig({
  plugins: [react()],
  // Contracts from their source: on a fresh clone their bundle is being built at this very moment, and a screen that
  // needs only their pure functions carries no schemas.
  resolve: { conditions: ['@tongsheng/source', ...defaultClientConditions] },
  build: { target: oldest, cssTarget: oldest, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
  worker: { format: 'es' },
  // `vite` beside a running system: CONSOLE_PORT is the gateway's, which refuses decisions that come from another host.
  server: {
    proxy: { '/api': { target: `http://127.0.0.1:${process.env['CONSOLE_PORT'] ?? '8080'}`, changeOrigin: false } },
  },
});
