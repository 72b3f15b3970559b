import { useTranslations } from 'use-intl'

/** Who caused an event: a user, a token, a trigger or the system. Names are shown as they are. */
export function Actor({ of }: { of: string }) {
  const t = useTranslations('access')
  const colon = of.indexOf(':')
  const kind = colon < 0 ? of : of.slice(0, colon)
  const name = colon < 0 ? '' : of.slice(colon + 1)
  switch (kind) {
    case 'user':
      return <span>{name}</span>
    case 'token':
    case 'trigger':
    case 'system':
      return (
        <span>
          <span className="quiet">{t(`actors.${kind}`)}</span> {name}
        </span>
      )
    default:
      return <span>{of || '–'}</span>
  }
}
