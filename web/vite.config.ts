import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Relative assets: the server injects <base href>, so the same build works under any prefix of a reverse proxy.
export default defineConfig({
  plugins: [react()],
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': process.env.MEGURI_URL ?? 'http://127.0.0.1:8321' } },
})
