import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ActionButton, type Permission } from './ActionButton.tsx'
import { Dialog } from './Dialog.tsx'
import { Failure } from './Failure.tsx'

type Question = {
  title: string
  text: ReactNode
  /** The word on the button that does it. */
  confirm: string
  act: () => Promise<unknown>
  danger?: boolean
}

/** Asks before something is done. It stays open while the server works, and shows its refusal. */
export function ConfirmDialog({ title, text, confirm, act, danger = false, open, close }: Question & { open: boolean; close: () => void }) {
  const t = useTranslations('ui')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const leave = () => {
    setError(undefined)
    close()
  }
  const run = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await act()
      leave()
    } catch (raised) {
      setError(raised instanceof Error ? raised : new Error(String(raised)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog alert title={title} text={text} open={open} onOpenChange={(next) => (next ? undefined : leave())}>
      {error ? <Failure error={error} /> : null}
      <footer>
        <button type="button" className="button" onClick={leave}>
          {t('back')}
        </button>
        <button type="button" className={danger ? 'button danger' : 'button primary'} disabled={busy} onClick={() => void run()}>
          {confirm}
        </button>
      </footer>
    </Dialog>
  )
}

type Props = Omit<Question, 'confirm'> & {
  label: string
  /** The word on the button that does it; absent: the label. */
  confirm?: string
  icon?: ReactNode
  permission?: Permission
  disabled?: boolean
  className?: string
}

/** A button that asks before it acts. */
export function ConfirmButton({ label, confirm = label, icon, permission, disabled = false, className = 'button', ...question }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <ActionButton className={className} permission={permission} disabled={disabled} onClick={() => setOpen(true)}>
        {icon}
        {label}
      </ActionButton>
      <ConfirmDialog {...question} confirm={confirm} open={open} close={() => setOpen(false)} />
    </>
  )
}
