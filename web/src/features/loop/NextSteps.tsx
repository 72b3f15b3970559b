import { useTranslations } from 'use-intl'
import { snippets } from '../../lib/snippets.ts'
import { Code } from '../../ui/Code.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { stationIcon } from './StationFace.tsx'
import type { Station } from './stations.ts'

const LINES: Record<Station, string> = {
  data: snippets.source,
  features: snippets.features,
  pipeline: snippets.pipeline,
  gate: snippets.gate,
  model: snippets.model,
  endpoint: snippets.endpoint,
  monitor: snippets.monitor,
}

/** For stations that are not set up: the next step of each, with the lines to copy; one is open at a time. */
export function NextSteps({ stations, open, choose }: { stations: Station[]; open: Station | undefined; choose: (station: Station) => void }) {
  const t = useTranslations('station')
  const shown = open ?? stations[0]
  return (
    <div className="steps">
      {stations.map((station) => (
        <section key={station} className="steps-item">
          <h3>
            <button type="button" className="button bare" aria-expanded={station === shown} onClick={() => choose(station)}>
              <Icon name={stationIcon(station)} size={14} />
              {t(station)}
            </button>
          </h3>
          {station === shown ? (
            <>
              <p>{t(`teach.${station}`)}</p>
              <Code text={LINES[station]} label={t(station)} />
            </>
          ) : null}
        </section>
      ))}
    </div>
  )
}
