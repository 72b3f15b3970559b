import * as Radix from '@radix-ui/react-dialog'
import { useRef, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Icon } from './Icon.tsx'

type Props = {
  title: string
  /** Said below the title, and read aloud with it. */
  text?: ReactNode
  open: boolean
  onOpenChange: (open: boolean) => void
  children?: ReactNode
  /** The dialog asks for a decision. */
  alert?: boolean
}

/** A modal dialog: focus stays in it, Escape closes it, and focus goes back to where it was. */
export function Dialog({ title, text, open, onOpenChange, children, alert = false }: Props) {
  const t = useTranslations('ui')
  const opener = useRef<Element>(null)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content
          className="dialog"
          onOpenAutoFocus={() => {
            opener.current = document.activeElement
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (opener.current instanceof HTMLElement) opener.current.focus()
          }}
          {...(alert ? { role: 'alertdialog' } : {})}
          {...(text ? {} : { 'aria-describedby': undefined })}
        >
          <header>
            <Radix.Title>{title}</Radix.Title>
            <Radix.Close className="button bare square" aria-label={t('close')}>
              <Icon name="bad" size={14} />
            </Radix.Close>
          </header>
          {text ? (
            <Radix.Description asChild>
              <div className="dialog-text">{text}</div>
            </Radix.Description>
          ) : null}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
