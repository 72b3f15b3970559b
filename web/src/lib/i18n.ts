import type { ja } from '../messages/ja.ts'

declare module 'use-intl' {
  interface AppConfig {
    Locale: 'ja' | 'en'
    Messages: typeof ja
  }
}
