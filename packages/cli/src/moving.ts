import { printable, progress } from '@ingot/workspace';
import type { Progress } from '@ingot/workspace';
import type { DeliverOptions } from './deliver.ts';
import type { Terminal } from './verb.ts';

/** Shows on stderr how far `work` is, once it says how many bytes it has to move. */
export async function moving<T>(
  label: string,
  { stderr }: Pick<Terminal, 'stderr'>,
  work: (options: DeliverOptions) => Promise<T>,
): Promise<T> {
  let bar: Progress | undefined;
  try {
    return await work({
      onTotal: (total) => (bar ??= progress({ label: printable(label), total, stream: stderr })),
      onBytes: (bytes) => bar?.add(bytes),
    });
  } finally {
    bar?.finish();
  }
}
