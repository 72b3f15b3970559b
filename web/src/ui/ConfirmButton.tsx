import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ActionButton, type Permission } from './ActionButton.tsx'
import { Dialog } from './Dialog.tsx'
import { Failure } from './Failure.tsx'

type Props = {
  label: string
  title: string
  text: ReactNode
  /** The word on the button that does it; absent: the label. */
  confirm?: string
  act: () => Promise<unknown>
  danger?: boolean
  icon?: ReactNode
  permission?: Permission
  disabled?: boolean
  className?: string
}

/** A button that asks before it acts. The dialog stays open while the server works, and shows its refusal. */
export function ConfirmButton({
  label,
  title,
  text,
  confirm,
  act,
  danger = false,
  icon,
  permission,
  disabled = false,
  className = 'button',
}: Props) {
  const t = useTranslations('ui')
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const run = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await act()
      setOpen(false)
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <ActionButton className={className} permission={permission} disabled={disabled} onClick={() => setOpen(true)}>
        {icon}
        {label}
      </ActionButton>
      <Dialog
        alert
        title={title}
        text={text}
        open={open}
        onOpenChange={(next) => {
          setOpen(next)
          setError(undefined)
        }}
      >
        {error ? <Failure error={error} /> : null}
        <footer>
          <button type="button" className="button" onClick={() => setOpen(false)}>
            {t('back')}
          </button>
          <button type="button" className={danger ? 'button danger' : 'button primary'} disabled={busy} onClick={() => void run()}>
            {confirm ?? label}
          </button>
        </footer>
      </Dialog>
    </>
  )
}
