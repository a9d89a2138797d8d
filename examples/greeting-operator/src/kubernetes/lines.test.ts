import { describe, expect, it } from 'vitest';
import { jsonLines } from './lines.ts';

async function linesOf(...chunks: string[]): Promise<unknown[]> {
  const stream = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  })();
  const lines = [];
  for await (const line of jsonLines(stream, '/x')) lines.push(line);
  return lines;
}

describe('jsonLines', () => {
  it('puts lines together, wherever they are cut', async () => {
    expect(await linesOf('{"a":', '1}\n{"b":2}\n\n{"c"', ':3', '}\n')).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  it('puts characters together, wherever they are cut', async () => {
    expect(await linesOf('"\xc3', '\xa9"\n')).toEqual(['é']);
  });

  it('leaves out a line that was cut off', async () => {
    expect(await linesOf('1\n2')).toEqual([1]);
  });

  it('refuses what is no JSON, and a line without an end', async () => {
    await expect(linesOf('<html>\n')).rejects.toMatchObject({ code: 'GREETING_API', path: '/x' });
    await expect(linesOf(...Array<string>(17).fill('x'.repeat(1024 * 1024)))).rejects.toThrow(/does not end/);
  });
});
