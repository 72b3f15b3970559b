import { defineConfig } from 'vitest/config'

// Tests of requests and streams start a real server on a port of its own, so a page of another origin may ask it.
export default defineConfig({
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { settings: { fetch: { disableSameOriginPolicy: true } } } },
    setupFiles: ['src/testing/setup.ts'],
  },
})
