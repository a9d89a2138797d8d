import { OperatorError } from '../error.ts';

/** etcd takes objects up to 1.5 MiB; JSON makes them longer. */
const longest = 16 * 1024 * 1024;

/** The JSON values of a stream that has one a line. What is left when the stream ends is no line. Throws GREETING_API. */
export async function* jsonLines(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<unknown> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      [parts, length, from] = [[], 0, end + 1];
      if (line.trim() !== '') yield parseJson(line, path);
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > longest) throw new OperatorError('GREETING_API', 'a line of the watch does not end', { path });
  }
}

export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const help = 'something between this pod and the API server answers in its place';
    throw new OperatorError('GREETING_API', `no JSON: ${text.slice(0, 80)}`, { path, cause, help });
  }
}
