import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    // Browsers that have light-dark(), container queries and popovers: of 2024 and later.
    target: ['chrome125', 'firefox128', 'safari17.5'],
    // The content security policy allows no data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
