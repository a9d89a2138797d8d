import { gunzipSync } from 'node:zlib';
import { chartPath } from './chart-path.ts';
import { readTar, type TarEntry } from './tar.ts';

/** In bytes: what Helm unpacks of a chart, and of one file in it (MaxDecompressedChartSize and -FileSize, 3.17.3). */
export const largestChart = 100 * 1024 * 1024;
export const largestChartFile = 5 * 1024 * 1024;

export interface ArchivedFile {
  /** In the chart. */
  readonly name: string;
  /** As the archive has it. */
  readonly member: string;
  readonly content: Uint8Array;
}

/** What an archive of a chart holds, or what is wrong with it, each with the member that it is about. */
export interface ChartArchive {
  readonly files: readonly ArchivedFile[];
  readonly problems: readonly { readonly message: string; readonly member?: string }[];
  /** Of all that it unpacks to, in bytes. */
  readonly size: number;
}

/** Unpacks a chart in memory, `limit` bytes at most, as `LoadArchiveFiles` of helm's loader does. Never throws. */
export function readChartArchive(packed: Uint8Array, limit: number): ChartArchive {
  const broken = (message: string): ChartArchive => ({ files: [], problems: [{ message }], size: 0 });
  let tar: Uint8Array;
  let entries: readonly TarEntry[];
  try {
    tar = gunzipSync(packed, { maxOutputLength: Math.max(1, limit) });
  } catch (cause) {
    const tooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return broken(tooLarge ? `the charts unpack to more than ${largestChart} bytes` : 'the file is not gzip');
  }
  try {
    entries = readTar(tar);
  } catch (cause) {
    return broken(`the tar in it ${(cause as Error).message}`);
  }
  const files: ArchivedFile[] = [];
  const problems: { message: string; member: string }[] = [];
  for (const { path: member, type, content } of entries) {
    if (type === 'directory') continue;
    const found = chartPath(member);
    if ('problem' in found) problems.push({ message: found.problem, member });
    else if (content.length > largestChartFile) {
      problems.push({ message: `the file has ${content.length} bytes`, member });
    } else files.push({ name: found.name, member, content });
  }
  if (files.length === 0 && problems.length === 0) return broken('the archive is empty');
  return { files, problems, size: tar.length };
}
