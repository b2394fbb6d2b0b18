import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev` talks to a server on its default address; MILLRACE_URL names another one. */
const server = process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: './',
  plugins: [react()],
  server: { host: '127.0.0.1', proxy: { '/engine-rest': server, '/api': server } },
  build: {
    outDir: 'dist',
    // The diagram editors are large by nature and are loaded only by the pages that need them.
    chunkSizeWarningLimit: 2500,
  },
});
