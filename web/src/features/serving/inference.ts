import type { EndpointDetails } from '../../api/types.ts'

type Tensor = { name: string; shape: number[]; datatype: string; data: (string | number)[] }
export type Request = { id: string; inputs: Tensor[]; parameters?: { event_time: string } }

const DATATYPES: Record<string, string> = { int: 'INT64', float: 'FP64', bool: 'BOOL', str: 'BYTES', datetime: 'BYTES' }

/** A request of Open Inference Protocol v2 with one row. */
export function exampleOf(endpoint: EndpointDetails): Request {
  return {
    id: 'try-1',
    parameters: { event_time: exampleTime(endpoint) },
    inputs: endpoint.inputs.map((input) => ({
      name: input.name,
      shape: [1],
      datatype: DATATYPES[input.dtype] ?? 'FP64',
      data: [input.dtype === 'str' || input.dtype === 'datetime' ? '' : 0],
    })),
  }
}

/** The end of the last event day that was predicted, and now where there is none. */
export function exampleTime(endpoint: EndpointDetails): string {
  const last = endpoint.days.at(-1)
  const at = last === undefined ? Date.now() : Math.min(Date.now(), (last[0] + 1) * 86_400_000)
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

export function curlOf(endpoint: EndpointDetails, request: Request): string {
  const url = endpoint.url ?? 'http://127.0.0.1:PORT'
  return `curl ${url}/v2/models/${endpoint.name}/infer \\\n  -H 'Content-Type: application/json' \\\n  -H "Authorization: Bearer $MEGURI_TOKEN" \\\n  -d '${JSON.stringify(request).replaceAll('},{', '},\n       {')}'`
}
