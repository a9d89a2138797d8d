import { parseDocument } from 'yaml';
import { ProjectError, type Place } from '@ingot/workspace';

/** What an installer leaves for metal-hammer, which then boots it by kexec. Paths are the image's. */
export interface BootInfo {
  readonly kernel: string;
  readonly initrd: string;
  readonly cmdline: string;
  readonly bootloaderId: string;
}

export const bootInfoPath = '/etc/metal/boot-info.yaml';

const MAX_ALIASES = 10;
const help = `the installer has to write ${bootInfoPath} with initrd, kernel, cmdline and bootloader_id, the paths as they are in the image`;

/** Reads a boot-info.yaml. Throws ProjectError INGOT_BOOT_INSTALL, which names `place`. */
export function parseBootInfo(text: string, place: Place): BootInfo {
  const wrong = (what: string): ProjectError =>
    new ProjectError('INGOT_BOOT_INSTALL', `${bootInfoPath}: ${what}`, { place, help });
  const value = parsed(text, wrong);
  const textOf = (key: string): string => {
    const found = value[key];
    if (typeof found === 'string' && found.trim() !== '') return found;
    throw wrong(found === undefined ? `it has no ${key}` : `its ${key} is ${JSON.stringify(found)}, not a text`);
  };
  return {
    kernel: textOf('kernel'),
    initrd: textOf('initrd'),
    cmdline: textOf('cmdline'),
    bootloaderId: textOf('bootloader_id'),
  };
}

function parsed(text: string, wrong: (what: string) => ProjectError): Record<string, unknown> {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw wrong(`it is not YAML: ${error.message}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (aliases) {
    throw wrong(`it is not YAML: ${(aliases as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong('it is not a mapping');
}
