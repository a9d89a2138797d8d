import type { Run } from './toolbox.ts';

/** What `qemu-img` would choose by its version, written down. */
const shape = ['compat=1.1', 'cluster_size=65536', 'refcount_bits=16', 'lazy_refcounts=off', 'preallocation=off'];

/**
 * Makes a qcow2 of a raw disk; both relative to the toolbox's folder. The same bytes each time: clusters are written in
 * their order (no -W), one after the other. Compressed ones are zlib's, as every reader knows.
 */
export async function makeQcow2(run: Run<'qemu-img'>, raw: string, qcow2: string, compressed: boolean): Promise<void> {
  const options = [...shape, ...(compressed ? ['compression_type=zlib'] : [])].join();
  const args = ['convert', '-f', 'raw', '-O', 'qcow2', '-o', options, '-m', '1', ...(compressed ? ['-c'] : [])];
  await run('qemu-img', [...args, `./${raw}`, `./${qcow2}`]);
}
