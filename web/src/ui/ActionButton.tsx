import type { ButtonHTMLAttributes } from 'react'
import { Tip } from './Tip.tsx'

/** Whether the reader may do something, and if not, why. */
export type Permission = { allowed: boolean; why: string }

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { permission?: Permission | undefined }

/** A button that stays in reach of the keyboard when the reader may not use it, so that the reason can be read. */
export function ActionButton({ permission, className = 'button', disabled, onClick, ...rest }: Props) {
  if (!permission || permission.allowed)
    return <button type="button" className={className} disabled={disabled} onClick={onClick} {...rest} />
  return (
    <Tip text={permission.why}>
      <button type="button" className={className} aria-disabled onClick={(event) => event.preventDefault()} {...rest} />
    </Tip>
  )
}
