import { runProgram } from '../../run/program.ts';
import { asFile, bothHave, firstDifference, wholeFile } from './bytes.ts';
import { within } from './comparer.ts';
import type { FileSpan } from '@ingot/content';
import type { Comparer, Inside } from './comparer.ts';

/** qcow2: compares the disks in them, which qemu-img unpacks; where they are equal, the layout of the file is to blame. */
export const qcow2Comparer: Comparer = {
  format: 'qcow2',

  reads: (pair) => bothHave(pair, 0, Buffer.from([0x51, 0x46, 0x49, 0xfb])),

  async *compare(pair, inside) {
    const disks = {
      name: pair.name.replace(/\.qcow2$/, ''),
      first: await raw(pair.first, inside),
      second: await raw(pair.second, inside),
    };
    if ((await firstDifference(disks, inside.signal)) === undefined) return;
    yield* within('qcow2 content', inside.compare(disks));
  },
};

/** Throws where there is no qemu-img (Debian: qemu-utils), or it does not read the file. */
async function raw(span: FileSpan, inside: Inside): Promise<FileSpan> {
  const target = inside.scratch();
  const args = ['convert', '-f', 'qcow2', '-O', 'raw', await asFile(span, inside), target];
  const ended = await runProgram('qemu-img', args, inside.signal === undefined ? {} : { signal: inside.signal });
  if (ended?.code !== 0) throw new Error(`qemu-img: ${ended?.lines.at(-1) ?? 'not installed'}`);
  return wholeFile(target);
}
