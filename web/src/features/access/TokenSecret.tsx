import { useTranslations } from 'use-intl'
import type { NewToken } from '../../api/types.ts'
import { Code } from '../../ui/Code.tsx'
import { Dialog } from '../../ui/Dialog.tsx'

/** The secret of a new token: shown once, never again. */
export function TokenSecret({ made, close }: { made: NewToken | undefined; close: () => void }) {
  const t = useTranslations('access')
  const ui = useTranslations('ui')
  return (
    <Dialog
      open={made !== undefined}
      onOpenChange={(open) => (open ? undefined : close())}
      title={t('secretTitle', { name: made?.token.name ?? '' })}
      text={t('secretText')}
    >
      <Code text={made?.secret ?? ''} label={t('secret')} wrap />
      <p className="quiet">{t('secretUse')}</p>
      <Code
        text={`export MEGURI_URL=${new URL('.', document.baseURI).href.replace(/\/$/, '')}\nexport MEGURI_TOKEN=${made?.secret ?? ''}`}
        label={t('secretUse')}
        wrap
      />
      <footer>
        <button type="button" className="button primary" onClick={close}>
          {ui('close')}
        </button>
      </footer>
    </Dialog>
  )
}
