// Writes src/api/schema.ts from the server's openapi.json, or with `check` says whether it is as it would be written now.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const source = new URL('../tests/golden/openapi.json', import.meta.url)
const target = new URL('src/api/schema.ts', import.meta.url)
const head = '/** Generated from tests/golden/openapi.json by `npm run api`: do not change it by hand. */\n\n'

const text = head + astToString(await openapiTS(source, { emptyObjectsUnknown: true }))
if (process.argv[2] !== 'check') await writeFile(target, text)
else if ((await readFile(target, 'utf8')) !== text) {
  process.stderr.write('web/src/api/schema.ts is not what tests/golden/openapi.json gives: run `python hatch_build.py run api`\n')
  process.exit(1)
}
