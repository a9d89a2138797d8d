import type { OsImageDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';

/** A part of os-image.yaml that a target of its own depends on: a format, or what all are made of. */
export type Part = 'rootfs' | Format | 'push' | 'publish' | 'boot';

/**
 * What each target takes out of os-image.yaml, as JSON: the inputs of their tasks. A change of one format's options
 * changes that part alone; comments, order and the places of keys change none.
 * @param version with the date filled in
 */
export function partsOf(description: OsImageDescription, version: string): ReadonlyMap<Part, string> {
  const { name, architectures, commandLine, builder, kernel, initrd, files, formats, push, boot } = description;
  const booted = { name, version, commandLine, push: push.filter(({ format }) => format === 'onmetal') };
  const disk = { name, version, commandLine, disk: description.disk };
  const contents: Readonly<Record<Part, object | undefined>> = {
    rootfs: { name, architectures, builder, kernel, initrd, files },
    'metal-stack': { name, version, ...description.metalStack },
    onmetal: booted,
    ironcore: { ...booted, ...description.ironcore, push: push.filter(({ format }) => format === 'ironcore') },
    gardenlinux: { ...booted, ...description.gardenlinux, push: push.filter(({ format }) => format === 'gardenlinux') },
    disk,
    ironic: { name, version, ...description.ironic },
    container: { name, version, push: push.filter(({ format }) => format === 'container') },
    push: { version, push },
    publish: description.publish,
    boot: { version, boot },
  };
  const wanted: readonly Part[] = ['rootfs', ...formats, 'push', 'publish', 'boot'];
  return new Map(
    wanted.flatMap((part) =>
      contents[part] === undefined ? [] : [[part, textOf(contents[part], description.file)] as const],
    ),
  );
}

/** A place tells where something stands, not what it is. What the author wrote stays, whatever its keys are called. */
function textOf(content: object, file: string): string {
  const withoutPlaces = (_key: string, value: unknown): unknown => (isPlaceIn(file, value) ? undefined : value);
  return `${JSON.stringify(content, withoutPlaces, 2)}\n`;
}

function isPlaceIn(file: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).toSorted().join() === 'column,file,line' && (value as { file: unknown }).file === file;
}
