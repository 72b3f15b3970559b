import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { NewTokenButton } from '../features/access/NewTokenButton.tsx'
import { PasswordForm } from '../features/access/PasswordForm.tsx'
import { meQuery, mySessionsQuery, myTokensQuery } from '../features/access/queries.ts'
import { SessionList } from '../features/access/SessionList.tsx'
import { TokenList } from '../features/access/TokenList.tsx'
import { DescriptionList } from '../ui/DescriptionList.tsx'
import { Page, Section } from '../ui/Page.tsx'
import { QueryBoundary } from '../ui/QueryBoundary.tsx'

/** The reader's own account: roles, tokens, sessions, password. */
export default function Account() {
  const t = useTranslations('access')
  const me = useQuery(meQuery())
  const tokens = useQuery(myTokensQuery())
  const sessions = useQuery(mySessionsQuery())
  return (
    <Page title={t('account')}>
      <QueryBoundary of={me}>
        {(found) => (
          <>
            {found.auth === 'on' ? null : <p className="notice">{t('authOff')}</p>}
            <Section>
              <DescriptionList
                items={[
                  [t('user'), found.principal.user],
                  [
                    t('rights'),
                    found.principal.is_admin
                      ? t('administrator')
                      : Object.keys(found.roles).length
                        ? Object.entries(found.roles).map(([project, role]) => (
                            <div key={project}>
                              {project}: {t(`roles.${role}`)}
                            </div>
                          ))
                        : t('noRole'),
                  ],
                ]}
              />
            </Section>
            <Section title={t('tokens')} actions={<NewTokenButton projects={Object.keys(found.roles)} />}>
              <QueryBoundary of={tokens}>{({ items }) => <TokenList tokens={items} mine />}</QueryBoundary>
            </Section>
            {found.auth === 'on' ? (
              <>
                <Section title={t('sessions')}>
                  <QueryBoundary of={sessions}>{({ items }) => <SessionList sessions={items} mine />}</QueryBoundary>
                </Section>
                <Section title={t('password')}>
                  <PasswordForm hasPassword={found.has_password} />
                </Section>
              </>
            ) : null}
          </>
        )}
      </QueryBoundary>
    </Page>
  )
}
