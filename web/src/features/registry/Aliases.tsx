/** What a version is called now; the champion stands out. */
export function Aliases({ of }: { of: string[] }) {
  return (
    <>
      {of.map((alias) => (
        <span key={alias} className={alias === 'champion' ? 'tag accent' : 'tag'} style={{ marginRight: 4 }}>
          {alias}
        </span>
      ))}
    </>
  )
}
