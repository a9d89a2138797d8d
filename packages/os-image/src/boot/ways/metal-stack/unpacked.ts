import type { LayerEntry } from '@ingot/content';

/**
 * What metal-hammer's unpacker makes of an archive (see docs/metal-stack.md): everything is root's, every folder 0755,
 * device nodes and pipes are empty files. A machine gets just that, so an image that needs more has to fail here.
 */
export function asMetalHammerUnpacks(entries: readonly LayerEntry[]): LayerEntry[] {
  return entries.map((entry): LayerEntry => {
    const own = { ...entry, uid: 0, gid: 0 };
    if (own.type === 'directory') return { ...own, mode: 0o755 };
    if (own.type !== 'character' && own.type !== 'block' && own.type !== 'fifo') return own;
    return { type: 'file', path: own.path, mode: own.mode, uid: 0, gid: 0, size: 0, content: new Uint8Array() };
  });
}
